"""One-time log-in links: how a new operator comes in, and one who forgot the password."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ostrov.core.operations.operators.accounts import Operator, create_operator, list_operators
from ostrov.core.operations.operators.keys import hash_of, new_key
from ostrov.core.operations.roles import OWNER
from ostrov.core.store import Connection
from ostrov.core.supervisor.addresses import address_url, bound_port

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

PATH = "/console/enter/"
"""Where the console takes a link's key. Opening it must ask for a click, so that a preview does not use the link up."""


def create_link(connection: Connection, operator: Operator, lifetime: float = 900.0) -> str:
    """Make a link for an operator; its key. Earlier links of the operator stop working."""
    key = new_key()
    connection.execute("DELETE FROM operator_link WHERE operator = ? OR expires_at <= ?", (operator.id, time.time()))
    connection.execute(
        "INSERT INTO operator_link (hash, operator, expires_at) VALUES (?, ?, ?)",
        (hash_of(key), operator.id, time.time() + lifetime),
    )
    return key


def operator_of_link(connection: Connection, key: str) -> Operator | None:
    """Whom a link would let in; it is not used up."""
    row = connection.row(
        """
        SELECT o.id, o.name, o.role, o.password, o.created_at, o.seen_at
        FROM operator_link l JOIN operator o ON o.id = l.operator WHERE l.hash = ? AND l.expires_at > ?
        """,
        (hash_of(key), time.time()),
    )
    return None if row is None else Operator(*row)


def use_link(connection: Connection, key: str) -> Operator | None:
    """Let its operator in, once; None when the link is unknown, used or too old."""
    operator = operator_of_link(connection, key)
    if operator is None or not connection.execute("DELETE FROM operator_link WHERE hash = ?", (hash_of(key),)):
        return None
    return operator


def link_address(application: Ostrov, key: str) -> str:
    """The URL of a link, at the address the web service is reached by."""
    web = getattr(application.settings, "web", None)
    base: str = getattr(web, "url", "")
    if not base:
        # where it runs, whatever it was told to
        port = bound_port(application, "web") or int(getattr(web, "port", 8000))
        base = address_url(getattr(web, "host", ""), port)
    return base.rstrip("/") + PATH + key


def first_link(application: Ostrov) -> str | None:
    """A link for the owner while nobody has ever logged in, making the operator `owner` when there is none; else None.

    For `ostrov up` to show. Call it after the migrations, without a running event loop.
    """
    lifetime = application.settings.operations.link_minutes * 60
    key = application.store.write_sync(_first, lifetime)
    return None if key is None else link_address(application, key)


def _first(connection: Connection, lifetime: float) -> str | None:
    operators = list_operators(connection)
    if any(operator.seen_at or operator.password for operator in operators):
        return None
    owners = [operator for operator in operators if operator.role == OWNER]
    return create_link(connection, owners[0] if owners else create_operator(connection, OWNER, OWNER), lifetime)
