"""Runs the benchmarks one after another and writes what they found into `bench/results.json` and the README.

bin/bench               # measure everything
bin/bench raf           # measure Raf alone; the other figures stay
bin/bench --table       # only draw the README's tables from results.json again
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from disk import durable
from tables import kills, network

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
RESULTS = HERE / "results.json"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def run(*words: str) -> dict[str, Any]:
    """The JSON object a benchmark prints."""
    done = subprocess.run([sys.executable, *words], cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


def measure_raf() -> dict[str, Any]:
    raf = run("bench/raf/run.py")
    return {"machine": raf.pop("machine"), "raf": raf}


def measure_tasks() -> dict[str, Any]:
    tasks = run("bench/tasks/run.py")
    embedded = run("bench/tasks/ostrov_tasks.py")
    history = run("bench/tasks/history.py")
    return {"tasks": tasks["tasks"], "embedded": embedded, "history": history}


def tables(results: dict[str, Any]) -> str:
    """The README's tables."""
    killed = [*kills.table(results["raf_kills"]), ""] if "raf_kills" in results else []
    parts = [
        _machine(results),
        "",
        *network.tables(results["raf"]),
        "",
        *killed,
        *_tasks(results["tasks"]),
        "",
        *_embedded(results),
    ]
    return "\n".join([*parts, "", *_kills(results["kills"])] if "kills" in results else parts)


def _machine(results: dict[str, Any]) -> str:
    return (
        f"Measured by `bin/bench` on {results['machine']}, a virtual machine whose speed changes by more than two from day to "
        "day: read the ratios and the CPU a unit rather than the rates."
    )


def _tasks(tasks: list[dict[str, Any]]) -> list[str]:
    best = min(row["run_cpu_us"] for row in tasks if not row["contender"].startswith("ostrov"))
    lines = [
        "**Tasks**, a no-op with its result kept, one worker process, the server's own CPU included "
        "([bench/tasks](bench/tasks)). Ostrov's rows keep a full ledger: history, attempts, results:",
        "",
        "| | CPU a run | runs/s | enqueue one: CPU | one by one/s | at once/s | worker |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in tasks:
        bulk = f"{row['bulk_per_s']:,}" if row["bulk_per_s"] else "–"
        lines.append(
            f"| {row['name']} | {row['run_cpu_us']:,} µs | {row['drain_per_s']:,} | {row['enqueue_cpu_us']:,} µs | "
            f"{row['enqueue_per_s']:,} | {bulk} | {row['worker_mib']} MiB |"
        )
    ours = next(row for row in tasks if row["contender"] == "ostrov_sqlite")
    lines += [
        "",
        f"The cheapest peer costs {best / ours['run_cpu_us']:.1f} times the CPU a run. One by one, Ostrov waits for the disk "
        "each time, as Procrastinate does and the others by default do not; writes that wait together share one wait (below).",
    ]
    return lines


def _embedded(results: dict[str, Any]) -> list[str]:
    row = results["embedded"]
    start, wait = row["enqueue_to_start_ms"], row["acknowledged_to_start_ms"]
    return [
        f"Embedded engine alone: {row['enqueue_64_per_s']:,} enqueues/s from 64 coroutines, {row['bulk_per_s']:,}/s at once, "
        f"{row['drain_per_s']:,} runs/s; from the call of `enqueue` to the start of the run {start['p50']} ms "
        f"(p99 {start['p99']} ms), {wait['p50']} ms of it after the acknowledgement; idle worker {row['idle_cpu_percent']} % "
        f"of a core, {row['worker_mib']} MiB." + (f" {_history(results['history'])}" if "history" in results else "")
    ]


def _history(row: dict[str, Any]) -> str:
    return (
        f"Behind {row['finished']:,} finished runs a drain costs {row['cpu_ratio']:.2f} times the CPU of one behind none, "
        f"at {row['rate_ratio']:.2f} times its rate."
    )


def _kills(kills: dict[str, Any]) -> list[str]:
    lines = [
        "Workers killed by SIGKILL in a loop under load (`bench/tasks/kill_loop.py`, run by itself): two workers, and none is "
        "replaced before the other has taken over:",
        "",
        "| engine | kills | runs | in hand when killed | lost | completed twice | taken over, p50 | at most |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return lines + [
        f"| {house.replace('_', ' on ')} | {row['kills']} | {row['runs']:,} | {row['hit']:,} | {row['lost']} | {row['twice']} "
        f"| {row['recovery_p50_s']} s | {row['recovery_max_s']} s |"
        for house, row in kills.items()
    ]


def write_readme(text: str) -> None:
    """Put the tables between the README's two marks."""
    readme = README.read_text()
    README.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{text}\n{END}", readme, flags=re.S))


def main() -> None:
    if "--table" not in sys.argv:
        with durable():
            found = measure_raf() | ({} if "raf" in sys.argv else measure_tasks())
        RESULTS.write_text(json.dumps(json.loads(RESULTS.read_text()) | found, indent=1) + "\n")  # what ran by itself stays
    write_readme(tables(json.loads(RESULTS.read_text())))


if __name__ == "__main__":
    main()
