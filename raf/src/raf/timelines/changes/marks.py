"""What people do to posts: likes, bookmarks, pins, votes, quotes taken back, threads they want to hear nothing of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from raf import live
from raf.domain.events import (
    Bookmarked,
    ConversationMuted,
    ConversationUnmuted,
    Favourited,
    Pinned,
    QuoteRevoked,
    RafEvent,
    Unbookmarked,
    Unfavourited,
    Unpinned,
    Voted,
)
from raf.timelines.reader import BOOKMARKED, FAVOURITED

if TYPE_CHECKING:
    from raf.timelines.memory import Memory


def favourited(memory: Memory, event: Favourited | Unfavourited) -> None:
    memory.document_changed(event.status_id)
    memory.mark(event.account_id, event.status_id, FAVOURITED, isinstance(event, Favourited))


def bookmarked(memory: Memory, event: Bookmarked | Unbookmarked) -> None:
    memory.mark(event.account_id, event.status_id, BOOKMARKED, isinstance(event, Bookmarked))


def quote_revoked(memory: Memory, event: QuoteRevoked) -> None:
    memory.document_changed(event.status_id)
    memory.document_changed(event.quoted_id)


def voted(memory: Memory, event: Voted) -> None:
    """Pages that show the thread show the new numbers; Mastodon's streams say nothing of votes."""
    memory.document_changed(event.status_id)
    memory.board.post(f"raf.thread.{event.conversation_id}", live.body("status.update", event.status_id))


def pinned(memory: Memory, event: Pinned | Unpinned) -> None:
    reader = memory.reader_changed(event.account_id)
    if reader is not None:
        switch(reader.pins, event.status_id, isinstance(event, Pinned))


def silenced(memory: Memory, event: ConversationMuted | ConversationUnmuted) -> None:
    reader = memory.reader_changed(event.account_id)
    if reader is not None:
        switch(reader.silenced, event.conversation_id, isinstance(event, ConversationMuted))


def switch(members: set[int], member: int, on: bool) -> None:
    """Be in a set or not."""
    if on:
        members.add(member)
    else:
        members.discard(member)


CHANGES: dict[type[RafEvent], Callable[..., None]] = {
    Favourited: favourited,
    Unfavourited: favourited,
    Bookmarked: bookmarked,
    Unbookmarked: bookmarked,
    QuoteRevoked: quote_revoked,
    Voted: voted,
    Pinned: pinned,
    Unpinned: pinned,
    ConversationMuted: silenced,
    ConversationUnmuted: silenced,
}
