"""Operator accounts: a name, a role, and perhaps a password."""

from __future__ import annotations

import re
import time

import msgspec

from ostrov.core.errors import Conflict, NotFound, UsageError
from ostrov.core.operations.roles import OWNER
from ostrov.core.store import Connection, Row

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
COLUMNS = "id, name, role, password, created_at, seen_at"


class Operator(msgspec.Struct, frozen=True):
    """`password` is a hash, empty for one who comes in by links only; `seen_at` is the last log-in, 0 before the first."""

    id: int
    name: str
    role: str
    password: str
    created_at: float
    seen_at: float


def create_operator(connection: Connection, name: str, role: str, password_hash: str = "") -> Operator:
    """Add an operator. Raises UsageError for a name that cannot be one, Conflict for one that is taken."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be an operator's name",
            tip="use small Latin letters, digits, dots, dashes; 63 at most, like ann.lee",
        )
    row = connection.row(
        f"""
        INSERT INTO operator (name, role, password, created_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO NOTHING RETURNING {COLUMNS}
        """,
        (name, role, password_hash, time.time()),
    )
    if row is None:
        raise Conflict(f"there is an operator {name} already", tip=f"for a new way in: ostrov operators link {name}")
    return _operator(row)


def find_operator(connection: Connection, name: str) -> Operator | None:
    """The operator of a name."""
    row = connection.row(f"SELECT {COLUMNS} FROM operator WHERE name = ?", (name,))
    return None if row is None else _operator(row)


def get_operator(connection: Connection, name: str) -> Operator:
    """The operator of a name. Raises NotFound."""
    operator = find_operator(connection, name)
    if operator is None:
        raise NotFound(f"there is no operator {name!r}", tip="see ostrov operators list")
    return operator


def list_operators(connection: Connection) -> list[Operator]:
    """All operators by name."""
    return [_operator(row) for row in connection.rows(f"SELECT {COLUMNS} FROM operator ORDER BY name")]


def remove_operator(connection: Connection, name: str) -> None:
    """Remove an operator with every session, token and link. Raises NotFound, and Conflict for the last owner."""
    operator = get_operator(connection, name)
    _keep_an_owner(connection, operator)
    for table in ("operator_session", "operator_token", "operator_link"):
        connection.execute(f"DELETE FROM {table} WHERE operator = ?", (operator.id,))
    connection.execute("DELETE FROM operator WHERE id = ?", (operator.id,))


def set_role(connection: Connection, name: str, role: str) -> None:
    """Give an operator another role, at once, in open sessions too. Raises NotFound, and Conflict for the last owner."""
    operator = get_operator(connection, name)
    if role != OWNER:
        _keep_an_owner(connection, operator)
    connection.execute("UPDATE operator SET role = ? WHERE id = ?", (role, operator.id))


def set_password(connection: Connection, name: str, password_hash: str) -> None:
    """Replace the password's hash, end every session of the operator and make links not used yet worthless. Raises NotFound."""
    operator = get_operator(connection, name)
    connection.execute("UPDATE operator SET password = ? WHERE id = ?", (password_hash, operator.id))
    for table in ("operator_session", "operator_link"):
        connection.execute(f"DELETE FROM {table} WHERE operator = ?", (operator.id,))


def _keep_an_owner(connection: Connection, operator: Operator) -> None:
    if operator.role != OWNER:
        return
    connection.execute("UPDATE operator SET role = role WHERE role = ?", (OWNER,))  # PostgreSQL: locks the owners' rows
    if connection.value("SELECT count(*) FROM operator WHERE role = ?", (OWNER,)) <= 1:
        raise Conflict(f"{operator.name} is the last owner", tip="make somebody else an owner first")


def _operator(row: Row) -> Operator:
    return Operator(*row)
