"""The one face of lists that pages and the API use: `application.part(open_lists)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from ostrov import Connection, Ostrov
from raf.entities import Account
from raf.lists import records, timeline
from raf.lists.forms import ListChange, checked
from raf.lists.records import PeopleList
from raf.network import open_raf
from raf.paging import FIRST_PAGE, Listing, Paging

P = ParamSpec("P")
T = TypeVar("T")


class Lists:
    """Everybody's lists; each method takes the owner's account id first."""

    def __init__(self, application: Ostrov) -> None:
        self.raf = application.part(open_raf)
        self.store = application.store

    async def of(self, account_id: int) -> list[PeopleList]:
        """An account's lists, the oldest first."""
        return await self.store.read(records.lists_of, account_id)

    async def sizes(self, account_id: int) -> dict[int, int]:
        """How many people each list holds; empty ones are left out."""
        return await self.store.read(records.sizes, account_id)

    async def holding(self, account_id: int, member_id: int) -> list[PeopleList]:
        """Those of one's lists that somebody stands in."""
        return await self.store.read(records.holding, account_id, member_id)

    async def find(self, account_id: int, list_id: int) -> PeopleList:
        """Raises Missing for everybody else's."""
        return await self.store.read(records.list_at, account_id, list_id)

    async def create(self, account_id: int, change: ListChange) -> PeopleList:
        """Raises Invalid, Refused."""
        list_id = self.raf.journal.ids.next()
        await self._write(account_id, records.insert_list, account_id, list_id, checked(change, new=True))
        return await self.find(account_id, list_id)

    async def update(self, account_id: int, list_id: int, change: ListChange) -> PeopleList:
        """Raises Missing, Invalid, Refused."""
        return await self._write(account_id, records.update_list, account_id, list_id, checked(change, new=False))

    async def delete(self, account_id: int, list_id: int) -> None:
        """Raises Missing."""
        await self._write(account_id, records.delete_list, account_id, list_id)

    async def add(self, account_id: int, list_id: int, ids: Sequence[int]) -> None:
        """Put people one follows into a list. Raises Missing, Invalid."""
        await self._write(account_id, records.add_members, account_id, list_id, ids)

    async def remove(self, account_id: int, list_id: int, ids: Sequence[int]) -> None:
        """Raises Missing."""
        await self._write(account_id, records.remove_members, account_id, list_id, ids)

    async def members(self, account_id: int, list_id: int, paging: Paging) -> Listing[Account]:
        """Who stands in a list. Raises Missing."""
        found = await self.store.read(records.members, account_id, list_id, paging)
        return Listing(await self.raf.accounts(found.items), found.older, found.newer)

    async def timeline(self, account_id: int, list_id: int, paging: Paging = FIRST_PAGE) -> list[int]:
        """Status ids, newest first. Raises Missing."""
        people = await self.find(account_id, list_id)
        reader = await self.raf.timelines.reader(account_id)
        return await self.store.read(timeline.page, reader, people, paging)

    async def _write(
        self, account_id: int, command: Callable[Concatenate[Connection, P], T], *given: P.args, **named: P.kwargs
    ) -> T:
        def write(connection: Connection) -> T:
            done = command(connection, *given, **named)
            self.raf.refresh.announce(connection, account_id)
            return done

        done = await self.store.write(write)
        self.raf.refresh.drop(account_id)
        return done


def open_lists(application: Ostrov) -> Lists:
    """The lists of an application."""
    return Lists(application)
