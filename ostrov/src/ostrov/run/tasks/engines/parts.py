"""The ends of an engine's tasks in the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

AGAIN: Final = 8.0
"""Seconds that a cancelled part has to put down what it holds before it is told again."""


async def end(parts: Iterable[asyncio.Task[Any]], again: float = AGAIN) -> None:
    """Cancel tasks and wait until they have ended.

    The clients of brokers await with `asyncio.wait_for`, which in Python 3.11 swallows a cancellation that comes together with
    what was awaited (cpython#86296); the part would go on for ever, so it is told again after `again` seconds.
    """
    left = {part for part in parts if not part.done()}
    while left:
        for part in left:
            part.cancel()
        _, left = await asyncio.wait(left, timeout=again)
