"""A project with Raf that runs as people run it, and can be killed in parts or as a whole."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import httpx

from ostrov import Ostrov
from ostrov.core.supervisor.commands import Status, down, status
from ostrov.core.supervisor.errors import NotUp
from ostrov.testing import make_project

PATIENCE = 90.0
LIMITS = (
    "web.workers=2",
    "supervisor.restarts=100000",
    "supervisor.backoff=0.05",
    "supervisor.backoff_longest=0.1",
    "tasks.lease=3",
    "tasks.losses=1000",
    "raf.api.rate_limit=0",
    "raf.media.uploads_of_account=1000000",
    "raf.identity.sign_ups_of_address=1000",
    "raf.api.applications_of_address=1000",
)
"""Two web processes; no limit that is there to slow people down; the supervisor never gives up."""
VICTIMS = {"web": 8, "worker": 4, "every web": 2, "supervisor": 4, "everything": 2}
"""What is killed, and how often."""


class House:
    """`ostrov up` in a folder."""

    def __init__(self, folder: Path, overrides: list[str]) -> None:
        self.folder = make_project(folder, ["raf"], name="raf")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.overrides = [*overrides, *LIMITS, f"web.port={port}"]
        self._application = Ostrov.open(self.folder, self.overrides, environ={})
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("OSTROV_")}

    async def up(self) -> None:
        """Start it, back when it is ready."""
        await self.operate("up", "--detach")

    async def down(self) -> None:
        await asyncio.to_thread(down, self._application)

    async def operate(self, *words: str) -> str:
        """Run a command of `ostrov`; what it prints."""
        command = [sys.executable, "-m", "ostrov", "--project", str(self.folder), *words, *self.overrides]
        done = await asyncio.to_thread(
            subprocess.run, command, env=self._environ, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        return done.stdout

    async def kill(self, what: str, number: int) -> tuple[float, float]:
        """SIGKILL a part or all of it; seconds until it answers, and until all of it is there again.

        `number` chooses among several processes of a kind.
        """
        before = await self.status()
        found = {row.name: row.pid for row in before.processes if row.pid}
        web = sorted(pid for name, pid in found.items() if name.startswith("web"))
        worker = [pid for name, pid in found.items() if name.startswith("worker")]
        chosen = {
            "web": web[number % len(web) :][:1],
            "worker": worker[:1],
            "every web": web,
            "supervisor": [before.pid],
            "everything": [before.pid, *found.values()],
        }[what]
        killed = await asyncio.to_thread(_strike, dict.fromkeys(chosen))
        answering = asyncio.create_task(self._answers())
        if before.pid in chosen:
            await self.up()
        await self._whole(set(chosen))
        return await answering - killed, time.monotonic() - killed

    async def status(self) -> Status:
        return await asyncio.to_thread(status, self._application)

    async def _answers(self) -> float:
        """When a new connection was answered."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    if (await client.get(f"{self.url}/api/v1/instance", timeout=PATIENCE)).is_success:
                        return time.monotonic()
                except httpx.TransportError:
                    await asyncio.sleep(0.02)

    async def _whole(self, dead: set[int]) -> None:
        """Until nothing of the dead is left and everything is ready."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                now = await self.status()
                if now.ready and not dead & {row.pid for row in now.processes}:
                    return
            except (NotUp, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.05)
        raise SystemExit(f"it does not come back: see {self.folder}/var/logs")


def _strike(pids: Iterable[int]) -> float:
    """Kill them at some moment that nobody chose; when it was. In a thread, so that requests go on until then."""
    time.sleep(random.uniform(0, 0.03))
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return time.monotonic()
