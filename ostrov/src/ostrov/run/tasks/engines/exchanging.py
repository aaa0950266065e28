"""What a worker does while an engine feeds it: exchange with the ledger again and again, sleep when there is nothing to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ostrov.run.tasks.bell import Bell

if TYPE_CHECKING:
    from ostrov.run.tasks.worker import Worker

GATHER = 0.002
"""Seconds to gather outcomes in while other runs are under way and the last exchange was just now."""
BATCH = 100
"""Runs that one exchange starts at most: others wait that long for the database's write lock (some 3 ms)."""


async def exchange_until_stopped(worker: Worker, bell: Bell, idle: Callable[[], Awaitable[float]]) -> None:
    """One exchange after another until the worker is stopping. `idle` says how many seconds to wait for the bell when the
    last one started nothing."""

    bell.listen(worker.wake)
    exchanged = 0.0
    while not worker.stopping:
        worker.kick.clear()
        if worker.runner.outcomes and worker.runner.hands and (rest := exchanged + GATHER - time.monotonic()) > 0:
            await asyncio.sleep(rest)
        started = await worker.exchange(BATCH)
        exchanged = time.monotonic()
        await asyncio.sleep(0)  # the runs that were started begin; short ones are over after this
        if not started and not worker.runner.outcomes:
            await worker.wait(await idle())
