"""Quotes as a table: which post holds which, and whether its author still lets it."""

from __future__ import annotations

from ostrov import Connection
from raf.domain.events import PostDeleted, Posted, QuotePolicyChanged, QuoteRevoked

INSERT = """
INSERT INTO quote (status_id, account_id, quoted_id, quoted_account_id, state) VALUES (?, ?, ?, ?, 'accepted')"""
MARK = "UPDATE status SET extras = extras | 2 WHERE id = ?"
COUNT = "UPDATE status SET quotes_count = quotes_count + ? WHERE id = ?"
SET_POLICY = "UPDATE status SET quote_policy = ? WHERE id = ?"
REVOKE = "UPDATE quote SET state = 'revoked' WHERE status_id = ? AND state = 'accepted'"
ACCEPTED = "SELECT quoted_id FROM quote WHERE status_id = ? AND state = 'accepted'"
DELETE = "DELETE FROM quote WHERE status_id = ?"
ORPHAN = "UPDATE quote SET state = 'deleted' WHERE quoted_id = ? AND state = 'accepted'"


def posted(connection: Connection, event: Posted) -> None:
    if event.quote_policy != "public":
        connection.execute(SET_POLICY, (event.quote_policy, event.status_id))
    if event.quoted_id is not None:
        connection.execute(INSERT, (event.status_id, event.account_id, event.quoted_id, event.quoted_account_id))
        connection.execute(MARK, (event.status_id,))
        connection.execute(COUNT, (1, event.quoted_id))


def policy_changed(connection: Connection, event: QuotePolicyChanged) -> None:
    connection.execute(SET_POLICY, (event.policy, event.status_id))


def revoked(connection: Connection, event: QuoteRevoked) -> None:
    if connection.execute(REVOKE, (event.status_id,)):
        connection.execute(COUNT, (-1, event.quoted_id))


def deleted(connection: Connection, event: PostDeleted) -> None:
    """Either side may go: the quoting post with its quote, or the quoted one, whose quotes say that it is gone."""
    quoted_id = connection.value(ACCEPTED, (event.status_id,))
    if quoted_id is not None:
        connection.execute(COUNT, (-1, quoted_id))
    connection.execute(DELETE, (event.status_id,))
    connection.execute(ORPHAN, (event.status_id,))


PROJECTIONS = {Posted: posted, QuotePolicyChanged: policy_changed, QuoteRevoked: revoked, PostDeleted: deleted}
TABLES = ("quote",)
