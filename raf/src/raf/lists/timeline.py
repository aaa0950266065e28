"""The timeline of a list: what its people posted, as the owner's home would show it, by the list's rule of replies."""

from __future__ import annotations

from ostrov import Connection
from raf.lists.records import MEMBERS, PeopleList, member_ids
from raf.paging import Paging
from raf.timelines import home as homes
from raf.timelines.entry import Entry
from raf.timelines.reader import Reader

OF_MEMBERS = f"""
SELECT m.account_id FROM people_list_member m JOIN people_list l ON l.id = m.list_id WHERE l.id = ? AND {MEMBERS}"""
BY_MEMBERS = f"s.account_id IN ({OF_MEMBERS})"


def wants(reader: Reader, policy: str, members: frozenset[int], entry: Entry) -> bool:
    """Whether a post of a member belongs to a list (app/lib/feed_manager.rb, filter_from_list, Mastodon 4.4)."""
    reply_to = entry.reply_to
    to_another = reply_to is not None and reply_to not in (entry.account_id, reader.account_id)
    if to_another and (policy == "none" or (policy == "list" and reply_to not in members)):
        return False
    return reader.wants_of_followed(entry)


def page(connection: Connection, reader: Reader, people: PeopleList, paging: Paging) -> list[int]:
    """The ids of a page, newest first."""
    members = frozenset(member_ids(connection, people.id))
    source = homes.Source(
        OF_MEMBERS, BY_MEMBERS, (people.id,), lambda entry: wants(reader, people.replies_policy, members, entry)
    )
    return homes.page(connection, reader, paging, source)
