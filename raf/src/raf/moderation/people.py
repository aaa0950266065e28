"""Accounts as moderators see and find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ostrov import Connection
from raf.domain.roles import ROLES
from raf.paging import Paging, newest_first

ROWS = """
SELECT a.id, a.username, a.domain, a.created_at, a.role, a.suspended, a.silenced, a.sensitized, a.disabled, a.held,
  coalesce(c.email, ''), coalesce(c.locale, ''), coalesce(u.reason, ''), c.application_id, i.account_id,
  coalesce(u.address, '')
FROM account a LEFT JOIN credential c ON c.account_id = a.id LEFT JOIN sign_up u ON u.account_id = a.id
LEFT JOIN invite i ON i.id = u.invite_id
WHERE a.id IN ({marks})"""
ADDRESSES = """
SELECT address, max(seen_at) FROM session WHERE account_id = ? AND address <> '' GROUP BY address ORDER BY 2 DESC LIMIT 20"""
STATES = {
    "": "1 = 1",
    "active": "a.suspended = 0 AND a.disabled = 0 AND a.held = 0",
    "pending": "a.held = 1",
    "disabled": "a.disabled = 1",
    "silenced": "a.silenced = 1",
    "suspended": "a.suspended = 1",
    "sensitized": "a.sensitized = 1",
}
"""The condition of each `status` that one may ask for."""
FOUND = """
SELECT a.id FROM account a LEFT JOIN credential c ON c.account_id = a.id LEFT JOIN sign_up u ON u.account_id = a.id
WHERE a.id < ? AND a.id > ? AND {state}
AND (? = '' OR (? = 'local' AND a.domain = '') OR (? = 'remote' AND a.domain <> ''))
AND (? = 0 OR a.role <> '')
AND (? = '' OR a.role = ?)
AND (? = '' OR a.name_key LIKE ? ESCAPE '!')
AND (? = '' OR a.display_key LIKE ? ESCAPE '!')
AND (? = '' OR c.email_key LIKE ? ESCAPE '!')
AND (? = '' OR a.domain = ?)
AND (? = '' OR u.address = ? OR EXISTS (SELECT 1 FROM session s WHERE s.account_id = a.id AND s.address = ?))
AND (? = 0 OR u.invite_id IN (SELECT id FROM invite WHERE invite.account_id = ?))
ORDER BY a.id {direction} LIMIT ?"""


class PersonRow(NamedTuple):
    """An account with what only moderators see."""

    id: int
    username: str
    domain: str
    created_at: float
    role: str
    suspended: int
    silenced: int
    sensitized: int
    disabled: int
    held: int
    email: str
    locale: str
    reason: str
    application_id: int | None
    invited_by: int | None
    sign_up_address: str


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts: `state` is a key of `STATES`; texts match the beginning, `email` any part."""

    state: str = ""
    origin: str = ""
    staff: bool = False
    role_id: int | None = None
    username: str = ""
    display_name: str = ""
    email: str = ""
    domain: str = ""
    ip: str = ""
    invited_by: int = 0


def rows(connection: Connection, ids: Sequence[int]) -> dict[int, PersonRow]:
    """By id, those that exist."""
    if not ids:
        return {}
    found = connection.rows(ROWS.format(marks=", ".join("?" * len(ids))), ids)
    return {row[0]: PersonRow(*row) for row in found}


def addresses(connection: Connection, account_id: int) -> list[tuple[str, float]]:
    """Network addresses of an account's sessions and when each was seen, the latest first."""
    return [(address, at) for address, at in connection.rows(ADDRESSES, (account_id,))]


def find(connection: Connection, wanted: Wanted, paging: Paging) -> list[int]:
    """Ids of accounts, the newest first."""
    role = next((role.name for role in ROLES.values() if role.id == wanted.role_id), "?") if wanted.role_id else ""
    name, shown = _beginning(wanted.username), _beginning(wanted.display_name)
    email = "%" + _beginning(wanted.email) if wanted.email else ""
    chosen = (
        *(wanted.origin,) * 3,
        int(wanted.staff),
        *(role, role, name, name, shown, shown, email, email, wanted.domain, wanted.domain),
        *(wanted.ip,) * 3,
        *(wanted.invited_by,) * 2,
    )
    state = STATES.get(wanted.state, "1 = 0")

    def select(direction: str, bounds: tuple[int, int, int]) -> list[int]:
        below, above, limit = bounds
        sql = FOUND.format(state=state, direction=direction)
        return [identity for (identity,) in connection.rows(sql, (below, above, *chosen, limit))]

    return newest_first(paging, select)


def _beginning(text: str) -> str:
    text = text.strip().lower()
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%" if text else ""
