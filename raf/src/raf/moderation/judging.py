"""Commands on accounts: warn, restrict, suspend and lift it again; appeals; roles. Each writes its audit."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from ostrov import Connection
from raf.domain import moderation as e
from raf.domain.roles import OWNER, Role, outranks, role_of
from raf.errors import Forbidden, Invalid, Missing, Refused
from raf.forms import PostChange
from raf.identity.emails import normal_email
from raf.journal import Journal
from raf.letters.posting import post
from raf.moderation import audit
from raf.moderation.tasks import tell_of_newcomer
from raf.notifications.tasks import tell_of_strike
from raf.posts import publishing

ACCOUNT = "SELECT id, username, role, suspended, silenced, sensitized, disabled, held FROM account WHERE id = ?"
OPEN_REPORTS = "SELECT id FROM report WHERE target_id = ? AND resolved_at IS NULL"
OF_AUTHOR = "SELECT id FROM status WHERE id = ? AND account_id = ? AND reblog_of_id IS NULL"
QUIET = "SELECT silenced, suspended FROM account WHERE id = ?"
OWNERS = "SELECT count(*) FROM account WHERE role = 'owner' AND suspended = 0"
GONE = "SELECT 1 FROM departure WHERE account_id = ?"
EMAIL = "SELECT email FROM credential WHERE account_id = ?"
REJECTED = (
    *("session", "oauth_token", "oauth_code", "sign_up", "credential"),
    *("letter_key", "letter_box", "address_change", "known_device", "presence", "preference"),
)
ERASED = tuple(f"DELETE FROM {table} WHERE account_id = ?" for table in REJECTED)
BLOCK_EMAIL = "INSERT INTO canonical_email_block (id, hash, account_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
UNBLOCK_EMAIL = "DELETE FROM canonical_email_block WHERE account_id = ?"


class Judged(NamedTuple):
    """An account as its judges see it."""

    id: int
    username: str
    role: str
    suspended: int
    silenced: int
    sensitized: int
    disabled: int
    held: int


def permitted(connection: Connection, actor_id: int, permission: str) -> Role:
    """The role of who acts; 0 is the house itself, which may do everything. Raises Forbidden."""
    if not actor_id:
        return OWNER
    row = connection.row("SELECT role, suspended, disabled FROM account WHERE id = ?", (actor_id,))
    role = role_of(row[0] if row else "")
    if row is None or row[1] or row[2] or not role.may(permission):
        raise Forbidden
    return role


def account_of(connection: Connection, account_id: int) -> Judged:
    """Raises Missing."""
    row = connection.row(ACCOUNT, (account_id,))
    if row is None:
        raise Missing
    return Judged(*row)


def judge(
    connection: Connection,
    journal: Journal,
    actor_id: int,
    account_id: int,
    action: str,
    text: str = "",
    report_id: int | None = None,
    status_ids: tuple[int, ...] = (),
) -> int:
    """Give a strike (`none` warns only) and resolve the reports it answers; its id. Raises Forbidden, Missing, Invalid."""
    now = journal.begin(connection)
    account = within_reach(connection, actor_id, account_id)
    if action not in e.STRIKES:
        raise Invalid({"type": [("ERR_INCLUSION", "is not included in the list")]})
    if account.suspended and action == "suspend":
        raise Refused("This account is suspended already")
    ids = tuple(i for i in status_ids if connection.row(OF_AUTHOR, (i, account_id)) is not None)
    if action == "delete_statuses":
        for status_id in ids:
            publishing.delete(connection, journal, account_id, status_id)
    if action == "mark_statuses_as_sensitive":
        for status_id in ids:
            publishing.edit(connection, journal, account_id, status_id, PostChange(sensitive=True))
    strike_id = _put(connection, journal, now, actor_id, account_id, action, text.strip(), report_id, ids)
    audit.record(connection, journal.ids.next(now), now, actor_id, action, "account", account.username, text)
    if action == "suspend":
        _block_email(connection, journal, account_id, now)
    _resolve(connection, journal, now, actor_id, account_id, action, report_id)
    tell_of_strike.enqueue_in(connection, strike_id)
    post(connection, account_id, "warning", action=action, text=text.strip())
    return strike_id


def lift(connection: Connection, journal: Journal, actor_id: int, account_id: int, action: str) -> None:
    """Take a judgement back: `action` is one of the values of `LIFTS`. Raises Forbidden, Missing, Refused (it is gone)."""
    now = journal.begin(connection)
    account = within_reach(connection, actor_id, account_id)
    if action not in e.LIFTS.values():
        raise Missing
    if action == "unsuspend" and connection.row(GONE, (account_id,)) is not None:
        raise Refused("This account is deleted and does not come back")
    _put(connection, journal, now, actor_id, account_id, action)
    if action == "unsuspend":
        connection.execute(UNBLOCK_EMAIL, (account_id,))
    audit.record(connection, journal.ids.next(now), now, actor_id, action, "account", account.username)


def welcome(connection: Connection, journal: Journal, actor_id: int, account_id: int, *, approved: bool) -> None:
    """Let a held newcomer in, or turn them away, and their name is free again. Raises Forbidden, Missing, Refused."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_users")
    account = account_of(connection, account_id)
    if not account.held:
        raise Refused("This account is not waiting for approval")
    act = "approve" if approved else "reject"
    _put(connection, journal, now, actor_id, account_id, act)
    post(connection, account_id, "welcome" if approved else "turned_away")
    if approved:
        tell_of_newcomer.enqueue_in(connection, account_id)
    else:
        for statement in ERASED:
            connection.execute(statement, (account_id,))
    audit.record(connection, journal.ids.next(now), now, actor_id, act, "account", account.username)


def erase(connection: Connection, journal: Journal, actor_id: int, account_id: int) -> None:
    """Decide that a suspended account goes for good; `raf.departure` does it. Raises Forbidden, Missing, Refused."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "delete_user_data")
    account = account_of(connection, account_id)
    if not account.suspended:
        raise Refused("Only a suspended account can be deleted")
    _put(connection, journal, now, actor_id, account_id, "erase")
    audit.record(connection, journal.ids.next(now), now, actor_id, "erase", "account", account.username)


def give_role(connection: Connection, journal: Journal, actor_id: int, account_id: int, role: str) -> None:
    """Make somebody owner, admin or moderator, or (empty) none of it. Raises Forbidden, Missing, Invalid, Refused."""
    now = journal.begin(connection)
    giver = permitted(connection, actor_id, "manage_roles")
    account = account_of(connection, account_id)
    wanted = role_of(role)
    if wanted.name != role:
        raise Invalid({"role": [("ERR_INCLUSION", "is not included in the list")]})
    if actor_id and not (outranks(giver, role_of(account.role)) and outranks(giver, wanted)):
        raise Forbidden
    if account.role == OWNER.name != role and connection.value(OWNERS) == 1:
        raise Refused("A house needs an owner: name another one first")
    journal.put(
        connection,
        e.RoleGiven(**journal.next(connection, e.judged(account_id), now), account_id=account_id, giver_id=actor_id, role=role),
    )
    audit.record(connection, journal.ids.next(now), now, actor_id, "role", "account", account.username, role)


# ---- inside ---------------------------------------------------------------------------------------------------------


def within_reach(connection: Connection, actor_id: int, account_id: int) -> Judged:
    """The account, when who acts may judge it. Raises Forbidden, Missing."""
    role = permitted(connection, actor_id, "manage_users")
    account = account_of(connection, account_id)
    if account_id == actor_id or (actor_id and not outranks(role, role_of(account.role))):
        raise Forbidden
    return account


def _put(
    connection: Connection,
    journal: Journal,
    now: float,
    actor_id: int,
    account_id: int,
    action: str,
    text: str = "",
    report_id: int | None = None,
    status_ids: tuple[int, ...] = (),
) -> int:
    stream, identity = e.judged(account_id), journal.ids.next(now)
    silenced, suspended = connection.row(QUIET, (account_id,)) or (0, 0)
    silenced = action == "silence" or (silenced and action != "unsilence")
    suspended = action == "suspend" or (suspended and action != "unsuspend")
    journal.put(
        connection,
        e.AccountJudged(
            **journal.next(connection, stream, now),
            id=identity,
            account_id=account_id,
            moderator_id=actor_id,
            action=action,
            text=text,
            report_id=report_id,
            status_ids=status_ids,
            quiet=bool(silenced or suspended),
        ),
    )
    return identity


def hold(connection: Connection, journal: Journal, account_id: int) -> None:
    """A new account waits until somebody approves it."""
    _put(connection, journal, journal.begin(connection), 0, account_id, "hold")


def _resolve(
    connection: Connection,
    journal: Journal,
    now: float,
    actor_id: int,
    account_id: int,
    action: str,
    report_id: int | None,
) -> None:
    """A warning answers its report, anything more all that are open about the account."""
    from raf.moderation.reporting import put_change

    if action == "none" and report_id is None:
        return
    found: list[Any] = [(report_id,)] if action == "none" else connection.rows(OPEN_REPORTS, (account_id,))
    for (identity,) in found:
        put_change(connection, journal, now, identity, actor_id, "resolve")


def canonical(email: str) -> str:
    """The digest of an address without its dots and what follows a plus (app/helpers/email_helper.rb): spelled as it is in
    every way that mail servers read alike."""
    local, _, domain = normal_email(email).rpartition("@")
    plain = local.partition("+")[0].replace(".", "")
    return hashlib.sha256(f"{plain}@{domain}".encode()).hexdigest()


def _block_email(connection: Connection, journal: Journal, account_id: int, now: float) -> None:
    email = connection.value(EMAIL, (account_id,))
    if email is not None:
        connection.execute(BLOCK_EMAIL, (journal.ids.next(now), canonical(email), account_id, now))
