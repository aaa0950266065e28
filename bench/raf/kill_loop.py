"""Raf killed by SIGKILL in a loop under load: what was acknowledged and is not there, what is there by half or twice.

    .venv/bin/python bench/raf/kill_loop.py [--kills 100] [--people 8] [DATABASE …]      # sqlite, postgresql; both by default

Several people use a project under `ostrov up`: two web processes, a worker, a supervisor. Again and again one of these, all web
processes, or everything at once gets SIGKILL while posts, edits, uploads, votes and the rest are under way. People send again
what was not answered (four of five times), posts with their Idempotency-Key. After every tenth kill, and at the end, everything
is asked for through the API and held against what was acknowledged. Every 25 kills the project is taken down, every read model
and the index are written again from the log, and not a row may differ. The rows go to `bench/results.json`, `raf_kills`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from crash.loop import Loop  # noqa: E402
from disk import durable  # noqa: E402
from process import machine  # noqa: E402

from ostrov.testing import POSTGRES  # noqa: E402

RESULTS = HERE.parent / "results.json"
WORK = HERE.parent.parent / "var" / "bench"


@contextmanager
def settings_of(database: str) -> Iterator[list[str]]:
    """Overrides of an empty database."""
    if database == "sqlite":
        yield ["db.engine=sqlite"]
        return
    import psycopg

    if POSTGRES not in os.environ:
        raise SystemExit(f"{POSTGRES} is not set: bin/services start; bin/services env")
    schema = f"crash_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(os.environ[POSTGRES], autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            yield ["db.engine=postgresql", f"db.url={os.environ[POSTGRES]}?options={quote(f'-csearch_path={schema}')}"]
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


def main(words: Iterable[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1, help="of the kills; what people do meanwhile depends on the machine")
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=True, help="write into bench/results.json")
    parser.add_argument("databases", nargs="*", metavar="DATABASE", help="sqlite, postgresql")
    asked = parser.parse_args(list(words))
    failed = False
    for database in asked.databases or ("sqlite", "postgresql"):
        WORK.mkdir(parents=True, exist_ok=True)
        with durable(), tempfile.TemporaryDirectory(dir=WORK) as folder, settings_of(database) as overrides:
            loop = Loop(Path(folder), overrides, people=asked.people, seed=asked.seed, say=say)
            row = asyncio.run(loop.run(asked.kills))
        print(json.dumps({"database": database, **row}), flush=True)
        for line in loop.findings[:40]:
            print(f"  {line}")
        failed = failed or bool(loop.findings)
        if asked.keep:
            results = json.loads(RESULTS.read_text())
            results.setdefault("raf_kills", {})[database] = {"machine": machine(), **row}
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    return int(failed)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
