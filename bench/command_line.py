"""What the `ostrov` command costs: CPU seconds of a whole process, the least of some runs (other work only adds to it).

    python bench/command_line.py [--runs 15] [--json]

The budget of `ostrov --help` is 100 ms, Python's own start and the import of every component included.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "raf"
BUDGET = 0.100
COMMANDS: dict[str, Sequence[str]] = {
    "python, doing nothing": ("-c", "pass"),
    "python, importing click": ("-c", "import click"),
    "ostrov --help": ("-m", "ostrov", "--help"),
    "ostrov operators --help": ("-m", "ostrov", "operators", "--help"),
    "ostrov ps --help": ("-m", "ostrov", "ps", "--help"),
    "ostrov config show": ("-m", "ostrov", "config", "show"),
}


def cpu(words: Sequence[str], runs: int, environment: dict[str, str]) -> float:
    """The least CPU seconds, user and system, of some runs; one more before them fills the cache of compiled modules."""
    costs = []
    for _ in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(costs[1:])


def main() -> int:
    """Print the table; the exit code is 1 when the budget is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "OSTROV_PROJECT")}
        environment["PYTHONPYCACHEPREFIX"] = folder  # as installed: compiled once, whatever this shell says
        found = {name: cpu(words, options.runs, environment) for name, words in COMMANDS.items()}
    if options.json:
        print(json.dumps({"cpu_seconds": found, "budget": {"ostrov --help": BUDGET}}, indent=2))
    else:
        for name, seconds in found.items():
            print(f"{name:<26} {seconds * 1000:6.1f} ms")
    return int(found["ostrov --help"] > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
