"""The lists of people that somebody listens to now, by whose posts concern them."""

from __future__ import annotations

from collections.abc import Iterable

from ostrov import Connection
from raf.errors import Missing
from raf.lists.records import list_at, member_ids
from raf.lists.timeline import wants
from raf.timelines.entry import Entry
from raf.timelines.reader import Reader


class LiveList:
    """A list with its rule and people, as they were read last."""

    __slots__ = ("id", "listeners", "members", "owner_id", "policy")

    def __init__(self, identity: int, owner_id: int, policy: str, members: Iterable[int]) -> None:
        self.id = identity
        self.owner_id = owner_id
        self.policy = policy
        self.members = frozenset(members)
        self.listeners = 0

    @property
    def topic(self) -> str:
        """What its messages are called."""
        return f"raf.list.{self.id}"

    def wants(self, reader: Reader, entry: Entry) -> bool:
        """Whether a post of a member belongs here; the reader is the owner."""
        return wants(reader, self.policy, self.members, entry)


class LiveLists:
    """`audience` has the lists by the people in them. Nothing is kept of a list that nobody listens to."""

    def __init__(self) -> None:
        self.audience: dict[int, set[LiveList]] = {}
        self._lists: dict[int, LiveList] = {}

    def join(self, found: LiveList) -> None:
        """One listener more."""
        self.replace(found)
        self._lists[found.id].listeners += 1

    def leave(self, list_id: int) -> None:
        """One listener less."""
        known = self._lists.get(list_id)
        if known is not None:
            known.listeners -= 1
            if known.listeners <= 0:
                self._unlist(known)
                del self._lists[list_id]

    def replace(self, found: LiveList) -> None:
        """A list was read again."""
        known = self._lists.get(found.id)
        if known is not None:
            self._unlist(known)
            found.listeners = known.listeners
        self._lists[found.id] = found
        for member_id in found.members:
            self.audience.setdefault(member_id, set()).add(found)

    def of(self, owner_id: int) -> list[LiveList]:
        """Those of one person."""
        return [known for known in self._lists.values() if known.owner_id == owner_id]

    def _unlist(self, known: LiveList) -> None:
        for member_id in known.members:
            there = self.audience[member_id]
            there.discard(known)
            if not there:
                del self.audience[member_id]


def load(connection: Connection, account_id: int, list_id: int) -> LiveList:
    """One's own list. Raises Missing."""
    people = list_at(connection, account_id, list_id)
    return LiveList(people.id, account_id, people.replies_policy, member_ids(connection, list_id))


def load_again(connection: Connection, known: LiveList) -> LiveList:
    """The same list as it is now; one that is deleted has nobody in it."""
    try:
        return load(connection, known.owner_id, known.id)
    except Missing:
        return LiveList(known.id, known.owner_id, known.policy, ())
