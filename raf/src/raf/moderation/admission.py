"""Who may join: invitations, and what blocks and the house's setting say of a newcomer."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ostrov import Connection
from raf.accounts import profiles
from raf.errors import Invalid, Missing
from raf.identity.emails import normal_email
from raf.identity.registration import NewAccount
from raf.journal import Journal
from raf.moderation import audit, judging
from raf.moderation.tasks import tell_of_newcomer
from raf.relations import following

if TYPE_CHECKING:
    from raf.identity.settings import IdentitySettings

INVITES = "id, code, account_id, max_uses, uses, expires_at, autofollow, comment, created_at"
BY_CODE = f"SELECT {INVITES} FROM invite WHERE code = ?"
OF_ACCOUNT = f"SELECT {INVITES} FROM invite WHERE account_id = ? ORDER BY id DESC LIMIT 100"
EVERY = f"SELECT {INVITES} FROM invite ORDER BY id DESC LIMIT 500"
ONE = f"SELECT {INVITES} FROM invite WHERE id = ?"
INSERT_INVITE = f"INSERT INTO invite ({INVITES}) VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?)"
USE = "UPDATE invite SET uses = uses + 1 WHERE id = ?"
END = "UPDATE invite SET expires_at = ? WHERE id = ?"
SIGN_UP = "INSERT INTO sign_up (account_id, reason, invite_id, address) VALUES (?, ?, ?, ?)"
NETWORKS = "SELECT ip, severity FROM ip_block WHERE expires_at IS NULL OR expires_at > ?"
DOMAINS = "SELECT domain, allow_with_approval FROM email_domain_block WHERE domain IN ({marks})"
CANONICAL = "SELECT 1 FROM canonical_email_block WHERE hash = ?"
BARRED = "SELECT 1 FROM account WHERE id = ? AND suspended = 0 AND disabled = 0 AND held = 0"
REASON = 2000
"""Characters of the reason that are kept."""
CODE_BYTES = 9


class Invite(NamedTuple):
    """A row of `invite`; `max_uses` and `expires_at` None mean without end."""

    id: int
    code: str
    account_id: int
    max_uses: int | None
    uses: int
    expires_at: float | None
    autofollow: int
    comment: str
    created_at: float

    def holds(self, now: float) -> bool:
        """Whether it still opens the door."""
        return (self.expires_at is None or self.expires_at > now) and (self.max_uses is None or self.uses < self.max_uses)


def admit(
    connection: Connection,
    new: NewAccount,
    *,
    journal: Journal,
    settings: IdentitySettings,
    address: str,
    vouched: Callable[[Connection, int], None] | None = None,
) -> int:
    """Open the account of somebody who may come in, or hold it for approval; its id. Raises Invalid for who may not.

    Somebody `vouched` for comes in like the invited; it is called with the new account.
    """
    now = journal.begin(connection)
    invite = _invite(connection, new.invite, now)
    asked_in = invite is not None or vouched is not None
    if not settings.registrations and not asked_in:
        raise Invalid({"base": [("ERR_BLOCKED", "this invitation does not hold any more")]})
    held = _suspicious(connection, new.email, address, now) or (settings.approval and not asked_in)
    account_id = profiles.open_account(connection, journal, new.username)
    reason = new.reason.replace("\0", "").strip()[:REASON]
    connection.execute(SIGN_UP, (account_id, reason, invite.id if invite else None, address[:64]))
    if vouched is not None:
        vouched(connection, account_id)
    if held:
        judging.hold(connection, journal, account_id)
    else:
        tell_of_newcomer.enqueue_in(connection, account_id)
    if invite is not None:
        connection.execute(USE, (invite.id,))
        if invite.autofollow and not held:
            following.follow(connection, journal, account_id, invite.account_id, None, None, None)
    return account_id


def network_of(connection: Connection, address: str, now: float) -> str:
    """The strictest severity of the blocks an address is in; empty for none."""
    try:
        asked = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = {severity for network, severity in connection.rows(NETWORKS, (now,)) if asked in ipaddress.ip_network(network)}
    return next((s for s in ("no_access", "sign_up_block", "sign_up_requires_approval") if s in found), "")


def _suspicious(connection: Connection, email: str, address: str, now: float) -> bool:
    """Whether somebody must be looked at first. Raises Invalid for who is blocked."""
    severity = network_of(connection, address, now)
    if severity in ("no_access", "sign_up_block"):
        raise Invalid({"base": [("ERR_BLOCKED", "your network may not open accounts here")]})
    domain = normal_email(email).rpartition("@")[2]
    labels = domain.split(".")
    domains = [".".join(labels[at:]) for at in range(len(labels))]
    rows = connection.rows(DOMAINS.format(marks=", ".join("?" * len(domains))), domains)
    if any(not with_approval for _, with_approval in rows):
        raise Invalid({"email": [("ERR_BLOCKED", "uses a disallowed e-mail provider")]})
    if connection.row(CANONICAL, (judging.canonical(email),)) is not None:
        raise Invalid({"email": [("ERR_BLOCKED", "uses a disallowed e-mail provider")]})
    return bool(rows) or severity == "sign_up_requires_approval"


# ---- invitations ----------------------------------------------------------------------------------------------------


def invite(
    connection: Connection,
    journal: Journal,
    account_id: int,
    settings: IdentitySettings,
    max_uses: int | None = None,
    lives: float | None = None,
    autofollow: bool = False,
    comment: str = "",
) -> Invite:
    """Make an invitation that lives so many seconds (None: for good). Raises Forbidden."""
    now = journal.begin(connection)
    permission = "invite_users" if settings.invitations else "manage_invites"
    judging.permitted(connection, account_id, permission)
    identity, code = journal.ids.next(now), secrets.token_urlsafe(CODE_BYTES)
    expires_at = None if lives is None else now + lives
    row = (identity, code, account_id, max_uses, expires_at, int(autofollow), comment[:420], now)
    connection.execute(INSERT_INVITE, row)
    audit.record(connection, journal.ids.next(now), now, account_id, "invite", "invitation", code, comment)
    return Invite(identity, code, account_id, max_uses, 0, expires_at, int(autofollow), comment, now)


def end_invite(connection: Connection, journal: Journal, account_id: int, identity: int) -> None:
    """One's own, or anybody's for who manages them. Raises Missing, Forbidden."""
    now = journal.begin(connection)
    row = connection.row(ONE, (identity,))
    if row is None:
        raise Missing
    found = Invite(*row)
    if found.account_id != account_id:
        judging.permitted(connection, account_id, "manage_invites")
    connection.execute(END, (now, identity))
    audit.record(connection, journal.ids.next(now), now, account_id, "end", "invitation", found.code)


def invites(connection: Connection, account_id: int | None) -> list[Invite]:
    """Somebody's invitations, or everybody's, the latest first."""
    rows = connection.rows(EVERY) if account_id is None else connection.rows(OF_ACCOUNT, (account_id,))
    return [Invite(*row) for row in rows]


def open_invite(connection: Connection, code: str, now: float) -> Invite:
    """An invitation that opens the door. Raises Missing."""
    found = _invite(connection, code, now)
    if found is None:
        raise Missing
    return found


def _invite(connection: Connection, code: str, now: float) -> Invite | None:
    """The invitation of a code, None when it does not hold or who made it may not act any more."""
    row = connection.row(BY_CODE, (code,)) if code else None
    found = Invite(*row) if row is not None else None
    if found is None or not found.holds(now):
        return None
    return found if not found.account_id or connection.row(BARRED, (found.account_id,)) is not None else None
