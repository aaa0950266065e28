"""Posts and boosts: into the homes and the public timeline, and out of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from raf import live
from raf.domain import text as texts
from raf.domain.arrivals import BoostImported, PostImported
from raf.domain.events import Boosted, PostDeleted, Posted, PostEdited, RafEvent, Unboosted
from raf.timelines import entry as entries
from raf.timelines import public
from raf.timelines.delivery import deliver, deliver_to_lists, fan_out, post_publicly, take_back
from raf.timelines.reader import REBLOGGED

if TYPE_CHECKING:
    from raf.timelines.memory import Memory


def posted(memory: Memory, event: Posted) -> None:
    memory.account_changed(event.account_id)
    if event.in_reply_to_id is not None:
        memory.document_changed(event.in_reply_to_id)
    if event.quoted_id is not None:
        memory.document_changed(event.quoted_id)
    loud = event.account_id not in memory.quiet
    entry = entries.of_post(event, tagged=bool(memory.readers.tagged) and loud)
    content = live.body("update", event.status_id)
    fan_out(memory, entry, content)
    if loud and public.is_public(entry):
        if memory.shore is not None:
            memory.shore.add(entry)
        post_publicly(memory, "update", event.status_id, bool(event.media_ids))
    if event.in_reply_to_id is not None:
        memory.board.post(f"raf.thread.{event.conversation_id}", content)
    if memory.board.tags and event.visibility == "public":
        for tag in texts.tags(texts.pieces(event.text)):
            memory.board.post(f"raf.tag.{tag}", content)
    if event.visibility == "direct":
        content = live.body("conversation", event.conversation_id or event.status_id)
        for account_id in {event.account_id, *entry.mentions}:
            memory.board.post(f"raf.direct.{account_id}", content)


def imported(memory: Memory, event: PostImported) -> None:
    """A post of the past: nobody is told, and homes that may have it are read anew."""
    memory.account_changed(event.account_id)
    if event.in_reply_to_id is not None:
        memory.document_changed(event.in_reply_to_id)
    if event.visibility == "public":
        memory.shore = None
    for reader in memory.readers.watching(event.account_id):
        reader.home = None


def boost_imported(memory: Memory, event: BoostImported) -> None:
    """A boost of the past: the same."""
    memory.account_changed(event.account_id)
    memory.document_changed(event.reblog_of_id)
    memory.mark(event.account_id, event.reblog_of_id, REBLOGGED, True)
    for reader in memory.readers.watching(event.account_id):
        reader.home = None


def edited(memory: Memory, event: PostEdited) -> None:
    memory.document_changed(event.status_id)
    content = live.body("status.update", event.status_id)
    entry = entries.of_post(event, tagged=bool(memory.readers.tagged) and event.account_id not in memory.quiet)
    for reader in list(memory.readers.watching(event.account_id)):
        wanted = reader.wants(entry)
        if reader.home is not None and not reader.home.agrees(event.status_id, wanted):
            reader.home = None  # whom it mentions or its language has changed
        if wanted:
            deliver(reader, content)
    deliver_to_lists(memory, entry, content)
    memory.board.post(f"raf.thread.{event.conversation_id}", content)
    if event.visibility == "public":
        post_publicly(memory, "status.update", event.status_id, bool(event.media_ids))


def deleted(memory: Memory, event: PostDeleted) -> None:
    take_back(memory, event.status_id, event.account_id)
    for boost_id, booster_id in event.boosts:
        take_back(memory, boost_id, booster_id)
    if event.in_reply_to_id is not None:
        memory.document_changed(event.in_reply_to_id)
    if event.quoted_id is not None:
        memory.document_changed(event.quoted_id)
    for document in memory.documents.values():
        if document.in_reply_to_id == event.status_id or document.quoted_id == event.status_id:
            memory.document_changed(document.id)
    memory.board.post(f"raf.thread.{event.conversation_id}", live.body("delete", event.status_id))
    if event.visibility == "public":
        post_publicly(memory, "delete", event.status_id, True)


def boosted(memory: Memory, event: Boosted) -> None:
    memory.account_changed(event.account_id)
    memory.document_changed(event.reblog_of_id)
    memory.mark(event.account_id, event.reblog_of_id, REBLOGGED, True)
    fan_out(memory, entries.of_boost(event), live.body("update", event.status_id))


def unboosted(memory: Memory, event: Unboosted) -> None:
    memory.document_changed(event.reblog_of_id)
    memory.mark(event.account_id, event.reblog_of_id, REBLOGGED, False)
    take_back(memory, event.status_id, event.account_id, was_boost=True)


CHANGES: dict[type[RafEvent], Callable[..., None]] = {
    Posted: posted,
    PostImported: imported,
    PostEdited: edited,
    PostDeleted: deleted,
    Boosted: boosted,
    BoostImported: boost_imported,
    Unboosted: unboosted,
}
