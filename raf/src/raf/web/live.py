"""What happens while a page is open, as server-sent events from `/live`.

`stream` names what the page shows (`home`, `local`, `federated`, `tag:NAME`, `thread:ID`, `notifications`), `since` the
newest it has; what came between the two is sent first, so nothing is lost between drawing a page and listening. Each event
carries the HTML that goes into the page, taken from the same kept fragments.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Request, asgi
from litestar.types import Receive, Scope, Send

from ostrov import Mailbox
from raf.domain.text import normal_tag
from raf.errors import Missing, RafError, TooMany
from raf.filters.sifting import sift
from raf.identity.attempts import subject_of_address
from raf.lists import listening
from raf.lists.lists import open_lists
from raf.live import Stream
from raf.network import Paging
from raf.notifications.notifications import open_notifications
from raf.web.house import House, house_of
from raf.web.pages.notifications import ONLY, render
from raf.web.visit import Visit

HEARTBEAT = 20.0
"""Seconds of silence after which a comment is sent, so that proxies keep the connection and its end is noticed."""
MAILBOX = 500
CATCH_UP = 40
"""Posts sent at most for what was missed; when there were more, the page is told to load anew."""
OPEN_EACH = 64
"""Pages that one person, or the strangers of one address, may have open: each holds a connection."""
WHERE = {"home": "home", "list": "home", "thread": "thread"}
"""Where filters know a stream to be, when it is not a common feed."""
EVERYBODY: dict[str, Stream] = {"local": "public:local", "federated": "public"}
"""The streams of what everybody posts."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Happening(msgspec.Struct):
    """The body of a message (see `raf.live`)."""

    event: str
    id: str = ""


class Threaded(msgspec.Struct):
    """What tells whether a post belongs to a thread."""

    id: str
    in_reply_to_id: str | None = None


HAPPENING = msgspec.json.Decoder(Happening)
THREADED = msgspec.json.Decoder(Threaded)


@asgi("/live", copy_scope=False)
async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """The endpoint."""
    house = house_of(scope)
    visit = await house.visit(Request(scope))
    query = visit.request.query_params
    since = query.get("since", "")
    last = visit.request.headers.get("last-event-id", "")
    name, _, argument = query.get("stream", "").partition(":")
    page = LivePage(house, visit, name, argument, max(number(since), number(last)))
    subject: object = visit.account_id or subject_of_address(visit.address)
    open_pages = house.open_pages
    if open_pages[subject] >= OPEN_EACH:
        raise TooMany(60)
    open_pages[subject] += 1
    try:
        await page.serve(receive, send)
    finally:
        open_pages[subject] -= 1
        if not open_pages[subject]:
            del open_pages[subject]


@dataclass
class LivePage:
    """One open page."""

    house: House
    visit: Visit
    name: str
    argument: str
    newest: int
    thread: set[str] = field(default_factory=set)

    async def serve(self, receive: Receive, send: Send) -> None:
        """Send what happens until the browser goes."""
        gone = asyncio.ensure_future(until_gone(receive))
        try:
            with await self.listen() as mailbox:
                await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
                await self.send(send, [b": here\n\n", *await self.missed()])
                while not gone.done():
                    taking = asyncio.ensure_future(mailbox.take(HEARTBEAT))
                    await asyncio.wait([taking, gone], return_when=asyncio.FIRST_COMPLETED)
                    if not taking.done():
                        taking.cancel()
                        break
                    if not await self.still_logged_in():
                        break
                    events: list[bytes] = []
                    if mailbox.lost:
                        mailbox.lost = False
                        events.append(encode("gap", {}))
                    for message in taking.result():
                        events += await self.events(HAPPENING.decode(message.body))
                    await self.send(send, events or [b": still here\n\n"])
        except OSError:
            pass  # the browser went while something was sent
        finally:
            gone.cancel()

    async def send(self, send: Send, events: Sequence[bytes]) -> None:
        await send({"type": "http.response.body", "body": b"".join(events), "more_body": True})

    async def still_logged_in(self) -> bool:
        """Whether the session the page was opened with still stands; asked before anything more is told."""
        session = self.visit.session
        if session is None:
            return True
        found = await self.house.identity.session_of(self.visit.session_token())
        return found is not None and not found.barred

    async def listen(self) -> Mailbox:
        """A mailbox of what this page shows. Raises Missing for a list of somebody else."""
        raf, account_id, streams = self.house.raf, self.visit.account_id, await self.streams()
        if self.name == "list" and account_id is not None:
            return await listening.listen(raf, account_id, number(self.argument), MAILBOX, streams)
        return await raf.live(account_id, streams, MAILBOX)

    async def streams(self) -> list[Stream]:
        """What to listen to. Whoever is logged in hears of notifications on every page."""
        streams: list[Stream] = []
        if self.visit.account_id is not None:
            streams.append("user" if self.name == "home" else "user:notification")
        if self.name in EVERYBODY:
            streams.append(EVERYBODY[self.name])
        elif self.name == "thread" and (post_id := number(self.argument)):
            await self.missed_replies(post_id)
            if self.thread:
                streams.append(f"thread:{await self.house.raf.timelines.conversation(post_id)}")
        elif self.name == "tag":
            streams.append(f"hashtag:{normal_tag(self.argument)}")
        return streams

    async def missed(self) -> list[bytes]:
        """What came after the newest post of the page, the oldest first."""
        raf, account_id = self.house.raf, self.visit.account_id
        asked = Paging(limit=CATCH_UP, min_id=self.newest)
        if self.name == "home" and account_id is not None:
            ids = await raf.home(account_id, asked)
        elif self.name in EVERYBODY:
            ids = await raf.public(account_id, asked, local=self.name == "local")
        elif self.name == "tag":
            ids = await raf.tag(account_id, normal_tag(self.argument), asked)
        elif self.name == "list" and account_id is not None:
            ids = await self.house.application.part(open_lists).timeline(account_id, number(self.argument), asked)
        elif self.name == "thread" and (post_id := number(self.argument)):
            return await self.missed_replies(post_id)
        else:
            return []
        events = await self.posts(ids[::-1])
        return [*events, encode("gap", {})] if len(ids) >= CATCH_UP else events

    async def missed_replies(self, post_id: int) -> list[bytes]:
        try:
            above, below = await self.house.raf.context(post_id, self.visit.account_id)
        except Missing:
            return []
        self.thread.update(str(identity) for identity in (post_id, *above, *below))
        return await self.posts([identity for identity in below if identity > self.newest])

    async def events(self, happening: Happening) -> list[bytes]:
        """What one message means for this page."""
        identity = number(happening.id)
        try:
            if happening.event == "update" and self.name != "notifications":
                return await self.posts([identity]) if await self.shows(identity) else []
            if self.name == "thread" and happening.event in ("status.update", "delete") and happening.id not in self.thread:
                return []  # another branch, or what this person may not see
            if happening.event == "status.update":
                return await self.posts([identity], "change")
            if happening.event == "delete":
                return [encode("gone", {"id": happening.id})]
            if happening.event in ("notification", "notifications_merged"):
                return await self.notification(identity)
        except RafError:
            return []  # it is gone already, or not for this person
        return []

    async def shows(self, identity: int) -> bool:
        """Whether the visitor wants to see a post that everybody is told of."""
        account_id = self.visit.account_id
        if account_id is None or self.name not in (*EVERYBODY, "tag"):
            return True
        return await self.house.raf.timelines.shows(identity, account_id)

    async def posts(self, ids: Sequence[int], event: str = "post") -> list[bytes]:
        """Events of posts, each with its HTML."""
        account_id = self.visit.account_id
        documents = sift(await self.house.raf.documents(ids, account_id), WHERE.get(self.name, "public"), account_id)
        reading = await self.house.reading(account_id)
        shown = self.house.fragments.posts(documents, self.visit.language, account_id, reading=reading)
        events = []
        for document, html in zip(documents, shown, strict=True):
            threaded = THREADED.decode(document)
            if self.name == "thread" and event == "post":
                if threaded.in_reply_to_id not in self.thread:
                    continue
                self.thread.add(threaded.id)
            events.append(encode(event, {"id": threaded.id, "html": html.decode()}, threaded.id if event == "post" else ""))
        return events

    async def notification(self, identity: int) -> list[bytes]:
        """The number beside the bell, and on the page of notifications the notification itself."""
        raf, account_id = self.house.raf, self.visit.account_id
        if account_id is None:
            return []
        events = []
        if self.name == "notifications" and identity:
            note = await raf.notification(account_id, identity)
            if self.argument not in ONLY or note.type in ONLY[self.argument][1]:
                group = await self.house.application.part(open_notifications).news(account_id, note.group_key)
                html = (await render(self.house, self.visit.language, account_id, group, identity - 1))[0]
                events.append(encode("note", {"id": str(identity), "html": html}))
        unread = await self.house.notifications.unread(account_id)
        return [*events, encode("unread", {"count": unread})]


def number(text: str) -> int:
    """An id; 0 for what cannot be one."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0


def encode(event: str, data: dict[str, Any], identity: str = "") -> bytes:
    """One event; JSON has no line breaks, so it is one line."""
    body = msgspec.json.encode({name: str(value) if isinstance(value, str) else value for name, value in data.items()})
    mark = f"id: {identity}\n" if identity else ""
    return f"{mark}event: {event}\ndata: ".encode() + body + b"\n\n"


async def until_gone(receive: Receive) -> None:
    """Returns when the browser has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
