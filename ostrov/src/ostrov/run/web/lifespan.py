"""The ASGI lifespan of each mounted application: started before the first request, ended after the last."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from ostrov.core.errors import OstrovError
from ostrov.run.web.dispatcher import Application, Message

log = logging.getLogger("ostrov.web")


class Lifespan:
    """The lifespan of one application. `state` is what it wants its requests to find in `scope["state"]`."""

    def __init__(self, name: str, app: Application) -> None:
        self.name = name
        self.app = app
        self.state: dict[str, Any] = {}
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self._started: asyncio.Future[str] | None = None
        self._ended: asyncio.Future[str] | None = None
        self._task: asyncio.Task[None] | None = None
        self.supported = True

    async def start(self) -> None:
        """Raises OstrovError when the application says that it cannot start; one that knows no lifespan is left alone."""
        loop = asyncio.get_running_loop()
        self._started, self._ended = loop.create_future(), loop.create_future()
        self._incoming.put_nowait({"type": "lifespan.startup"})
        self._task = loop.create_task(self._run())
        waits: list[asyncio.Future[Any]] = [self._started, self._task]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if not self._started.done():
            self.supported = False  # it raised, or returned: by the ASGI specification it has no lifespan
            problem = self._task.exception()
            if isinstance(problem, OstrovError):
                raise problem
            return
        if complaint := self._started.result():
            raise OstrovError(f"{self.name} cannot start", cause=complaint)

    async def end(self) -> None:
        if self._task is None or self._ended is None or not self.supported or self._task.done():
            return
        self._incoming.put_nowait({"type": "lifespan.shutdown"})
        waits: list[asyncio.Future[Any]] = [self._ended, self._task]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if self._ended.done() and self._ended.result():
            log.error("%s did not stop cleanly: %s", self.name, self._ended.result())
        self._task.cancel()

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        await self.app(scope, self._incoming.get, self._take)

    async def _take(self, message: Message) -> None:
        kind, _, what = message["type"].partition(".")
        if kind != "lifespan":
            raise TypeError("it knows no lifespan")
        phase, _, outcome = what.partition(".")
        future = self._started if phase == "startup" else self._ended
        if future is not None and not future.done():
            future.set_result("" if outcome == "complete" else message.get("message") or "it gave no reason")
