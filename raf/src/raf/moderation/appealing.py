"""Strikes and appeals as they are listed."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.domain.moderation import APPEAL_DAYS

COLUMNS = """
SELECT strike.id, strike.account_id, strike.action, strike.text, strike.created_at, strike.overruled_at,
  appeal.text, appeal.created_at, appeal.decided_at, appeal.approved
FROM strike LEFT JOIN appeal ON appeal.strike_id = strike.id"""
OF_ACCOUNT = f"{COLUMNS} WHERE strike.account_id = ? ORDER BY strike.id DESC LIMIT 100"
WAITING = f"{COLUMNS} WHERE appeal.strike_id IS NOT NULL AND appeal.decided_at IS NULL ORDER BY appeal.created_at LIMIT 100"
HELD = "SELECT count(*) FROM account WHERE held = 1"


class Row(NamedTuple):
    """A strike with its appeal, whose columns are None when there is none."""

    id: int
    account_id: int
    action: str
    text: str
    created_at: float
    overruled_at: float | None
    appeal: str | None
    appealed_at: float | None
    decided_at: float | None
    approved: int | None

    def may_be_appealed(self, now: float) -> bool:
        """Whether it is not too late, and not done already."""
        return self.appeal is None and self.overruled_at is None and now - self.created_at < APPEAL_DAYS * 86400


def strikes_of(connection: Connection, account_id: int) -> list[Row]:
    """What was decided about an account, the latest first."""
    return [Row(*row) for row in connection.rows(OF_ACCOUNT, (account_id,))]


def waiting(connection: Connection) -> list[Row]:
    """Strikes whose appeal nobody has decided on, the oldest first."""
    return [Row(*row) for row in connection.rows(WAITING)]


def held(connection: Connection) -> int:
    """How many newcomers wait."""
    found: int = connection.value(HELD)
    return found
