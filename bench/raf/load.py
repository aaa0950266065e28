"""Load on a server from the other core by wrk: rates, latencies, and the server's own CPU a request by the kernel's count."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from process import cpu_seconds

CONNECTIONS = 32
SECONDS = 5
SCRIPT = """
local tokens = {%s}
local bodies = {%s}
local n = 0
request = function()
  n = n + 1
  local headers = {["Authorization"] = "Bearer " .. tokens[n %% #tokens + 1], ["Content-Type"] = "application/json"}
  return wrk.format("%s", "%s", headers, bodies[n %% #bodies + 1])
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
    cpu: Callable[[], float] | int,
    base: str,
    path: str,
    tokens: Sequence[str],
    folder: Path,
    bodies: Sequence[str] = (),
    seconds: int = SECONDS,
    connections: int = CONNECTIONS,
) -> dict[str, Any]:
    """One load, after a second of it unmeasured: its rate, latency, CPU a request. `cpu`: a process, or its seconds."""
    count = (lambda: cpu_seconds(cpu)) if isinstance(cpu, int) else cpu
    listed = ", ".join(json.dumps(token) for token in tokens)
    said = ", ".join(f"[==[{body}]==]" for body in bodies)
    script = SCRIPT % (listed, said, "POST" if bodies else "GET", path)
    wrk(base + path, script, 1, connections, folder)
    before = count()
    row = wrk(base + path, script, seconds, connections, folder)
    row["cpu_us"] = round((count() - before) / max(1, row["requests"]) * 1e6)
    return row
