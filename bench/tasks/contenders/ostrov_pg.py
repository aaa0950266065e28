"""Ostrov, embedded engine on PostgreSQL."""

import os
import sys

from contenders.ostrov import Ledger

TITLE = "Ostrov (PostgreSQL, embedded)"
WORKER = ["python", "-m", "ostrov.core.supervisor.host", "--project", os.environ.get("BENCH_WORK", ""), "worker", "worker"]
N = 5000
SERVERS = ["pg"]

sys.modules[__name__] = Ledger("pg")  # type: ignore[assignment]
