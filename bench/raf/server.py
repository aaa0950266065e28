"""Raf as its users start it: `ostrov up` on one core, everything it starts counted, together and by process."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from peers import WORK
from process import cpu_seconds, memory_mib, start, stop, tree, until

CORE = "0"
PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)
"""The interpreter of an environment without test tools, as people install it: what is importable weighs on a process."""
QUIET = 0.005
"""Seconds of CPU a second below which a process has nothing to do."""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def answered(url: str, token: str = "") -> bool:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Server:
    """A running project. Use it with `with`; `start_s` is how long it took from the command to the first answer."""

    def __init__(self, project: Path, overrides: Sequence[str] = ()) -> None:
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.host, self.port = "127.0.0.1", port
        words = ["taskset", "-c", CORE, PYTHON, "-m", "ostrov", "--project", str(project), "up"]
        words += [f"web.port={port}", "raf.api.rate_limit=0", *overrides]
        began = time.perf_counter()
        self.process = start(words, log=WORK / "raf.log", environment={})
        if not until(lambda: answered(self.base + "/"), 60, 0.01):
            stop(self.process, 20)
            raise SystemExit("Raf does not answer: see var/bench/raf.log")
        self.start_s = round(time.perf_counter() - began, 2)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *problem: object) -> None:
        stop(self.process, 20)

    def cpu(self, name: str = "") -> float:
        """CPU seconds so far of one of its processes, of all together without a name."""
        return cpu_seconds(self._members()[name] if name else self.process.pid)

    def memory(self) -> dict[str, float]:
        """MiB by process: proportional set size."""
        return {name: round(memory_mib(pid, alone=name == "supervisor"), 1) for name, pid in self._members().items()}

    def settle(self, seconds: float = 120.0) -> None:
        """Wait until the processes have nothing to do any more."""
        end = time.monotonic() + seconds
        before = self.cpu()
        while time.monotonic() < end:
            time.sleep(1.0)
            now = self.cpu()
            if now - before <= 2 * QUIET + 0.02:  # the kernel counts in hundredths
                return
            before = now

    def _members(self) -> dict[str, int]:
        members = {"supervisor": self.process.pid}
        for pid in tree(self.process.pid)[1:]:
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            if "--project" in words and "ostrov.core.supervisor.host" in words:
                members[words[words.index("--project") + 2]] = pid
        return members
