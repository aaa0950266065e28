"""The console's streams: what a page listens to, and log lines as they are written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, cast

import msgspec

from ostrov.console.http import Request, Response
from ostrov.console.live import BYE, HEARTBEAT, KIND, PULSE, RETRY, changes
from ostrov.console.views.logs import draw, matches
from ostrov.core.errors import Denied, OstrovError
from ostrov.core.supervisor.control import follow_logs

if TYPE_CHECKING:
    from ostrov.console.face import Face
    from ostrov.console.visitor import Visitor
    from ostrov.core.supervisor.logbook import Line

TOPICS = 20
LOGS = "logs.view"
BACKLOG = 500


def live(face: Face, request: Request, visitor: Visitor) -> Response:
    """`/live?topics=a,b`: those of the topics that a page the person may see listens to."""
    wanted = request.query.get("topics", "").split(",")[:TOPICS]
    topics = [topic for topic in wanted if topic and _allowed(face, topic, visitor)]
    if not topics:
        raise Denied("no page of yours listens to these topics")

    async def still_there() -> bool:
        return await visitor.is_still_there(face.application)

    stream = changes(face.application.channel, topics, still_there)
    return Response(kind=KIND, stream=stream, on_end=face.seats.take(visitor.name))


def logs(face: Face, request: Request, visitor: Visitor) -> Response:
    """`/logs/stream?service=&q=&after=`: each new line as JSON, from the moment `after` (or the last event seen) on."""
    assert visitor.actor is not None
    if not visitor.actor.may(LOGS):
        raise Denied("the logs are not for you", cause=f"{visitor.name} lacks {LOGS}")
    service, word = request.query.get("service", ""), request.query.get("q", "").strip()
    after = _moment(request.headers.get("last-event-id", "") or request.query.get("after", ""))

    stream = _lines(face, visitor, service, word, after)
    return Response(kind=KIND, stream=stream, on_end=face.seats.take(visitor.name))


async def _lines(face: Face, visitor: Visitor, service: str, word: str, after: float) -> AsyncGenerator[bytes, None]:
    """Lines as they come. Between them it is looked whether the person still may see them.

    It ends when the project stops or there is no supervisor: the browser asks again later.
    """
    yield RETRY
    following = cast("AsyncGenerator[Line, None]", follow_logs(face.application, service, BACKLOG if after else 0))
    looked = time.monotonic()
    coming: asyncio.Future[Line | None] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(following, None))
            await asyncio.wait((coming,), timeout=HEARTBEAT)
            if time.monotonic() - looked >= HEARTBEAT:
                if not await visitor.is_still_there(face.application, LOGS):
                    yield BYE
                    return
                looked = time.monotonic()
                yield PULSE
            if not coming.done():
                continue
            try:
                line = coming.result()
            except OstrovError:
                return
            finally:
                coming = None
            if line is None:
                return
            if line.at > after and matches(line, word):
                yield f"id: {line.at!r}\ndata: ".encode() + msgspec.json.encode(draw(line)) + b"\n\n"
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait((coming,))
        await following.aclose()


def _allowed(face: Face, topic: str, visitor: Visitor) -> bool:
    """Whether a page that the person may see listens to a topic."""
    assert visitor.actor is not None
    pages = (placed for placed in face.placed if visitor.actor.may(placed.page.permission))
    return any(pattern.fullmatch(topic) for placed in pages for pattern in placed.topic_patterns)


def _moment(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
