"""What goes down a stream is made once, and is never what it was before."""

from __future__ import annotations

from typing import Any

from ostrov import Message
from raf.errors import Missing
from raf.mastodon.frames import KEPT, Frames


class Common:
    """Stands for the timelines: nobody here has filters, and nobody hides anybody."""

    def has_filters(self, account_id: int) -> bool:
        return False

    def hides(self, account_id: int) -> bool:
        return False


class Posts:
    """Stands for the network: a post whose words change, and how often it was asked."""

    def __init__(self) -> None:
        self.words = "one"
        self.asked = 0
        self.timelines = Common()

    async def streamed(self, status_id: int, account_id: int | None) -> bytes:
        self.asked += 1
        if status_id == 404:
            raise Missing
        return b'"%s"' % self.words.encode()


def body(event: str = "update", identity: int = 1) -> bytes:
    """A new object each time, as the channel makes it."""
    return b"".join([b'{"event":"', event.encode(), b'","id":"%d"}' % identity])


async def told(frames: Frames, message: Message) -> bytes:
    kept = frames.kept(message)
    return await frames.event(message, None) if kept is None else kept


async def test_a_thousand_readers_cost_one_encoding() -> None:
    posts: Any = Posts()
    frames, message = Frames(posts), Message("raf.public", body())
    assert {await told(frames, message) for _ in range(1000)} == {b'event: update\ndata: "one"\n\n'}
    assert posts.asked == 1


async def test_the_same_words_said_later_are_looked_up_again() -> None:
    posts: Any = Posts()
    frames = Frames(posts)
    first, second = body("status.update"), body("status.update")
    assert first == second
    await told(frames, Message("raf.public", first))
    posts.words = "two"
    assert await told(frames, Message("raf.public", second)) == b'event: status.update\ndata: "two"\n\n'


async def test_what_has_gone_is_not_told_and_a_deletion_is_its_id() -> None:
    posts: Any = Posts()
    frames = Frames(posts)
    assert await told(frames, Message("raf.public", body(identity=404))) == b""
    assert await told(frames, Message("raf.public", body("delete", 7))) == b"event: delete\ndata: 7\n\n"


async def test_only_the_latest_frames_are_kept() -> None:
    posts: Any = Posts()
    frames = Frames(posts)
    for identity in range(3 * KEPT):
        await told(frames, Message("raf.public", body("delete", identity)))
    assert len(frames._shared) == len(frames._order) == KEPT


async def test_a_thousand_sockets_of_one_stream_cost_one_encoding_and_another_stream_is_named_in_its_own() -> None:
    posts: Any = Posts()
    frames, message = Frames(posts), Message("raf.tag.raf", body())

    async def text(stream: tuple[str, ...]) -> bytes:
        kept = frames.kept_text(message, stream)
        return await frames.socket_text(message, None, stream) if kept is None else kept

    said = b'{"stream":%s,"event":"update","payload":"\\"one\\""}'
    assert {await text(("user",)) for _ in range(1000)} == {said % b'["user"]'}
    assert posts.asked == 1
    assert await text(("hashtag", "raf")) == said % b'["hashtag","raf"]'
    assert frames.kept_text(Message("raf.tag.raf", body()), ("user",)) is None


async def test_only_the_latest_texts_of_sockets_are_kept() -> None:
    posts: Any = Posts()
    frames = Frames(posts)
    first, *others = [Message("raf.public", body(identity=number)) for number in range(1, KEPT + 2)]
    for message in (first, *others):
        await frames.socket_text(message, None, ("public",))
    assert frames.kept_text(first, ("public",)) is None
    assert frames.kept_text(others[-1], ("public",)) is not None
