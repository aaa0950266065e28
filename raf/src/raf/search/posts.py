"""Posts by their words. Whom a post may be found by is decided when it is looked for, never when it is indexed: its author,
who is mentioned in it, likes, boosted or keeps it, or voted in it; everybody when it is public and its author lets it be found
(`indexable`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ostrov import Connection
from raf.domain.visibility import VISIBLE, viewer
from raf.search import matching
from raf.search.index import TRAITS
from raf.search.query import Query
from raf.snowflake import first_of

LIBRARY = """(s.account_id = ?
 OR EXISTS (SELECT 1 FROM mention WHERE mention.status_id = s.id AND mention.account_id = ?)
 OR EXISTS (SELECT 1 FROM favourite WHERE favourite.account_id = ? AND favourite.status_id = s.id)
 OR EXISTS (SELECT 1 FROM bookmark WHERE bookmark.account_id = ? AND bookmark.status_id = s.id)
 OR EXISTS (SELECT 1 FROM status boost WHERE boost.reblog_of_id = s.id AND boost.account_id = ?)
 OR EXISTS (SELECT 1 FROM poll_vote WHERE poll_vote.status_id = s.id AND poll_vote.account_id = ?))"""
PUBLIC = "(s.visibility = 'public' AND a.indexable = 1 AND a.quiet = 0)"
UNWANTED = """
NOT EXISTS (SELECT 1 FROM mute WHERE mute.account_id = ? AND mute.target_id = s.account_id
  AND (mute.expires_at IS NULL OR mute.expires_at > ?))
AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = ? AND block.target_id = s.account_id)"""
JOINED = {"sqlite": "p.id = w.rowid", "postgresql": "p.id = w.id"}
MATCH = {"sqlite": "w.words MATCH ?", "postgresql": "w.words @@ CAST(? AS tsquery)"}
NO_MATCH = {
    "sqlite": "s.id NOT IN (SELECT rowid FROM search_post_words WHERE words MATCH ?)",
    "postgresql": "s.id NOT IN (SELECT id FROM search_post_words WHERE words @@ CAST(? AS tsquery))",
}
AUTHOR = "SELECT id FROM account WHERE name_key = ?"
PLACES = {"library": LIBRARY, "public": PUBLIC, "all": f"({PUBLIC} OR {LIBRARY})"}
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Bounds:
    """Which of the found: below and above an id, of one author, how many after how many."""

    limit: int = 20
    offset: int = 0
    below: int = LARGEST
    above: int = 0
    author_id: int | None = None
    host: str = ""
    """The server's own, for names told in full."""


def find_posts(connection: Connection, viewer_id: int, query: Query, bounds: Bounds, now: float) -> list[int]:
    """Ids of the posts that are so and that the viewer may find, the newest first."""
    if not query or unknown_traits(query):
        return []
    dialect = connection.dialect
    holds: list[str] = []
    parameters: list[Any] = []

    def add(condition: str, *values: Any) -> None:
        holds.append(condition)
        parameters.extend(values)

    if query.wanted:
        expression = matching.fts5 if dialect == "sqlite" else matching.tsquery
        add(MATCH[dialect], expression(query.wanted, query.unwanted))
    elif query.unwanted:
        for words in query.unwanted:
            add(NO_MATCH[dialect], (matching.fts5 if dialect == "sqlite" else matching.tsquery)([words]))
    if not _add_authors(connection, query, bounds, viewer_id, add):
        return []
    for trait in sorted(query.traits):
        _add_trait(trait, add, wanted=True)
    for trait in sorted(query.no_traits):
        _add_trait(trait, add, wanted=False)
    if query.languages:
        add(f"s.language IN ({_marks(query.languages)})", *sorted(query.languages))
    if query.no_languages:
        add(f"(s.language IS NULL OR s.language NOT IN ({_marks(query.no_languages)}))", *sorted(query.no_languages))
    for begins, ends in query.spans:
        add("s.id >= ? AND s.id < ?", *_ids_of(begins, ends))
    for begins, ends in query.no_spans:
        add("NOT (s.id >= ? AND s.id < ?)", *_ids_of(begins, ends))
    add("s.id < ? AND s.id > ?", bounds.below, bounds.above)
    add(PLACES[query.place], *(() if query.place == "public" else (viewer_id,) * 6))
    add(VISIBLE, *viewer(viewer_id))
    add(UNWANTED, viewer_id, now, viewer_id)
    add("a.suspended = 0")
    indexed = f"search_post_words w JOIN search_post p ON {JOINED[dialect]}"
    source = indexed if query.wanted else "search_post p"
    order = "w.rowid" if query.wanted and dialect == "sqlite" else "s.id"
    sql = (
        f"SELECT s.id FROM {source} JOIN status s ON s.id = p.id JOIN account a ON a.id = s.account_id"
        f" WHERE {' AND '.join(holds)} ORDER BY {order} DESC LIMIT ? OFFSET ?"
    )
    return [identity for (identity,) in connection.rows(sql, (*parameters, bounds.limit, bounds.offset))]


def unknown_traits(query: Query) -> bool:
    """Whether something is wanted that no post can be."""
    return any(trait not in TRAITS and trait not in ("reply", "sensitive") for trait in query.traits)


def _add_trait(trait: str, add: Any, *, wanted: bool) -> None:
    if trait == "reply":
        add("s.in_reply_to_account_id IS NOT NULL" if wanted else "s.in_reply_to_account_id IS NULL")
    elif trait == "sensitive":
        add("s.sensitive = ?", int(wanted))
    elif trait in TRAITS:
        add("p.traits <> 0 AND (p.traits & ?) <> 0" if wanted else "(p.traits & ?) = 0", TRAITS[trait])


def _add_authors(connection: Connection, query: Query, bounds: Bounds, viewer_id: int, add: Any) -> bool:
    """Whether there can be anything at all."""
    if bounds.author_id is not None:
        add("s.account_id = ?", bounds.author_id)
    if query.authors:
        authors = {_author(connection, name, viewer_id, bounds.host) for name in query.authors} - {None}
        if not authors:
            return False
        add(f"s.account_id IN ({_marks(authors)})", *sorted(one for one in authors if one is not None))
    strangers = {_author(connection, name, viewer_id, bounds.host) for name in query.no_authors} - {None}
    if strangers:
        add(f"s.account_id NOT IN ({_marks(strangers)})", *sorted(one for one in strangers if one is not None))
    return True


def _author(connection: Connection, name: str, viewer_id: int, host: str) -> int | None:
    if name == "me":
        return viewer_id
    found: int | None = connection.value(AUTHOR, (name.removesuffix(f"@{host}") if host else name,))
    return found


def _ids_of(begins: float, ends: float) -> tuple[int, int]:
    return first_of(max(0.0, begins)), min(first_of(max(0.0, ends)), LARGEST)


def _marks(values: Any) -> str:
    return ", ".join("?" * len(values))
