"""Runs the benchmarks one after another and writes what they found into `bench/results.json` and the README.

bin/bench               # measure everything
bin/bench --table       # only draw the README's tables from results.json again
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
RESULTS = HERE / "results.json"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def run(*words: str) -> dict[str, Any]:
    """The JSON object a benchmark prints."""
    done = subprocess.run([sys.executable, *words], cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


def measure() -> dict[str, Any]:
    raf = run("bench/raf/run.py")
    tasks = run("bench/tasks/run.py")
    embedded = run("bench/tasks/ostrov_tasks.py")
    history = run("bench/tasks/history.py")
    machine = raf.pop("machine")
    return {"machine": machine, "raf": raf, "tasks": tasks["tasks"], "embedded": embedded, "history": history}


def tables(results: dict[str, Any]) -> str:
    """The README's tables."""
    parts = [_machine(results), "", *_raf(results["raf"]), "", *_tasks(results["tasks"]), "", *_embedded(results)]
    return "\n".join([*parts, "", *_kills(results["kills"])] if "kills" in results else parts)


def _machine(results: dict[str, Any]) -> str:
    return (
        f"Measured by `bin/bench` on {results['machine']}, shared with other work: read the ratios and the CPU a unit, "
        "not the rates."
    )


def _raf(raf: dict[str, Any]) -> list[str]:
    ours, bare = raf["raf"], raf["bare"]
    lines = [
        f"**Raf**, {raf['posts']:,} posts by {raf['accounts']:,} accounts, 32 connections, one core; the bare framework is "
        "Litestar and msgspec with one hand-written join over the same file, without visibility rules, boosts or rate limits "
        "([bench/raf](bench/raf)):",
        "",
        "| | Raf: CPU a request | requests/s | p99 | bare framework: CPU | Raf ÷ bare |",
        "|---|---|---|---|---|---|",
    ]
    for name, title in (("home", "home timeline, 20 posts"), ("public", "public timeline, 20 posts")):
        row, other = ours[name], bare[name]
        lines.append(
            f"| {title} | {row['cpu_us']} µs | {row['per_s']:,} | {row['p99_ms']:.0f} ms | {other['cpu_us']:,} µs | "
            f"{row['cpu_us'] / other['cpu_us']:.2f} |"
        )
    post = ours["post"]
    lines.append(f"| post, on the disk when answered | {post['cpu_us']} µs | {post['per_s']:,} | {post['p99_ms']:.0f} ms | | |")
    lines += [
        "",
        "The home timeline's ratio says why timelines are kept in memory: the bare join looks through everybody one follows. "
        "The public timeline compares like with like.",
        "",
        f"From `ostrov up` to the first answer: {ours['start_s']} s. Idle: {ours['idle_mib']} MiB for everything it starts, "
        f"{ours['idle_cpu_percent']} % of a core; after the load {ours['loaded_mib']} MiB.",
    ]
    return lines


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
        kept = {key: rows for key, rows in json.loads(RESULTS.read_text()).items() if key == "kills"}
        RESULTS.write_text(json.dumps(measure() | kept, indent=1) + "\n")
    write_readme(tables(json.loads(RESULTS.read_text())))


if __name__ == "__main__":
    main()
