"""Ostrov on SQLite, its runs brought by TaskIQ over NATS JetStream."""

import os
import sys

from contenders.ostrov import Ledger

TITLE = "Ostrov (SQLite, TaskIQ on NATS)"
WORKER = ["python", "-m", "ostrov.core.supervisor.host", "--project", os.environ.get("BENCH_WORK", ""), "worker", "worker"]
N = 5000
SERVERS = ["nats"]

sys.modules[__name__] = Ledger("taskiq")  # type: ignore[assignment]
