"""Appeals: what somebody says against a strike, and what becomes of it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ostrov import Connection
from raf.domain import moderation as e
from raf.errors import Invalid, Missing, Refused
from raf.forms import PostChange
from raf.journal import Journal
from raf.letters.posting import post
from raf.moderation import audit
from raf.moderation.judging import OF_AUTHOR, lift, permitted, within_reach
from raf.posts import publishing

STRIKE = "SELECT id, account_id, action, text, report_id, status_ids, created_at, overruled_at FROM strike WHERE id = ?"
APPEAL = "SELECT strike_id, account_id, text, created_at, decided_at, approved FROM appeal WHERE strike_id = ?"


class Strike(NamedTuple):
    """A judgement told to an account."""

    id: int
    account_id: int
    action: str
    text: str
    report_id: int | None
    status_ids: str
    created_at: float
    overruled_at: float | None


class Appeal(NamedTuple):
    """What an account says against a strike."""

    strike_id: int
    account_id: int
    text: str
    created_at: float
    decided_at: float | None
    approved: int


def appeal(connection: Connection, journal: Journal, account_id: int, strike_id: int, text: str) -> None:
    """Say something against a strike, once, within twenty days. Raises Missing, Invalid, Refused."""
    now = journal.begin(connection)
    row = connection.row(STRIKE, (strike_id,))
    strike = Strike(*row) if row is not None else None
    if strike is None or strike.account_id != account_id:
        raise Missing
    if not text.strip():
        raise Invalid({"text": [("ERR_BLANK", "can't be blank")]})
    if len(text) > e.APPEAL:
        raise Invalid({"text": [("ERR_TOO_LONG", f"is too long (maximum is {e.APPEAL} characters)")]})
    if connection.row(APPEAL, (strike_id,)) is not None:
        raise Refused("You appealed already")
    if now - strike.created_at > e.APPEAL_DAYS * 86400 or strike.overruled_at is not None:
        raise Refused("It is too late to appeal")
    journal.put(
        connection,
        e.StrikeAppealed(
            **journal.first(e.appealed(strike_id), now),
            strike_id=strike_id,
            account_id=account_id,
            text=text.strip(),
        ),
    )


def decide(connection: Connection, journal: Journal, actor_id: int, strike_id: int, *, approved: bool) -> None:
    """Overrule a strike, which lifts what it did, or let it stand. Raises Forbidden, Missing, Refused."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_appeals")
    found, row = connection.row(APPEAL, (strike_id,)), connection.row(STRIKE, (strike_id,))
    if found is None or row is None:
        raise Missing
    strike = Strike(*row)
    if Appeal(*found).decided_at is not None:
        raise Refused("This appeal is decided")
    account = within_reach(connection, actor_id, strike.account_id)
    journal.put(
        connection,
        e.AppealDecided(
            **journal.next(connection, e.appealed(strike_id), now),
            strike_id=strike_id,
            moderator_id=actor_id,
            approved=approved,
        ),
    )
    if approved and strike.action in e.LIFTS:
        lift(connection, journal, actor_id, strike.account_id, e.LIFTS[strike.action])
    if approved and strike.action == "mark_statuses_as_sensitive":
        for status_id in msgspec.json.decode(strike.status_ids):
            if connection.row(OF_AUTHOR, (status_id, strike.account_id)) is not None:
                publishing.edit(connection, journal, strike.account_id, status_id, PostChange(sensitive=False))
    post(connection, strike.account_id, "appeal", approved=approved)
    act = "approve" if approved else "reject"
    audit.record(connection, journal.ids.next(now), now, actor_id, act, "appeal", account.username)
