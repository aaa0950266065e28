"""Who of the staff hears of what."""

from __future__ import annotations

from ostrov import Connection
from raf.domain.roles import role_of
from raf.notifications.telling import Told

STAFF = "SELECT id, role FROM account WHERE role <> '' AND suspended = 0 AND disabled = 0"
THERE = "SELECT 1 FROM account WHERE id = ?"


def told_of_newcomer(connection: Connection, account_id: int) -> list[Told]:
    """Who manages users hears of a new account, unless it is gone already."""
    if connection.row(THERE, (account_id,)) is None:
        return []
    staff = [identity for identity, role in connection.rows(STAFF) if role_of(role).may("manage_users")]
    return [Told(identity, "admin.sign_up", account_id) for identity in staff]
