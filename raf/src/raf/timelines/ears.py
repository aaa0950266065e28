"""Who listens to a list, live. A list is one person's, and may hold people their home leaves out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from ostrov import Mailbox
from raf.timelines.entry import Entry
from raf.timelines.reader import Reader

Wants = Callable[[Reader, Entry], bool]


@dataclass(eq=False)
class Ear:
    """One listener: `wants` says what of its members' posts belongs to the list, by what is known of its owner."""

    account_id: int
    list_id: int
    mailbox: Mailbox
    members: frozenset[int] = frozenset()
    wants: Wants = field(default=lambda reader, entry: False)
    reload: Callable[[], Awaitable[None]] = field(default=lambda: asyncio.sleep(0))
    """Looks who stands in the list now."""


class Ears:
    """By author, for a post meets them there; and by owner, whose lists may change."""

    def __init__(self) -> None:
        self.by_author: dict[int, set[Ear]] = {}
        self._by_owner: dict[int, set[Ear]] = {}

    def add(self, ear: Ear) -> None:
        self._by_owner.setdefault(ear.account_id, set()).add(ear)
        self._join(ear)

    def remove(self, ear: Ear) -> None:
        self._part(ear)
        there = self._by_owner.get(ear.account_id, set())
        there.discard(ear)
        if not there:
            self._by_owner.pop(ear.account_id, None)

    def change(self, ear: Ear, members: Iterable[int], wants: Wants) -> None:
        """Its list holds others now, or has another rule. One that left meanwhile stays away."""
        if ear not in self.of(ear.account_id):
            return
        self._part(ear)
        ear.members, ear.wants = frozenset(members), wants
        self._join(ear)

    def of(self, account_id: int) -> list[Ear]:
        """Those of one owner."""
        return list(self._by_owner.get(account_id, ()))

    def hold(self, account_id: int) -> bool:
        """Whether somebody listens to a list of this account, so that what is known of it must stay."""
        return account_id in self._by_owner

    def _join(self, ear: Ear) -> None:
        for author_id in ear.members:
            self.by_author.setdefault(author_id, set()).add(ear)

    def _part(self, ear: Ear) -> None:
        for author_id in ear.members:
            there = self.by_author.get(author_id, set())
            there.discard(ear)
            if not there:
                self.by_author.pop(author_id, None)
