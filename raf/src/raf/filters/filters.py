"""The one face of filters that pages and the API use: `application.part(open_filters)`."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

import msgspec
from msgspec import UNSET

from ostrov import Connection, Ostrov
from raf.errors import Invalid
from raf.filters import records
from raf.filters.forms import FilterChange, KeywordChange, checked, checked_keyword
from raf.filters.records import Filter, FilteredPost, Keyword
from raf.network import open_raf
from raf.notifications.reading import FILTERS_CHANGED, TOPIC

P = ParamSpec("P")
T = TypeVar("T")
SEVERAL = """These parameters cannot be changed from this application because they apply to more than one filter keyword. \
Use a more recent application or the web interface."""


class Filters:
    """Everybody's filters; each method takes the owner's account id first. All raise Missing for what is not one's own."""

    def __init__(self, application: Ostrov) -> None:
        self.raf = application.part(open_raf)
        self.store = application.store

    async def of(self, account_id: int) -> list[Filter]:
        """An account's filters, the oldest first, the expired too."""
        return await self.store.read(records.filters_of, account_id)

    async def find(self, account_id: int, filter_id: int) -> Filter:
        return await self.store.read(records.filter_at, account_id, filter_id)

    async def create(self, account_id: int, change: FilterChange) -> Filter:
        """Raises Invalid, Refused."""
        given = checked(change, new=True)
        filter_id = await self._write(account_id, records.insert_filter, account_id, given, self._next, time.time())
        return await self.find(account_id, filter_id)

    async def update(self, account_id: int, filter_id: int, change: FilterChange) -> Filter:
        """Raises Invalid, Refused."""
        given = checked(change, new=False)
        await self._write(account_id, records.update_filter, account_id, filter_id, given, self._next, time.time())
        return await self.find(account_id, filter_id)

    async def delete(self, account_id: int, filter_id: int) -> None:
        await self._write(account_id, records.delete_filter, account_id, filter_id)

    # ---- keywords ---------------------------------------------------------------------------------------------------

    async def keyword(self, account_id: int, keyword_id: int) -> tuple[Filter, Keyword]:
        """A keyword and the filter it stands in."""
        found = await self.store.read(records.filter_of_keyword, account_id, keyword_id)
        return found, next(keyword for keyword in found.keywords if keyword.id == keyword_id)

    async def add_keyword(self, account_id: int, filter_id: int, change: KeywordChange) -> Keyword:
        """Raises Invalid."""
        given = checked_keyword(change)
        keyword_id = await self._write(account_id, records.put_keyword, account_id, filter_id, given, self._next)
        return (await self.keyword(account_id, keyword_id))[1]

    async def change_keyword(self, account_id: int, keyword_id: int, change: KeywordChange) -> Keyword:
        """Raises Invalid."""
        found, _ = await self.keyword(account_id, keyword_id)
        given = KeywordChange(id=keyword_id, keyword=change.keyword, whole_word=change.whole_word)
        return await self.add_keyword(account_id, found.id, given)

    async def delete_keyword(self, account_id: int, keyword_id: int, *, with_empty_filter: bool = False) -> None:
        await self._write(account_id, records.delete_keyword, account_id, keyword_id, with_empty_filter=with_empty_filter)

    async def change_by_keyword(
        self, account_id: int, keyword_id: int, change: FilterChange, keyword: KeywordChange
    ) -> tuple[Filter, Keyword]:
        """Change a filter known by one of its keywords, as the first API does: its title only when it has no other.

        Raises Invalid when it has several and more than the keyword would change.
        """
        found, _ = await self.keyword(account_id, keyword_id)
        given = checked(change, new=False)
        if len(found.keywords) > 1:
            other = (given.contexts not in (UNSET, found.contexts)) or (given.action not in (UNSET, found.action))
            if other or given.expires_in not in (UNSET, found.expires_at):
                raise Invalid({"base": [("ERR_INVALID", SEVERAL)]})
            given = FilterChange()
        given = msgspec.structs.replace(given, keywords=(checked_keyword(keyword),))
        await self._write(account_id, records.update_filter, account_id, found.id, given, self._next, time.time())
        return await self.keyword(account_id, keyword_id)

    # ---- posts ------------------------------------------------------------------------------------------------------

    async def post(self, account_id: int, filtered_id: int) -> FilteredPost:
        """A post that stands in a filter, by the id of its standing there."""
        found = await self.store.read(records.filter_of_status, account_id, filtered_id)
        return next((post for post in found.statuses if post.id == filtered_id), FilteredPost(filtered_id, 0))

    async def add_post(self, account_id: int, filter_id: int, status_id: int) -> FilteredPost:
        """Filter one post. Raises Invalid when it stands there already."""
        filtered_id = await self._write(account_id, records.put_status, account_id, filter_id, status_id, self._next)
        return FilteredPost(filtered_id, status_id)

    async def delete_post(self, account_id: int, filtered_id: int) -> None:
        await self._write(account_id, records.delete_status, account_id, filtered_id)

    def _next(self) -> int:
        return self.raf.journal.ids.next()

    async def _write(
        self, account_id: int, command: Callable[Concatenate[Connection, P], T], *given: P.args, **named: P.kwargs
    ) -> T:
        def write(connection: Connection) -> T:
            done = command(connection, *given, **named)
            self.raf.refresh.announce(connection, account_id)
            told = msgspec.json.encode([(account_id, FILTERS_CHANGED)])
            connection.after_commit(partial(self.raf.application.channel.publish, TOPIC, told))
            return done

        done = await self.store.write(write)
        self.raf.refresh.drop(account_id)
        return done


def open_filters(application: Ostrov) -> Filters:
    """The filters of an application."""
    return Filters(application)
