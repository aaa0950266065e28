"""The stream of a list: a mailbox of what its people post, by the list's rule, as long as it stays so."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ostrov import Connection, Mailbox
from raf.errors import Missing
from raf.lists.records import PeopleList, list_at, member_ids
from raf.lists.timeline import wants
from raf.live import Stream, topic_of
from raf.network import Raf
from raf.timelines.ears import Ear


async def listen(raf: Raf, account_id: int, list_id: int, limit: int, also: Iterable[Stream] = ()) -> Mailbox:
    """What is posted into a list from now on, and what happens on further streams; close the mailbox when done.

    Raises Missing for everybody else's list.
    """
    await raf.store.read(list_at, account_id, list_id)
    timelines = raf.timelines
    memory, topic = timelines.memory, f"raf.list.{list_id}"
    topics = {topic, *filter(None, (topic_of(stream, account_id) for stream in also))}
    await timelines.reader(account_id)

    def leave(mailbox: Mailbox) -> None:
        for name in topics:
            memory.board.leave(name, mailbox)
        memory.readers.ears.remove(ear)

    mailbox = Mailbox(topics, limit, leave)
    ear = Ear(account_id, list_id, mailbox)
    ear.reload = partial(reload, raf, ear)
    for name in topics:
        memory.board.join(name, mailbox)
    memory.readers.ears.add(ear)
    await timelines.reader(account_id)  # held from now on
    await ear.reload()
    return mailbox


async def reload(raf: Raf, ear: Ear) -> None:
    """Look who stands in the list now. A list that is gone has nobody."""

    def read(connection: Connection) -> tuple[PeopleList, list[int]]:
        return list_at(connection, ear.account_id, ear.list_id), member_ids(connection, ear.list_id)

    ears = raf.timelines.memory.readers.ears
    try:
        people, members = await raf.store.read(read)
    except Missing:
        ears.change(ear, (), lambda reader, entry: False)
        return
    everybody = frozenset(members)
    ears.change(ear, everybody, lambda reader, entry: wants(reader, people.replies_policy, everybody, entry))
