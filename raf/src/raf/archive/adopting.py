"""The commands that take a post, or a boost, of the past in."""

from __future__ import annotations

from collections.abc import Sequence

from ostrov import Connection
from raf.archive.notes import Note
from raf.domain import streams
from raf.domain.arrivals import BoostImported, PostImported
from raf.domain.visibility import boost_visibility
from raf.errors import Forbidden
from raf.journal import Journal
from raf.posts import lookup, marking
from raf.snowflake import first_of

KNOWN = "SELECT status_id FROM imported_post WHERE account_id = ? AND uri = ?"
TAKEN = "SELECT 1 WHERE EXISTS (SELECT 1 FROM status WHERE id = ?) OR EXISTS (SELECT 1 FROM tombstone WHERE status_id = ?)"
AUTHOR = "SELECT 1 FROM account WHERE id = ? AND suspended = 0"


def known(connection: Connection, account_id: int, uri: str) -> int | None:
    """The post that was made of this one before."""
    found: int | None = connection.value(KNOWN, (account_id, uri))
    return found


def adopt(connection: Connection, journal: Journal, account_id: int, note: Note, media_ids: Sequence[int]) -> int:
    """Write a post of the past; its id, or that of the post made of it before. Raises Forbidden.

    It mentions nobody: those who are named in it were told when it was written.
    """
    journal.begin(connection)
    before = known(connection, account_id, note.uri)
    if before is not None:
        return before
    if connection.value(AUTHOR, (account_id,)) is None:
        raise Forbidden
    status_id = _free_id(connection, note.at)
    parent_id = known(connection, account_id, note.parent) if note.parent else None
    parent = lookup.own(connection, parent_id, account_id) if parent_id is not None and _there(connection, parent_id) else None
    journal.put(
        connection,
        PostImported(
            **journal.first(streams.post(status_id), note.at),
            status_id=status_id,
            account_id=account_id,
            text=note.text,
            spoiler_text=note.spoiler_text,
            visibility=note.visibility,
            sensitive=note.sensitive,
            language=note.language,
            in_reply_to_id=parent.id if parent else None,
            in_reply_to_account_id=account_id if parent else None,
            conversation_id=parent.conversation_id if parent else status_id,
            media_ids=tuple(media_ids),
            uri=note.uri,
        ),
    )
    return status_id


def adopt_boost(connection: Connection, journal: Journal, account_id: int, status_id: int, at: float, visibility: str) -> None:
    """Write a boost of the past, unless the post is boosted already. Raises Missing, Forbidden."""
    journal.begin(connection)
    if connection.value(AUTHOR, (account_id,)) is None:
        raise Forbidden
    made, post = marking.boostable(connection, account_id, status_id)
    if made is not None:
        return
    journal.put(
        connection,
        BoostImported(
            **journal.next(connection, streams.pair("b", account_id, post.id), at),
            status_id=_free_id(connection, at),
            account_id=account_id,
            reblog_of_id=post.id,
            author_id=post.account_id,
            visibility=boost_visibility(post.visibility, visibility, visibility),
        ),
    )


def _free_id(connection: Connection, at: float) -> int:
    """The first free id of the time it was written: ids stay in the order of time, and of the archive within one moment."""
    status_id = first_of(at)
    while connection.value(TAKEN, (status_id, status_id)) is not None:
        status_id += 1
    return status_id


def _there(connection: Connection, status_id: int) -> bool:
    return connection.value("SELECT 1 FROM status WHERE id = ?", (status_id,)) is not None
