"""Ostrov on PostgreSQL, its runs brought by Procrastinate."""

import os
import sys

from contenders.ostrov import Ledger

TITLE = "Ostrov (PostgreSQL, Procrastinate)"
WORKER = ["python", "-m", "ostrov.core.supervisor.host", "--project", os.environ.get("BENCH_WORK", ""), "worker", "worker"]
N = 3000
SERVERS = ["pg"]

sys.modules[__name__] = Ledger("procrastinate")  # type: ignore[assignment]
