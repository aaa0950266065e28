"""Raf beside a bare framework on the same data: timelines, posts, start, memory.

    .venv/bin/python bench/raf/run.py [--accounts 1000] [--posts 100000]

Both servers run on one core, the load (wrk) on the other; CPU a request is the server's own, by the kernel's count. A ratio
below 1 means that Raf costs less CPU than the bare framework.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from peers import WORK  # noqa: E402
from process import cpu_seconds, machine, memory_mib, start, stop, until  # noqa: E402

PYTHON = sys.executable
LUA = """
local tokens = {%s}
local n = 0
request = function()
  n = n + 1
  local headers = {["Authorization"] = "Bearer " .. tokens[n %% #tokens + 1], ["Content-Type"] = "application/json"}
  return wrk.format("%s", "%s", headers, %s)
end
"""


def wrk(url: str, script: str, seconds: int, connections: int, folder: Path) -> dict[str, Any]:
    """Requests a second, how many in all, latency percentiles in milliseconds, and failures."""
    path = folder / "load.lua"
    path.write_text(script)
    words = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(path), url]
    out = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def number(pattern: str) -> float:
        found = re.search(pattern, out)
        return float(found[1]) if found else 0.0

    def milliseconds(percent: str) -> float:
        found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)\b", out)
        return round(float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]], 2) if found else 0.0

    return {
        "per_s": round(number(r"Requests/sec:\s+([\d.]+)")),
        "requests": int(number(r"(\d+) requests in")),
        "p50_ms": milliseconds("50"),
        "p99_ms": milliseconds("99"),
        "failed": int(number(r"Non-2xx or 3xx responses: (\d+)")),
    }


def measured(
    pid: int, base: str, path: str, tokens: list[str], folder: Path, body: str = "", connections: int = 32
) -> dict[str, Any]:
    """One load against one server: its rate, latency and CPU a request."""
    listed = ", ".join(f'"{token}"' for token in tokens)
    script = LUA % (listed, "POST" if body else "GET", path, json.dumps(body) if body else "nil")
    wrk(base + path, script, 1, connections, folder)
    before = cpu_seconds(pid)
    row = wrk(base + path, script, 5, connections, folder)
    row["cpu_us"] = round((cpu_seconds(pid) - before) / max(1, row["requests"]) * 1e6)
    return row


def answered(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def raf(project: Path, people: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """Start, memory and loads of Raf under `ostrov up`, everything it starts included."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    words = [
        "taskset",
        "-c",
        "0",
        PYTHON,
        "-m",
        "ostrov",
        "--project",
        str(project),
        "up",
        f"web.port={port}",
        "raf.api.rate_limit=0",
    ]
    began = time.perf_counter()
    process = start(words, log=WORK / "raf.log", environment={})
    try:
        if not until(lambda: answered(base + "/"), 30, 0.01):
            raise SystemExit("Raf does not answer: see var/bench/raf.log")
        figures: dict[str, Any] = {"start_s": round(time.perf_counter() - began, 2)}
        time.sleep(5)
        cpu = cpu_seconds(process.pid)
        time.sleep(10)
        figures |= {
            "idle_mib": round(memory_mib(process.pid)),
            "idle_cpu_percent": round((cpu_seconds(process.pid) - cpu) * 10, 2),
        }
        tokens = [person["token"] for person in people]
        for name, path in (("home", "/api/v1/timelines/home"), ("public", "/api/v1/timelines/public")):
            figures[name] = measured(process.pid, base, path, tokens, folder)
        figures["post"] = measured(
            process.pid, base, "/api/v1/statuses", tokens, folder, '{"status": "Raf with soy and coconut, please."}'
        )
        figures["loaded_mib"] = round(memory_mib(process.pid))
        return figures
    finally:
        stop(process, 20)


def bare(project: Path, people: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """The same reads from the bare framework."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    words = [
        "taskset",
        "-c",
        "0",
        PYTHON,
        "-m",
        "uvicorn",
        "baseline:app",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "error",
    ]
    environment = {"BENCH_DB": str(project / "var" / "ostrov.db"), "PYTHONPATH": str(HERE)}
    process = start(words, log=WORK / "baseline.log", environment=environment)
    try:
        token = people[0]["token"]
        request = urllib.request.Request(base + "/api/v1/timelines/home", headers={"Authorization": f"Bearer {token}"})

        def ready() -> bool:
            try:
                return bool(urllib.request.urlopen(request, timeout=2).status == 200)
            except OSError:
                return False

        if not until(ready, 20, 0.05):
            raise SystemExit("the baseline does not answer: see var/bench/baseline.log")
        tokens = [person["token"] for person in people]
        return {
            name: measured(process.pid, base, f"/api/v1/timelines/{name}", tokens, folder) for name in ("home", "public")
        } | {"idle_mib": round(memory_mib(process.pid))}
    finally:
        stop(process)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--posts", type=int, default=100_000)
    asked = parser.parse_args()
    template = WORK / f"raf-{asked.accounts}-{asked.posts}"
    prepared = subprocess.run(
        [PYTHON, HERE / "prepare.py", template, str(asked.accounts), str(asked.posts)],
        check=True,
        capture_output=True,
        text=True,
    )
    people = json.loads(prepared.stdout.splitlines()[-1])["people"]
    folder = WORK / "raf-run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    figures = {"raf": raf(folder, people, WORK), "bare": bare(folder, people, WORK)}
    for name in ("home", "public"):
        figures["raf"][name]["cpu_ratio"] = round(figures["raf"][name]["cpu_us"] / figures["bare"][name]["cpu_us"], 2)
    print(json.dumps({"machine": machine(), "posts": asked.posts, "accounts": asked.accounts, **figures}, indent=1))


if __name__ == "__main__":
    os.environ.pop("OSTROV_PROJECT", None)
    main()
