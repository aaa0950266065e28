"""The web service: builds the mounts, serves them on the sockets it was given, stops without a refused connection."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ostrov.run.web.access import keep_queries_out
from ostrov.run.web.dispatcher import Dispatcher
from ostrov.run.web.lifespan import Lifespan
from ostrov.run.web.mounts import build_mounts
from ostrov.run.web.stopping import open_stopping

if TYPE_CHECKING:
    from ostrov.core.supervisor.context import ServiceContext

log = logging.getLogger("ostrov.web")


async def serve(context: ServiceContext) -> None:
    """Serve until `context.stopping`. Raises ProjectError when a mount cannot be built."""
    from ostrov.run.web.server import WebServer

    application = context.application
    settings = application.settings.web
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    keep_queries_out()
    application.replace_part(open_stopping, context.stopping)
    mounts = build_mounts(application)
    apps = {id(mount.app): mount for mount in mounts if mount.name}
    lifespans = [Lifespan(f"component {mount.name}: its mount {mount.prefix}", mount.app) for mount in apps.values()]
    started: list[Lifespan] = []
    try:
        for lifespan in lifespans:
            await lifespan.start()
            started.append(lifespan)
        states = {id(lifespan.app): lifespan.state for lifespan in lifespans}
        dispatcher = Dispatcher({mount.prefix: mount.app for mount in mounts}, states, settings.body_bytes)
        await WebServer(dispatcher, settings, context.stopping, context.ready).serve(sockets=list(context.sockets))
    finally:
        for lifespan in reversed(started):
            await lifespan.end()
