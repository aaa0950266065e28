"""From a post to those who want it: the homes in memory, and whoever listens at the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ostrov import Message
from raf import live
from raf.timelines.entry import Entry
from raf.timelines.reader import Reader

if TYPE_CHECKING:
    from raf.timelines.memory import Memory


def fan_out(memory: Memory, entry: Entry, content: bytes) -> None:
    """Into the homes of those who are here and want it, and to whoever listens to them."""
    readers = memory.readers
    author_id, identity, plain = entry.account_id, entry.id, entry.is_plain
    for reader in readers.audience.get(author_id, ()):
        if (reader.picky or not plain) and not reader.wants(entry):
            continue
        home = reader.home
        if home is not None:
            if plain:
                ids = home.ids  # what `home.add` does first, without the call: this is done for every follower
                if ids and ids[-1] < identity and len(ids) < home.full:
                    ids.append(identity)
                else:
                    home.add(identity)
            elif not home.offer(entry):
                continue
        if reader.mailboxes:
            deliver(reader, content)
    own = readers.get(author_id)
    if own is not None and own.watching and (own.home is None or own.home.offer(entry)):
        deliver(own, content)
    if entry.tags:
        _deliver_to_tags(memory, entry, content)
    if readers.ears.by_author:
        deliver_to_lists(memory, entry, content)


def deliver(reader: Reader, content: bytes) -> None:
    """To whoever listens to this person's home."""
    if reader.mailboxes:
        message = Message(f"raf.home.{reader.account_id}", content)
        for mailbox in reader.mailboxes:
            mailbox.put(message)


def deliver_to_lists(memory: Memory, entry: Entry, content: bytes) -> None:
    """To whoever listens to a list its author stands in."""
    for ear in memory.readers.ears.by_author.get(entry.account_id, ()):
        owner = memory.readers.get(ear.account_id)
        if owner is not None and ear.wants(owner, entry):
            ear.mailbox.put(Message(f"raf.list.{ear.list_id}", content))


def post_publicly(memory: Memory, event: str, identity: int, has_media: bool) -> None:
    """To whoever listens to the public timelines."""
    content = live.body(event, identity)
    for stream in live.PUBLIC if has_media else live.PUBLIC[:2]:
        memory.board.post(live.TOPICS[stream], content)


def take_back(memory: Memory, identity: int, author_id: int, *, was_boost: bool = False) -> None:
    """Out of every timeline, and tell whoever may have seen it there."""
    memory.account_changed(author_id)
    memory.document_changed(identity)
    if memory.shore is not None:
        memory.shore.remove(identity)
    content = live.body("delete", identity)
    for reader in memory.readers.watching(author_id):
        if reader.home is not None and reader.home.remove(identity):
            if was_boost:
                reader.home = None  # another boost of the same post may show now
            deliver(reader, content)
        elif reader.home is None:
            deliver(reader, content)
    for ear in memory.readers.ears.by_author.get(author_id, ()):
        ear.mailbox.put(Message(f"raf.list.{ear.list_id}", content))


def _deliver_to_tags(memory: Memory, entry: Entry, content: bytes) -> None:
    """To the homes of those who follow a hashtag of a post and not its author."""
    for reader in memory.readers.following_tags(entry.tags):
        known = entry.account_id in reader.follows or entry.account_id == reader.account_id
        if known or not reader.wants(entry) or (reader.home is not None and not reader.home.offer(entry)):
            continue
        deliver(reader, content)
