"""The task that bench/tasks/kill_loop.py enqueues."""

from __future__ import annotations

import asyncio

from ostrov import Component, task


@task(name="naps")
async def naps(seconds: float) -> None:
    await asyncio.sleep(seconds)


component = Component(name="kills", tasks=[naps])
