"""Task queues side by side: enqueue one by one, enqueue at once, drain; CPU a run of producer and worker.

    .venv/bin/python bench/tasks/run.py [--n N] [NAME …]     # names of contenders; all by default

Every contender runs the same no-op task with its result kept, one worker process, on the same machine in the same run. The
servers' own CPU (Redis, RabbitMQ, NATS, PostgreSQL) counts to the contender that needs it. `--n` is for trying a contender out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from peers import TOP, WORK, peers_bin  # noqa: E402
from process import cpu_seconds, machine, memory_mib, start, stop, tree, until  # noqa: E402

OURS = ["sqlite", "pg", "procrastinate", "taskiq", "celery_redis", "celery_rabbitmq"]
PEERS = [
    *("huey_sqlite", "celery_redis", "celery_rabbitmq", "rq_redis", "dramatiq_redis"),
    *("taskiq_nats", "procrastinate_pg", "dbos_pg"),
]
SERVERS = {
    "redis": TOP / "var/services/redis/redis.pid",
    "rabbitmq": TOP / "var/services/rabbitmq/rabbitmq.pid",
    "nats": TOP / "var/services/nats/nats.pid",
    "pg": TOP / "var/services/postgresql/postmaster.pid",
}


class Side:
    """A contender's own process, which resets, enqueues and counts for the runner."""

    def __init__(self, name: str, python: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "contenders.serve", name],
            cwd=HERE,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, what: str, n: int | None = None) -> dict[str, Any] | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what} | ({} if n is None else {"n": n})) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] | None = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def measure(name: str, folder: Path, n: int | None = None) -> dict[str, Any]:
    """One contender's row."""
    ours = name.startswith("ostrov")
    bin_folder = Path(sys.executable).parent if ours else peers_bin()
    environment = {
        "BENCH_WORK": str(folder),
        "BENCH_POSTGRES": os.environ.get("OSTROV_TEST_POSTGRES", ""),
        "PYTHONPATH": f"{HERE}:{HERE.parent}",
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
    }
    os.environ["BENCH_WORK"] = str(folder)
    module = _constants(name)
    n = n or int(module["N"])
    server = [int(SERVERS[server].read_text().split()[0]) for server in module["SERVERS"]]
    side = Side(name, bin_folder / "python", environment)
    worker = None
    try:
        row: dict[str, Any] = {"name": module["TITLE"]}
        side.do("reset")
        before = _cpu(server)
        single = side.do("enqueue", n)
        assert single is not None
        row["enqueue_per_s"] = round(n / single["wall"])
        row["enqueue_cpu_us"] = round((single["cpu"] + _cpu(server) - before) / n * 1e6)
        before, (command, *words) = _cpu(server), module["WORKER"]
        worker = start([str(bin_folder / command), *words], log=WORK / f"{name}.log", environment=environment)
        _ready(side, worker)
        first, started_cpu, t0 = _count(side), cpu_seconds(worker.pid), _clock()
        until(lambda: _count(side) >= n, 120, 0.05)
        if not (drained := _count(side) - first):
            raise SystemExit(f"{name} was done with {n} before the clock was started; ask for more")
        row["drain_per_s"] = round(drained / (_clock() - t0))
        row["run_cpu_us"] = round((cpu_seconds(worker.pid) - started_cpu + _cpu(server) - before) / drained * 1e6)
        row["worker_mib"] = round(memory_mib(worker.pid))
        row["processes"] = len(tree(worker.pid))
        stop(worker)
        side.do("reset")
        bulk = side.do("enqueue_many", n)
        row["bulk_per_s"] = round(n / bulk["wall"]) if bulk else None
        return row
    finally:
        if worker is not None:
            stop(worker)
        side.close()


def _constants(name: str) -> dict[str, Any]:
    """TITLE, WORKER and N of a contender, read without importing its library here."""
    import ast

    found: dict[str, Any] = {}
    scope: dict[str, Any] = {"os": os, "server": os.environ.get("OSTROV_TEST_REDIS", "") + "/3"}
    for node in ast.parse((HERE / "contenders" / f"{name}.py").read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            found[node.targets[0].id] = eval(ast.unparse(node.value), scope)
    return found


def _cpu(servers: list[int]) -> float:
    return sum(map(cpu_seconds, servers))


def _clock() -> float:
    import time

    return time.perf_counter()


def _count(side: Side) -> int:
    answer = side.do("done")
    assert answer is not None
    return int(answer["answer"])


def _ready(side: Side, worker: subprocess.Popen[bytes]) -> None:
    if not until(lambda: _count(side) > 0 or worker.poll() is not None, 60) or worker.poll() is not None:
        raise SystemExit("the worker ran nothing; see var/bench")


def main() -> None:
    words, n = sys.argv[1:], None
    if words[:1] == ["--n"]:
        n, words = int(words[1]), words[2:]
    names = words or [*(f"ostrov_{engine}" for engine in OURS), *PEERS]
    rows = []
    for name in names:
        WORK.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=WORK) as folder:
            rows.append({"contender": name, **measure(name, Path(folder), n)})
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(json.dumps({"machine": machine(), "tasks": rows}))


if __name__ == "__main__":
    main()
