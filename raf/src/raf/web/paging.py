"""From an address to a part of a list, and to the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from raf.paging import Paging

PAGE = 20


def paging(max_id: int | None = None, min_id: int | None = None, limit: int = PAGE) -> Paging:
    return Paging(limit=limit, max_id=max_id, min_id=min_id)


def older_link(path: str, ids: Sequence[int], limit: int = PAGE, **query: str) -> str:
    """Where the list goes on, "" when it has ended."""
    return address(path, **query, max_id=str(min(ids))) if len(ids) >= limit else ""


def address(path: str, **query: str) -> str:
    """A path with its query; empty values are left out."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
