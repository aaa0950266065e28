"""Live updates: who listens to what, and how a new post reaches a thousand of them cheaply.

    with await raf.live(account_id, ("user", "public:local")) as mailbox:
        messages = await mailbox.take(30)  # [] after 30 s, or when `mailbox.lost`: then refetch and set it to False

The streams are Mastodon's: `user` (the home timeline and notifications), `user:notification`, `public`, `public:local`,
`public:media`, `public:local:media`, `hashtag:NAME`, `hashtag:local:NAME`, `direct`; and our own `thread:ID`, what happens
in the conversation of that number, which pages listen to. A message's `topic` tells where it came
from (`raf.home.7`, `raf.notifications.7`, `raf.public`, `raf.public.local`, `raf.tag.name`, `raf.direct.7`), its body is

    {"event": "update" | "status.update" | "delete" | "notification" | "notifications_merged" | "conversation", "id": "…"}

one object of bytes for all who get it. Readers of posts fetch `await raf.streamed(id)`, the document without viewer's flags,
which is encoded once a process and shared, as Mastodon's streaming payload is; whoever wants flags asks `raf.documents`.

The scheme: an event travels once to each process of the project (channel topic `raf.events`), however many people follow its
author. Each process knows which of *its* listeners and loaded home timelines follow whom (`Readers.audience`), so a post costs
one array append and one mailbox put for each of those, and nothing for followers who are not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ostrov import Mailbox, Message
from raf.domain.text import normal_tag

Stream: TypeAlias = str
EVENTS = "raf.events"
"""The channel's topic of what happened: see `raf.timelines.wire`."""
PUBLIC = ("public", "public:local", "public:media", "public:local:media")
TOPICS = {
    "public": "raf.public",
    "public:local": "raf.public.local",
    "public:media": "raf.public.media",
    "public:local:media": "raf.public.local.media",
}


PREVIEWED = "raf.previewed"
"""The channel topic that tells of posts whose card is there."""


def body(event: str, identity: int) -> bytes:
    """What a message says."""
    return b'{"event":"%s","id":"%d"}' % (event.encode(), identity)


def topic_of(stream: Stream, account_id: int | None) -> str | None:
    """The topic a stream's messages have; None when there is no such stream, or it needs an account and there is none."""
    if stream in TOPICS:
        return TOPICS[stream]
    kind, _, rest = stream.partition(":")
    if kind == "thread" and rest.isdecimal():
        return f"raf.thread.{rest}"
    if kind == "hashtag" and rest:
        return f"raf.tag.{normal_tag(rest.removeprefix('local:'))}"
    if account_id is None:
        return None
    return {
        "user": f"raf.home.{account_id}",
        "user:notification": f"raf.notifications.{account_id}",
        "direct": f"raf.direct.{account_id}",
    }.get(stream)


class Board:
    """Mailboxes by topic. Those of homes hang on their readers instead, for the fan-out meets them there."""

    def __init__(self) -> None:
        self._mailboxes: dict[str, set[Mailbox]] = {}
        self.tags = 0
        """How many listen to hashtags; a post's are looked for only then."""

    def join(self, topic: str, mailbox: Mailbox) -> None:
        self._mailboxes.setdefault(topic, set()).add(mailbox)
        self.tags += topic.startswith("raf.tag.")

    def leave(self, topic: str, mailbox: Mailbox) -> None:
        there = self._mailboxes.get(topic)
        if there is not None and mailbox in there:
            there.discard(mailbox)
            self.tags -= topic.startswith("raf.tag.")
            if not there:
                del self._mailboxes[topic]

    def post(self, topic: str, content: bytes) -> None:
        """Give a message to everybody who listens to a topic."""
        there = self._mailboxes.get(topic)
        if there:
            message = Message(topic, content)
            for mailbox in there:
                mailbox.put(message)

    def everybody(self) -> Iterable[Mailbox]:
        return {mailbox for there in self._mailboxes.values() for mailbox in there}
