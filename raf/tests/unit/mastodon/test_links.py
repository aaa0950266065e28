"""The Link header: it leads to the next page, and to nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from raf.mastodon.call import Call


def link(path: str, query: bytes = b"", older: int | None = 1, newer: int | None = 2) -> str:
    """The header of an answer to a request."""
    house: Any = SimpleNamespace(url="https://raf.example")
    scope = {"path": path, "query_string": query, "headers": []}
    call = Call(house, scope, None, "")  # type: ignore[arg-type]
    call.link(older, newer)
    return dict(call.headers).get(b"link", b"").decode()


def test_a_link_keeps_what_was_asked_but_the_cursor() -> None:
    said = link("/api/v1/timelines/tag/x", b"limit=5&max_id=9&any[]=a&any[]=b&local=true")
    address = "https://raf.example/api/v1/timelines/tag/x?limit=5&any%5B%5D=a&any%5B%5D=b&local=true"
    assert said == f'<{address}&max_id=1>; rel="next", <{address}&min_id=2>; rel="prev"'


def test_a_path_or_a_query_writes_no_header_of_its_own() -> None:
    said = link('/api/v1/timelines/tag/a\r\nX-Evil: 1>; rel="next"', b"x=%0d%0aX-Evil:%202&y=%3E%3B%22")
    assert "\r" not in said
    assert "\n" not in said
    assert said.count(">") == 2
    assert said.count('rel="next"') == 1


def test_without_neighbours_there_is_no_link() -> None:
    assert link("/api/v1/blocks", older=None, newer=None) == ""
