"""`/healthz`: the process answers. `/readyz`: it can serve, its database included."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.run.web.dispatcher import Application, Receive, Scope, Send
from ostrov.run.web.stopping import open_stopping

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection


def health(application: Ostrov) -> dict[str, Application]:
    """The two mounts."""
    stopping = application.part(open_stopping)

    async def alive(scope: Scope, receive: Receive, send: Send) -> None:
        await _answer(send, 200, {"status": "ok"})

    async def ready(scope: Scope, receive: Receive, send: Send) -> None:
        if stopping.is_set():
            await _answer(send, 503, {"status": "stopping"})
            return
        try:
            await application.store.read(_probe)
        except OstrovError as problem:
            await _answer(send, 503, {"status": "not ready", "store": problem.error})
        else:
            await _answer(send, 200, {"status": "ready", "store": "ok"})

    return {"/healthz": alive, "/readyz": ready}


def _probe(connection: Connection) -> None:
    connection.value("SELECT 1")


async def _answer(send: Send, status: int, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
