"""Which filters of a reader a post matches: `filtered` in its document.

A person's filters are read once, with what else a process knows of them; who has none pays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from re import Pattern
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ostrov import Connection
from raf.domain.filters import pattern, plain
from raf.filters.records import Filter, filters_of
from raf.timelines.caches import Recent
from raf.times import iso

if TYPE_CHECKING:
    from raf.timelines.documents import Document

NONE = b',"filtered":[]'
ACCOUNT = b',"account":'
NEVER = float("inf")


class FilterEntity(msgspec.Struct):
    """A filter without what it holds."""

    id: str
    title: str
    context: tuple[str, ...]
    expires_at: str | None
    filter_action: str


class FilterResult(msgspec.Struct):
    """A filter that matches, and by what."""

    filter: FilterEntity
    keyword_matches: list[str] | None
    status_matches: list[str] | None


class _File(msgspec.Struct):
    description: str | None = None


class _Option(msgspec.Struct):
    title: str = ""


class _Poll(msgspec.Struct):
    options: list[_Option] = []


class _Words(msgspec.Struct):
    content: str = ""
    spoiler_text: str = ""
    media_attachments: list[_File] = []
    poll: _Poll | None = None


class _Rule(NamedTuple):
    entity: FilterEntity
    keywords: Pattern[str] | None
    status_ids: frozenset[int]


_decode = msgspec.json.Decoder(_Words).decode
_encode = msgspec.json.Encoder().encode


def entity_of(found: Filter) -> FilterEntity:
    """A filter in Mastodon's words."""
    expires_at = None if found.expires_at is None else iso(found.expires_at)
    return FilterEntity(str(found.id), found.title, found.contexts, expires_at, found.action)


def words_of(document: Document) -> str:
    """All the words of a post: warning, text, answers of a poll, descriptions of pictures."""
    said = _decode(document.head.removesuffix(ACCOUNT) + b"}")
    options = [option.title for option in said.poll.options] if said.poll else []
    files = [file.description or "" for file in said.media_attachments]
    return "\n\n".join(part for part in (said.spoiler_text, plain(said.content), *options, *files) if part)


class Matcher:
    """One reader's filters that hold now."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._rules = [
            _Rule(
                entity_of(found),
                pattern((keyword.keyword, keyword.whole_word) for keyword in found.keywords),
                frozenset(post.status_id for post in found.statuses),
            )
            for found in filters
        ]
        self._known: Recent[bytes, bytes] = Recent(400)

    def applied(self, encoded: Sequence[bytes], documents: Sequence[Document], posts: Mapping[int, Document]) -> list[bytes]:
        """The encoded documents with what they match; a boost by the post it holds, which is one of `posts`."""
        return [self._applied(json, document, posts) for json, document in zip(encoded, documents, strict=True)]

    def told(self, json: bytes, document: Document, posts: Mapping[int, Document]) -> bytes:
        """A document as a stream tells it, without a viewer, and what it matches, when it matches anything."""
        post = posts[document.reblog_of_id] if document.reblog_of_id else document
        found = self.results(post, document.id)
        return json[:-1] + b',"filtered":' + found + b"}" if found else json

    def _applied(self, json: bytes, document: Document, posts: Mapping[int, Document]) -> bytes:
        post = posts[document.reblog_of_id] if document.reblog_of_id else document
        key = post.head if post is document else b"%d:" % document.id + post.head
        found = self._known.get(key)
        if found is None:
            found = self.results(post, document.id)
            self._known.put(key, found)
        if not found:
            return json
        times = 2 if document.reblog_of_id else 1  # once in the boost, once in the post inside it, both near the end
        return (b',"filtered":' + found).join(json.rsplit(NONE, times))

    def results(self, post: Document, outer_id: int) -> bytes:
        """A JSON list of what matches; empty when nothing does."""
        words = words_of(post)
        found = []
        for rule in self._rules:
            match = rule.keywords.search(words) if rule.keywords is not None else None
            statuses = [str(identity) for identity in dict.fromkeys((outer_id, post.id)) if identity in rule.status_ids]
            if match is not None or statuses:
                found.append(FilterResult(rule.entity, [match[0]] if match else None, statuses or None))
        return _encode(found) if found else b""


def load(connection: Connection, account_id: int, now: float) -> tuple[Matcher | None, float]:
    """A reader's filters, None without any, and when the next of them ends (epoch seconds)."""
    holding = [found for found in filters_of(connection, account_id) if found.expires_at is None or found.expires_at > now]
    ends = min((found.expires_at for found in holding if found.expires_at is not None), default=NEVER)
    useful = [found for found in holding if found.keywords or found.statuses]
    return (Matcher(useful) if useful else None), ends
