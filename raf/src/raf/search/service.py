"""The service that keeps the index: it wakes when something has happened, and looks now and then in case nobody told."""

from __future__ import annotations

import asyncio
import logging

from ostrov import OstrovError, ServiceContext
from raf.live import EVENTS
from raf.search.search import open_search

LOG = logging.getLogger(__name__)
GATHERED = 0.5
"""Seconds between the first event and its indexing: what comes meanwhile is done with it."""
LONGEST_SLEEP = 30.0


async def serve(context: ServiceContext) -> None:
    """Follow the log until told to stop."""
    search = context.application.part(open_search)
    happened = asyncio.Event()
    context.application.channel.listen(EVENTS, lambda message: happened.set())
    context.ready()
    while not context.stopping.is_set():
        happened.clear()
        try:
            await search.catch_up()
        except OstrovError as problem:
            LOG.error("the search goes on in a moment: %s", problem)
        await _either(happened, context.stopping)
        await context.sleep(GATHERED)


async def _either(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=LONGEST_SLEEP, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
