"""The bars of the design at one size: Raf beside a bare framework over the same data, in the same run."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import live
from load import measured
from peers import WORK
from process import memory_mib, start, stop, until
from server import CORE, PYTHON, Server, answered, free_port

from ostrov.testing import make_project

POST = ['{"status": "Raf with soy and coconut, please."}']
READERS = 50
"""Whose homes are read under load: those who follow most."""
LIVE = 1000
IDLE = 10.0
TIMELINES = (("home", "/api/v1/timelines/home"), ("public", "/api/v1/timelines/public"))


def raf(project: Path, prepared: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Everything that is asked of Raf."""
    everybody = [person["token"] for person in prepared["people"]]
    readers, author = everybody[:READERS], everybody[-1]
    with Server(project) as server:
        figures: dict[str, Any] = {"start_s": server.start_s} | _idle(server)
        figures["home_first"] = asyncio.run(live.everybody_reads(server, everybody))
        for name, path in TIMELINES:
            figures[name] = measured(lambda: server.cpu("web"), server.base, path, readers, folder)
        figures["post"] = _post(server, readers, POST, folder)
        figures["burst"] = asyncio.run(live.burst(server, readers, prepared["bodies"]))
        server.settle()
        figures["sight"] = asyncio.run(live.sight(server, readers[0], author))
        for kind in ("sse", "websocket"):
            figures[kind] = asyncio.run(live.deliveries(server, everybody[:LIVE], author, kind))
        figures["loaded_mib"] = server.memory()
    return figures


def _post(server: Server, tokens: list[str], bodies: list[str], folder: Path) -> dict[str, Any]:
    """Posts while everybody is here; what the worker does for them afterwards is told apart."""
    worker = server.cpu("worker")
    row = measured(lambda: server.cpu("web"), server.base, "/api/v1/statuses", tokens, folder, bodies)
    server.settle()
    posts = row["requests"] * (1 + 1 / 5)  # those of the second before count for the worker, too
    return row | {"worker_cpu_us": round((server.cpu("worker") - worker) / max(1, posts) * 1e6)}


def _idle(server: Server) -> dict[str, Any]:
    time.sleep(5)
    used = server.cpu()
    time.sleep(IDLE)
    spent = (server.cpu() - used) / IDLE * 100
    return {"idle_mib": server.memory(), "idle_cpu_percent": round(spent, 2)}


def fresh(folder: Path) -> dict[str, Any]:
    """A project just made."""
    shutil.rmtree(folder, ignore_errors=True)
    with Server(make_project(folder, ["raf"], "raf")):
        pass  # the first start makes the tables
    with Server(folder) as server:
        return {"start_s": server.start_s} | _idle(server)


def bare(project: Path, prepared: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same reads and posts from the bare framework."""
    port, people = free_port(), prepared["people"][:READERS]
    base = f"http://127.0.0.1:{port}"
    words = ["taskset", "-c", CORE, PYTHON, "-m", "uvicorn", "baseline:app", "--port", str(port)]
    environment = {
        "BENCH_DB": str(project / "var" / "ostrov.db"),
        "BENCH_ACCOUNTS": ",".join(str(person["account"]) for person in people),
        "PYTHONPATH": str(Path(__file__).parent),
    }
    log = [*words, "--no-access-log", "--log-level", "error"]
    process = start(log, log=WORK / "baseline.log", environment=environment)
    try:
        tokens = [person["token"] for person in people]
        if not until(lambda: answered(base + "/api/v1/timelines/home", tokens[0]), 60, 0.05):
            sys.exit("the baseline does not answer: see var/bench/baseline.log")
        figures: dict[str, Any] = {}
        for name, path in (*TIMELINES, ("ready_home", "/api/v1/timelines/home/ready")):
            figures[name] = measured(process.pid, base, path, tokens, folder)
        figures["post"] = measured(process.pid, base, "/api/v1/statuses", tokens, folder, POST)
        return figures | {"loaded_mib": round(memory_mib(process.pid), 1)}
    finally:
        stop(process)
