"""Whom and what people follow, and whom they do not want to see: their home is another one after each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from raf.domain.events import Blocked, Followed, Muted, RafEvent, Unblocked, Unfollowed, Unmuted
from raf.domain.tags import TagFollowed, TagUnfollowed
from raf.timelines.changes.marks import switch
from raf.timelines.reader import EVERYTHING, Reader, Wish

if TYPE_CHECKING:
    from raf.timelines.memory import Memory


def followed(memory: Memory, event: Followed) -> None:
    memory.account_changed(event.account_id)
    memory.account_changed(event.target_id)
    reader = memory.reader_changed(event.account_id)
    if reader is not None:
        plain = event.reblogs and event.languages is None
        reader.follows[event.target_id] = EVERYTHING if plain else Wish(event.reblogs, event.languages)
        _relations_changed(reader)
        if reader.watching:
            memory.readers.join(event.target_id, reader)


def unfollowed(memory: Memory, event: Unfollowed) -> None:
    memory.account_changed(event.account_id)
    memory.account_changed(event.target_id)
    reader = memory.reader_changed(event.account_id)
    if reader is not None:
        reader.follows.pop(event.target_id, None)
        reader.exclusive.discard(event.target_id)  # a place in a list ends with the follow
        _relations_changed(reader)
        memory.readers.leave(event.target_id, reader)


def blocked(memory: Memory, event: Blocked | Unblocked) -> None:
    on = isinstance(event, Blocked)
    if (reader := memory.reader_changed(event.account_id)) is not None:
        switch(reader.blocking, event.target_id, on)
        _relations_changed(reader)
    if (reader := memory.reader_changed(event.target_id)) is not None:
        switch(reader.blocked_by, event.account_id, on)
        _relations_changed(reader)


def muted(memory: Memory, event: Muted | Unmuted) -> None:
    reader = memory.reader_changed(event.account_id)
    if reader is not None:
        switch(reader.muting, event.target_id, isinstance(event, Muted))
        _relations_changed(reader)
        if isinstance(event, Muted) and event.expires_at is not None:
            reader.stale_at = min(reader.stale_at, event.expires_at)


def tag_followed(memory: Memory, event: TagFollowed | TagUnfollowed) -> None:
    reader = memory.reader_changed(event.account_id)
    if reader is not None:
        on = isinstance(event, TagFollowed)
        memory.readers.follow_tag(reader, event.tag) if on else memory.readers.unfollow_tag(reader, event.tag)
        reader.home = None


def _relations_changed(reader: Reader) -> None:
    reader.home = None
    reader.choose()


CHANGES: dict[type[RafEvent], Callable[..., None]] = {
    Followed: followed,
    Unfollowed: unfollowed,
    Blocked: blocked,
    Unblocked: blocked,
    Muted: muted,
    Unmuted: muted,
    TagFollowed: tag_followed,
    TagUnfollowed: tag_followed,
}
