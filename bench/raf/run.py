"""Raf's bars beside a bare framework on the same data, and how its costs grow with the number of posts; printed as JSON.

    .venv/bin/python bench/raf/run.py [--posts 100000] [--sizes 10000,100000,1000000] [--pg 10000,100000] [--no-bars]

Servers run on one core, the load on the other; CPU a request is the server's own, by the kernel's count. A ratio below 1 means
that Raf costs less CPU than the bare framework. What was prepared stays in var/bench for the next run: the largest network is
measured where it lies (a copy would be gigabytes), so it has some ten thousand posts more each time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bars
import growth
from copying import copy
from peers import WORK
from process import machine

from ostrov.testing import POSTGRES

HERE = Path(__file__).resolve().parent
ACCOUNTS = 1000
COPIED = 200_000
"""Networks of up to so many posts are copied before they are measured."""


def prepare(folder: Path, posts: int, overrides: tuple[str, ...] = ()) -> dict[str, Any]:
    """The network of so many posts, made when it is not there."""
    say(f"preparing {posts:,} posts")
    words = [sys.executable, HERE / "prepare.py", folder, str(ACCOUNTS), str(posts), *overrides]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def sqlite(posts: int) -> tuple[Path, dict[str, Any]]:
    """A prepared network to be measured, and what its load needs."""
    template = WORK / f"raf-{ACCOUNTS}-{posts}"
    prepared = prepare(template, posts)
    if posts > COPIED:
        return template, prepared
    folder = WORK / "raf-run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    return folder, prepared


def all_bars(posts: int) -> dict[str, Any]:
    folder, prepared = sqlite(posts)
    say(f"the bars at {posts:,} posts")
    figures = {"raf": bars.raf(folder, prepared, WORK), "bare": bars.bare(folder, prepared, WORK)}
    figures["fresh"] = bars.fresh(WORK / "raf-fresh")
    return {"posts": posts, "accounts": ACCOUNTS, **figures}


def grown(sizes: list[int], pg_sizes: list[int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for posts in sizes:
        folder, prepared = sqlite(posts)
        say(f"growth on SQLite: {posts:,}")
        found.setdefault("sqlite", []).append(growth.point(folder, prepared, WORK))
    for posts in pg_sizes:
        folder = WORK / "raf-pg"
        shutil.rmtree(folder, ignore_errors=True)
        template = WORK / f"raf-{ACCOUNTS}-{posts}"
        prepare(template, posts)
        with growth.schema(f"raf_bench_{posts}") as overrides:
            prepare(folder, 0, overrides)
            copy(template / "var" / "ostrov.db", os.environ[POSTGRES], f"raf_bench_{posts}")
            prepared = prepare(folder, posts, overrides)
            say(f"growth on PostgreSQL: {posts:,}")
            found.setdefault("postgresql", []).append(growth.point(folder, prepared, WORK, overrides))
    return found | {f"{engine}_ratios": growth.ratios(points) for engine, points in found.items()}


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def sizes_of(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--sizes", type=sizes_of, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--pg", type=sizes_of, default=[10_000, 100_000])
    parser.add_argument("--no-bars", action="store_true")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {1})  # the load; servers take the other core
    WORK.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"machine": machine()}
    if not asked.no_bars:
        found |= all_bars(asked.posts)
    found["growth"] = grown(asked.sizes, asked.pg)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    os.environ.pop("OSTROV_PROJECT", None)
    main()
