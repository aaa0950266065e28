"""Ostrov on SQLite, its runs brought by Celery over Redis."""

import os
import sys

from contenders.ostrov import Ledger

TITLE = "Ostrov (SQLite, Celery on Redis)"
WORKER = ["python", "-m", "ostrov.core.supervisor.host", "--project", os.environ.get("BENCH_WORK", ""), "worker", "worker"]
N = 5000
SERVERS = ["redis"]

sys.modules[__name__] = Ledger("celery_redis")  # type: ignore[assignment]
