"""Mastodon's paging: everything is listed by id, newest first.

`max_id` asks for what is older, `since_id` for the newest that is newer, `min_id` for what follows at once after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

OLDEST = 0
NEWEST = 2**63 - 1
T = TypeVar("T")


class Paging(msgspec.Struct, frozen=True):
    """Which part of a list is wanted. `limit` is the number of entries, already held within what the endpoint allows."""

    limit: int = 20
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    @property
    def below(self) -> int:
        """Ids asked for are smaller than this."""
        return NEWEST if self.max_id is None else self.max_id

    @property
    def above(self) -> int:
        """Ids asked for are larger than this."""
        return max(self.since_id or OLDEST, self.min_id or OLDEST)

    @property
    def ascending(self) -> bool:
        """Whether the entries nearest above `above` are wanted, not the newest ones."""
        return self.min_id is not None


FIRST_PAGE = Paging()


class Listing(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list whose order is not that of its items' own ids (followers are listed by the id of the follow).

    `older` is the `max_id` of the next page, `newer` the `min_id` of the previous one; None when nothing was found.
    """

    items: list[T]
    older: int | None = None
    newer: int | None = None


def newest_first(paging: Paging, select: Callable[[str, tuple[int, int, int]], Sequence[T]]) -> list[T]:
    """Ask `select(direction, (below, above, limit))`, a query ordered by id in that direction, and put the newest first."""
    found = list(select("ASC" if paging.ascending else "DESC", (paging.below, paging.above, paging.limit)))
    return found[::-1] if paging.ascending else found
