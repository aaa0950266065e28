"""The endpoints, made beside what goes on: they take half a second, and the timelines and pages need none of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litestar import Litestar

LOG = logging.getLogger(__name__)
SOON = 1.0
"""Seconds after the start, when the first visitors have their pages."""


class Later:
    """An ASGI application: the endpoints, made in a thread `SOON` after the start, or when the first request wants them."""

    def __init__(self) -> None:
        self._made: Any = None
        self._making: asyncio.Future[Litestar] | None = None

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        if self._made is None:
            self._made = await asyncio.shield(self._make())
        await self._made(scope, receive, send)

    def begin(self) -> None:
        """The service starts: be made soon."""
        asyncio.get_running_loop().call_later(SOON, self._make)

    def _make(self) -> asyncio.Future[Litestar]:
        if self._making is None:
            self._making = asyncio.ensure_future(asyncio.to_thread(_routed))
            self._making.add_done_callback(self._look)
        return self._making

    def _look(self, making: asyncio.Future[Litestar]) -> None:
        """Out of memory or files for a moment: the next request tries again."""
        if not making.cancelled() and (problem := making.exception()) is not None:
            LOG.error("the endpoints could not be made; the next request tries again", exc_info=problem)
            self._making = None


def _routed() -> Litestar:
    from raf.mastodon.routes import routed

    return routed()
