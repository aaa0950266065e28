"""`Proving`: links in letters that prove an address or bring a password back. `proving = application.part(open_proving)`."""

from __future__ import annotations

import time
from typing import NamedTuple

from ostrov import Connection, Ostrov
from raf.errors import Invalid, Missing, TooMany
from raf.factors import steps
from raf.identity import attempts, credentials, sessions, tokens
from raf.identity.attempts import Rule, subject_of_address
from raf.identity.emails import problems_of_email
from raf.identity.identity import open_identity
from raf.identity.passwords import problems_of_password
from raf.identity.recognized import TOPIC as REVOKED
from raf.letters import rows
from raf.letters.posting import post
from raf.letters.rows import Key
from raf.letters.tasks import reset

CONFIRM = "UPDATE credential SET confirmed_at = ? WHERE account_id = ? AND confirmed_at IS NULL"
UNCONFIRMED = "SELECT 1 FROM credential WHERE account_id = ? AND confirmed_at IS NULL"
EMAIL = "SELECT email FROM credential WHERE account_id = ?"
BEGIN_CHANGE = """
INSERT INTO address_change (account_id, email, created_at) VALUES (?, ?, ?) ON CONFLICT (account_id)
DO UPDATE SET email = excluded.email, created_at = excluded.created_at, new_agreed_at = NULL, old_agreed_at = NULL"""
CHANGE = "SELECT email, new_agreed_at, old_agreed_at FROM address_change WHERE account_id = ?"
AGREE = {side: f"UPDATE address_change SET {side}_agreed_at = ? WHERE account_id = ?" for side in ("new", "old")}
END_CHANGE = "DELETE FROM address_change WHERE account_id = ?"
GONE = {"key": [("ERR_EXPIRED", "is too old or was used already")]}


class Change(NamedTuple):
    """An address that waits for both mailboxes to agree."""

    email: str
    new_agreed_at: float | None
    old_agreed_at: float | None


class Proved(NamedTuple):
    """What following a link came to: `outcome` is confirmed, half (the other mailbox is still asked) or changed."""

    account_id: int
    outcome: str


class Proving:
    """Addresses and forgotten passwords of one application."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.store = application.store
        self.identity = application.part(open_identity)
        self._again = Rule("letter_again", 3, first=60, longest=3600, forget=86400)
        self._reset = Rule("reset_address", 5, first=60, longest=3600, forget=3600)

    async def waits(self, account_id: int) -> bool:
        """Whether somebody has not confirmed their address."""
        return await self.store.read(lambda connection: connection.value(UNCONFIRMED, (account_id,))) is not None

    async def change(self, account_id: int) -> Change | None:
        """The address that is to replace an account's, while it waits."""
        row = await self.store.read(lambda connection: connection.row(CHANGE, (account_id,)))
        return Change(*row) if row else None

    async def look(self, key: str) -> Key:
        """What a link opens, without using it. Raises Missing."""
        found = await self.store.read(rows.find_key, key, time.time())
        if found is None:
            raise Missing
        return found

    async def write_again(self, account_id: int) -> None:
        """Send the letter that asks to confirm once more. Raises TooMany, Missing when there is nothing to confirm."""
        if not await self.waits(account_id):
            raise Missing
        await self._take(self._again, str(account_id))
        await self.store.write(post, account_id, "confirm")

    async def correct(self, account_id: int, email: str) -> None:
        """Another address for somebody who has confirmed none, who may have mistyped it. Raises Invalid, TooMany, Missing."""
        if not await self.waits(account_id):
            raise Missing
        if problems := problems_of_email(email):
            raise Invalid({"email": problems})
        await self._take(self._again, str(account_id))

        def write(connection: Connection) -> None:
            _replace(connection, account_id, email)
            rows.drop_keys(connection, account_id, "confirm", "reset")
            post(connection, account_id, "confirm")

        await self.store.write(write)

    async def begin_change(self, account_id: int, password: str, email: str) -> bool:
        """Ask both mailboxes whether the address may change; False when this house sends no mail and it changed at once.

        Raises WrongPassword, TooMany, Invalid.
        """
        if not self.application.settings.raf.mail.on:
            await self.identity.change_email(account_id, password, email)
            return False
        await self.identity.check_password(account_id, password)
        if problems := problems_of_email(email):
            raise Invalid({"email": problems})
        await self._take(self._again, str(account_id))

        def write(connection: Connection) -> None:
            if credentials.email_taken(connection, account_id, email):
                raise Invalid({"email": [("ERR_TAKEN", "has already been taken")]})
            connection.execute(BEGIN_CHANGE, (account_id, email.strip(), time.time()))
            rows.drop_keys(connection, account_id, "new_address", "old_address")
            post(connection, account_id, "new_address", recipient=email.strip())
            post(connection, account_id, "old_address", email=email.strip())

        await self.store.write(write)
        return True

    async def stop_change(self, account_id: int) -> None:
        """Keep the address there is."""

        def write(connection: Connection) -> None:
            connection.execute(END_CHANGE, (account_id,))
            rows.drop_keys(connection, account_id, "new_address", "old_address")

        await self.store.write(write)

    async def follow(self, key: str) -> Proved:
        """Follow the link of a letter that asks to confirm an address. Raises Invalid when it opens nothing (any more)."""

        def write(connection: Connection) -> Proved:
            now = time.time()
            found = rows.find_key(connection, key, now)
            if found is None or found.purpose == "reset" or not rows.use_key(connection, key):
                raise Invalid(GONE)
            return self._proved(connection, found, now)

        proved = await self.store.write(write)
        self.application.channel.publish(REVOKED)  # sessions and tokens are looked at anew: they may do more now
        return proved

    def _proved(self, connection: Connection, found: Key, now: float) -> Proved:
        account_id = found.account_id
        if found.purpose == "confirm":
            if connection.value(EMAIL, (account_id,)) != found.email:
                raise Invalid(GONE)
            connection.execute(CONFIRM, (now, account_id))
            return Proved(account_id, "confirmed")
        side = "new" if found.purpose == "new_address" else "old"
        connection.execute(AGREE[side], (now, account_id))
        row = connection.row(CHANGE, (account_id,))
        if row is None:
            raise Invalid(GONE)
        change = Change(*row)
        if change.new_agreed_at is None or change.old_agreed_at is None:
            return Proved(account_id, "half")
        old = connection.value(EMAIL, (account_id,))
        _replace(connection, account_id, change.email)
        connection.execute(END_CHANGE, (account_id,))
        rows.drop_keys(connection, account_id, *rows.LIVES)
        for recipient in (old, change.email):
            post(connection, account_id, "address_changed", recipient=recipient, email=change.email)
        return Proved(account_id, "changed")

    # ---- forgotten passwords ----------------------------------------------------------------------------------------

    async def ask_reset(self, name: str, address: str) -> None:
        """Somebody forgot the password of a name or address. What is done is the same whether there is one. Raises TooMany."""
        await self._take(self._reset, subject_of_address(address))
        await reset.enqueue(name.strip()[:300], address)

    async def reset_password(self, key: str, password: str) -> int:
        """Set a new password by the link of a letter: every session and app is logged out; the account.

        The mailbox is proved by it as well. Raises Invalid: the link opens nothing, or the password will not do.
        """
        found = await self.store.read(rows.find_key, key, time.time())
        if found is None or found.purpose != "reset":
            raise Invalid(GONE)
        credential = await self.identity.credential(found.account_id)
        if problems := problems_of_password(password, credential.username, credential.email):
            raise Invalid({"password": problems})
        hashed = await self.identity.passwords.hash(password)

        def write(connection: Connection) -> None:
            now = time.time()
            if credential.email != found.email or not rows.use_key(connection, key):
                raise Invalid(GONE)
            if not credentials.replace_password(connection, found.account_id, credential.password, hashed, now):
                raise Invalid(GONE)
            connection.execute(CONFIRM, (now, found.account_id))
            connection.execute(END_CHANGE, (found.account_id,))
            rows.drop_keys(connection, found.account_id, *rows.LIVES)
            sessions.delete_other_sessions(connection, found.account_id, None)
            tokens.delete_authorization(connection, found.account_id, None)
            steps.forget_steps(connection, found.account_id)
            post(connection, found.account_id, "protected", what="password_changed")

        await self.store.write(write)
        self.application.channel.publish(REVOKED)
        return found.account_id

    async def _take(self, rule: Rule, subject: str) -> None:
        wait = await self.store.write(attempts.take, rule, subject, time.time())
        if wait > 0:
            raise TooMany(wait, "Too many letters")


def _replace(connection: Connection, account_id: int, email: str) -> None:
    if not credentials.replace_email(connection, account_id, email):
        raise Invalid({"email": [("ERR_TAKEN", "has already been taken")]})


def open_proving(application: Ostrov) -> Proving:
    """Addresses and forgotten passwords."""
    return Proving(application)
