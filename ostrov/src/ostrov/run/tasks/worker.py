"""The worker service."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import run_tasks

if TYPE_CHECKING:
    from ostrov.core.supervisor.context import ServiceContext


async def serve(context: ServiceContext) -> None:
    """Run what is due until the service is stopped."""
    application = context.application
    tasks = application.part(open_tasks)
    kick = asyncio.Event()
    tasks.bell.listen(kick.set)
    context.ready()
    while not context.stopping.is_set():
        kick.clear()
        if not await run_tasks(application, limit=100):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(kick.wait(), application.settings.tasks.poll)
