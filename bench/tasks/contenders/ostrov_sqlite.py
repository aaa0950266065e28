"""Ostrov, embedded engine on SQLite: the whole ledger (history, attempts, results), one worker process."""

import os
import sys

from contenders.ostrov import Ledger

TITLE = "Ostrov (SQLite, embedded)"
WORKER = ["python", "-m", "ostrov.core.supervisor.host", "--project", os.environ.get("BENCH_WORK", ""), "worker", "worker"]
N = 20000
SERVERS = []

sys.modules[__name__] = Ledger("sqlite")  # type: ignore[assignment]
