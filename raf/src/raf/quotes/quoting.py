"""Commands: what a new post may quote, taking a quote back from somebody, saying who may quote."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.domain import quotes, streams
from raf.domain.events import QuotePolicyChanged, QuoteRevoked
from raf.errors import Missing
from raf.journal import Journal
from raf.notifications.forgetting import forget_mark
from raf.posts import lookup

POLICY = "SELECT quote_policy FROM status WHERE id = ?"
FOLLOWS = "SELECT 1 FROM follow WHERE account_id = ? AND target_id = ?"
QUOTE = "SELECT account_id, quoted_account_id, state FROM quote WHERE status_id = ? AND quoted_id = ?"
GONE = "The post you are trying to quote does not appear to exist."


class Quoted(NamedTuple):
    """A post that may be quoted."""

    id: int
    account_id: int
    visibility: str


def quotable(connection: Connection, quoted_id: int, account_id: int) -> Quoted:
    """The post, of a boost the one in it. Raises Missing: that one may not quote it is not told apart from its absence."""
    try:
        post = lookup.seen_post(connection, quoted_id, account_id)
    except Missing:
        raise Missing(GONE) from None
    own = post.account_id == account_id
    follows = not own and connection.row(FOLLOWS, (account_id, post.account_id)) is not None
    if not quotes.may_quote(connection.value(POLICY, (post.id,)), post.visibility, own=own, follows=follows):
        raise Missing(GONE)
    if lookup.is_blocked(connection, account_id, post.account_id):
        raise Missing(GONE)
    return Quoted(post.id, post.account_id, post.visibility)


def revoke(connection: Connection, journal: Journal, account_id: int, quoted_id: int, status_id: int) -> None:
    """Take one's own post out of somebody's quote. Raises Missing when it is not quoted there."""
    now = journal.begin(connection)
    row = connection.row(QUOTE, (status_id, quoted_id))
    if row is None or row[1] != account_id:
        raise Missing
    author_id, _, state = row
    if state != "accepted":
        return
    journal.put(
        connection,
        QuoteRevoked(
            **journal.next(connection, streams.post(status_id), now),
            status_id=status_id,
            account_id=author_id,
            quoted_id=quoted_id,
            by_account_id=account_id,
        ),
    )
    forget_mark(connection, "quote", author_id, status_id)


def set_policy(connection: Connection, journal: Journal, account_id: int, status_id: int, wanted: str) -> None:
    """Say who may quote one's own post from now on; quotes that exist stay. Raises Missing, Invalid."""
    now = journal.begin(connection)
    post = lookup.own(connection, status_id, account_id)
    if post.reblog_of_id is not None:
        raise Missing
    policy = quotes.policy(wanted)
    if connection.value(POLICY, (status_id,)) == policy:
        return
    journal.put(
        connection,
        QuotePolicyChanged(
            **journal.next(connection, streams.post(status_id), now),
            status_id=status_id,
            account_id=account_id,
            policy=policy,
        ),
    )
