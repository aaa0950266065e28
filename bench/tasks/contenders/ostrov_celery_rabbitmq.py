"""Ostrov on SQLite, its runs brought by Celery over RabbitMQ."""

import os
import sys

from contenders.ostrov import Ledger

TITLE = "Ostrov (SQLite, Celery on RabbitMQ)"
WORKER = ["python", "-m", "ostrov.core.supervisor.host", "--project", os.environ.get("BENCH_WORK", ""), "worker", "worker"]
N = 5000
SERVERS = ["rabbitmq"]

sys.modules[__name__] = Ledger("celery_rabbitmq")  # type: ignore[assignment]
