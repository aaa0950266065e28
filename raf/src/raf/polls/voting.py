"""The command of voting."""

from __future__ import annotations

from collections.abc import Sequence

from ostrov import Connection
from raf.domain import polls, streams
from raf.domain.events import Voted
from raf.errors import Missing
from raf.journal import Journal
from raf.polls import reading
from raf.posts import lookup


def vote(connection: Connection, journal: Journal, account_id: int, status_id: int, choices: Sequence[int]) -> None:
    """Choose answers of a poll. Raises Missing, Invalid."""
    now = journal.begin(connection)
    post = lookup.seen_post(connection, status_id, account_id)
    terms = reading.terms(connection, post.id)
    if terms is None:
        raise Missing
    before = reading.votes(connection, account_id, [post.id]).get(post.id, [])
    chosen = polls.vote(terms, choices, before, now, own=post.account_id == account_id)
    if not chosen:
        return
    journal.put(
        connection,
        Voted(
            **journal.next(connection, streams.pair("v", account_id, post.id), now),
            account_id=account_id,
            status_id=post.id,
            conversation_id=post.conversation_id,
            choices=chosen,
            first=not before,
        ),
    )
