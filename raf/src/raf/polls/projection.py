"""Polls and votes as tables. A poll has no id of its own: it is its post's."""

from __future__ import annotations

import msgspec

from ostrov import Connection
from raf.domain.events import PollTerms, PostDeleted, Posted, PostEdited, Voted
from raf.domain.visibility import NOBODY

POLL = 1
"""The bit of `status.extras` that says that the post has a poll."""
INSERT = """
INSERT INTO poll (status_id, account_id, options, counts, expires_at, multiple, hide_totals) VALUES (?, ?, ?, ?, ?, ?, ?)"""
CHANGE = "UPDATE poll SET expires_at = ?, hide_totals = ? WHERE status_id = ?"
DELETE = "DELETE FROM poll WHERE status_id = ?"
DELETE_VOTES = "DELETE FROM poll_vote WHERE status_id = ?"
MARK = "UPDATE status SET extras = extras | 1 WHERE id = ?"
UNMARK = "UPDATE status SET extras = extras & ~1 WHERE id = ?"
TERMS = "SELECT options, multiple FROM poll WHERE status_id = ?"
COUNTS = "SELECT counts FROM poll WHERE status_id = ?"
COUNT = "UPDATE poll SET counts = ?, voters_count = voters_count + ? WHERE status_id = ?"
VOTE = "INSERT INTO poll_vote (status_id, account_id, choice) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def posted(connection: Connection, event: Posted) -> None:
    if event.poll is not None:
        _insert(connection, event.status_id, event.account_id, event.poll)


def edited(connection: Connection, event: PostEdited) -> None:
    """Other answers are another question: what was voted before is void."""
    before = connection.row(TERMS, (event.status_id,))
    poll = event.poll
    if before is None and poll is None:
        return
    if before is not None and poll is not None and before[0] == _encoded(poll.options) and bool(before[1]) == poll.multiple:
        connection.execute(CHANGE, (poll.expires_at, int(poll.hide_totals), event.status_id))
        return
    _delete(connection, event.status_id)
    if poll is not None:
        _insert(connection, event.status_id, event.account_id, poll)


def deleted(connection: Connection, event: PostDeleted) -> None:
    _delete(connection, event.status_id)


def voted(connection: Connection, event: Voted) -> None:
    encoded = connection.value(COUNTS, (event.status_id,))
    if encoded is None:
        return
    counts: list[int] = msgspec.json.decode(encoded)
    for choice in event.choices:
        if choice < len(counts):
            nobodys = event.account_id == NOBODY  # it counts, and nobody asks who has chosen it
            counts[choice] += 1 if nobodys else connection.execute(VOTE, (event.status_id, event.account_id, choice))
    connection.execute(COUNT, (_encoded(counts), int(event.first), event.status_id))


def _insert(connection: Connection, status_id: int, account_id: int, poll: PollTerms) -> None:
    counts = [0] * len(poll.options)
    terms = (_encoded(poll.options), _encoded(counts), poll.expires_at, int(poll.multiple), int(poll.hide_totals))
    connection.execute(INSERT, (status_id, account_id, *terms))
    connection.execute(MARK, (status_id,))


def _delete(connection: Connection, status_id: int) -> None:
    if connection.execute(DELETE, (status_id,)):
        connection.execute(DELETE_VOTES, (status_id,))
        connection.execute(UNMARK, (status_id,))


def _encoded(values: object) -> str:
    return msgspec.json.encode(values).decode()


PROJECTIONS = {Posted: posted, PostEdited: edited, PostDeleted: deleted, Voted: voted}
TABLES = ("poll", "poll_vote")
