"""Who came from the other place and has no account here yet: kept for ten minutes, while the sign-up form is filled in."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from ostrov import Connection
from raf.errors import Missing
from raf.factors import steps
from raf.identity.emails import problems_of_email
from raf.identity.usernames import LONGEST

KIND: Final = "openid_newcomer"
CONNECT: Final = "INSERT INTO open_log_in (issuer, subject, account_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"


class Newcomer(msgspec.Struct, frozen=True):
    """`subject` is who it is to `issuer`; `username` and `email` are what the other place says, to begin the form with."""

    issuer: str
    subject: str
    username: str = ""
    email: str = ""
    next: str = ""


def newcomer(claims: dict[str, Any], issuer: str, back: str) -> Newcomer:
    """Whom the claims of an ID token describe (OpenID Connect Core §5.1). What could not stand in the form is left out."""
    named, email = claims.get("preferred_username"), claims.get("email")
    username = named.partition("@")[0] if isinstance(named, str) else ""
    username = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in username)[:LONGEST].strip("_")
    email = email if isinstance(email, str) and not problems_of_email(email) else ""
    return Newcomer(issuer, claims["sub"], username, email, back)


def keep(connection: Connection, who: Newcomer, now: float) -> str:
    """Remember somebody; the token for the browser's cookie."""
    return steps.begin(connection, KIND, None, msgspec.json.encode(who).decode(), now)


def find(connection: Connection, token: str, now: float) -> Newcomer | None:
    step = steps.find(connection, KIND, token, now)
    return msgspec.json.decode(step.state, type=Newcomer) if step is not None else None


def connect(connection: Connection, token: str, account_id: int, now: float) -> None:
    """Connect a new account with who came, in the transaction that makes it.

    Raises Missing when it took too long, the form was sent before, or another account was connected meanwhile.
    """
    step = steps.take(connection, KIND, token, now)
    if step is None:
        raise Missing
    who = msgspec.json.decode(step.state, type=Newcomer)
    if connection.execute(CONNECT, (who.issuer, who.subject, account_id, now)) == 0:
        raise Missing
