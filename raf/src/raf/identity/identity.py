"""The one face of identity that pages, the API and `Raf` use."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from ostrov import Connection, NotFound, Ostrov
from raf.errors import Invalid, TooMany, WrongPassword
from raf.factors import steps
from raf.identity import attempts, credentials, sessions, tokens
from raf.identity.attempts import Rule, subject_of_address
from raf.identity.credentials import Credential
from raf.identity.emails import problems_of_email
from raf.identity.passwords import Passwords, problems_of_password
from raf.identity.presence import open_presence
from raf.identity.recognized import Recognized, announce_revoked
from raf.identity.registration import NewAccount, problems_of_registration
from raf.identity.secrets import digest
from raf.identity.sessions import Session
from raf.identity.settings import IdentitySettings
from raf.letters.posting import post

CreateAccount = Callable[[Connection, NewAccount], int]
"""Writes the account's first event in the transaction it is given, and answers the account's id."""


class Identity:
    """Who somebody is. A part of the application: `application.part(open_identity)`."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.settings: IdentitySettings = application.settings.raf.identity
        self.passwords = Passwords(self.settings)
        self._sessions: Recognized[Session] = Recognized(application.channel)
        self._account_rule = Rule("log_in", self.settings.log_in_tries)
        self._address_rule = Rule("log_in_address", self.settings.log_in_tries_of_address, longest=3600, forget=3600)
        self._sign_up_rule = Rule("sign_up", self.settings.sign_ups_of_address, first=900, longest=7200)
        application.on_close(self.passwords.close)

    # ---- signing up -------------------------------------------------------------------------------------------------

    async def sign_up(self, new: NewAccount, create_account: CreateAccount, *, address: str = "", vouched: bool = False) -> int:
        """Make an account and its credential in one transaction; the account's id.

        With an `address` (the visitor's), the number of accounts it may make is limited. Who is `vouched` for by another place
        comes in when registrations are closed too.
        Raises Invalid with the fields that will not do, TooMany.
        """
        if not (self.settings.registrations or new.invite or vouched):  # whether it is good is the house's to say
            raise Invalid({"base": [("ERR_BLOCKED", "registrations are closed")]})
        if problems := problems_of_registration(new):
            raise Invalid(problems)
        if found := await self.application.store.read(credentials.taken, new):
            raise Invalid(found)
        if address:
            await self._take(self._sign_up_rule, subject_of_address(address), "Too many accounts from your network")
        hashed = await self.passwords.hash(new.password)

        def write(connection: Connection) -> int:
            account_id = create_account(connection, new)
            mailing = self.application.settings.raf.mail.on
            credentials.insert_credential(connection, account_id, new, hashed, time.time(), confirmed=not mailing)
            post(connection, account_id, "confirm")
            return account_id

        return await self.application.store.write(write)

    # ---- logging in -------------------------------------------------------------------------------------------------

    async def log_in(self, name: str, password: str, *, address: str = "") -> int:
        """The account of a user name or e-mail address and its password.

        It takes as long for an unknown name as for a wrong password. Raises WrongPassword; TooMany after too many tries of
        this account (from an address it is not logged in from already) or of this address.
        """
        if address:
            await self._take(self._address_rule, subject_of_address(address), "Too many tries from your network")
        found = await self.application.store.read(credentials.find_credential, name)
        subject = str(found.account_id) if found else digest(name.strip().lower()).hex()
        known = False
        if found and address:
            known = await self.application.store.read(sessions.knows_address, found.account_id, address)
        if not known:
            await self._take(self._account_rule, subject, "Too many tries for this account")
        right, rehashed = await self.passwords.check(found.password if found else None, password)
        if not right or found is None:
            raise WrongPassword
        await self.application.store.write(self._logged_in, found, rehashed, subject, address)
        return found.account_id

    def _logged_in(self, connection: Connection, found: Credential, rehashed: str | None, subject: str, address: str) -> None:
        attempts.forgive(connection, self._account_rule, subject)
        if address:
            attempts.refund(connection, self._address_rule, subject_of_address(address))
        if rehashed:
            credentials.replace_password(connection, found.account_id, found.password, rehashed)

    async def _take(self, rule: Rule, subject: str, refusal: str) -> None:
        wait = await self.application.store.write(attempts.take, rule, subject, time.time())
        if wait > 0:
            raise TooMany(wait, refusal)

    # ---- browser sessions -------------------------------------------------------------------------------------------

    async def open_session(self, account_id: int, *, address: str = "", user_agent: str = "") -> str:
        """Log a browser in; the token for its cookie (see `session_cookie`)."""
        return await self.application.store.write(sessions.insert_session, account_id, address, user_agent, time.time())

    def session_cookie(self, token: str, *, secure: bool) -> str:
        """The value of `Set-Cookie` that carries a session's token; an empty token takes the cookie away."""
        return sessions.session_cookie(token, secure=secure, days=self.settings.session_days)

    async def session_of(self, token: str) -> Session | None:
        """The session a cookie's token belongs to."""
        if not 20 <= len(token) <= 100:
            return None
        key = digest(token)
        found = self._sessions.get(key)
        if found is not None:
            return found
        generation, now = self._sessions.generation, time.time()
        store = self.application.store
        found = await store.read(sessions.find_session, key, now - self.settings.session_days * 86400)
        if found is None:
            return None
        if now - found.seen_at > sessions.SEEN_EVERY:
            await store.write(sessions.touch_session, found.id, now)
            found = found._replace(seen_at=now)
        self._sessions.keep(key, found, generation)
        await self.application.part(open_presence).seen(found.account_id)
        return found

    async def sessions(self, account_id: int) -> list[Session]:
        """Where an account is logged in, the last used first."""
        return await self.application.store.read(sessions.sessions_of, account_id)

    async def close_session(self, account_id: int, session_id: int) -> None:
        """Log one browser of an account out. Raises NotFound when the account has no such session."""
        gone = await self.application.store.write(self._closing(sessions.delete_session), account_id, session_id)
        if not gone:
            raise NotFound("there is no such session")

    async def close_session_of_token(self, token: str) -> None:
        """Log out the browser that holds this token."""
        await self.application.store.write(self._closing(sessions.delete_session_of_token), digest(token))

    def _closing(self, delete: Callable[..., list[bytes]]) -> Callable[..., int]:
        """`delete` in a transaction, telling every process afterwards which tokens are gone; how many they were."""

        def closing(connection: Connection, *arguments: object) -> int:
            gone = delete(connection, *arguments)
            connection.after_commit(partial(announce_revoked, self.application.channel, gone))
            return len(gone)

        return closing

    # ---- the credential ---------------------------------------------------------------------------------------------

    async def credential(self, account_id: int) -> Credential:
        """By what an account logs in. Raises NotFound."""
        found = await self.application.store.read(credentials.credential_of, account_id)
        if found is None:
            raise NotFound("there is no such account here")
        return found

    async def set_locale(self, account_id: int, locale: str) -> None:
        """The language an account is spoken to in."""
        await self.application.store.write(credentials.set_locale, account_id, locale)

    async def check_password(self, account_id: int, password: str) -> Credential:
        """The credential of somebody logged in who proves it once more. Raises WrongPassword, TooMany, NotFound."""
        found = await self.credential(account_id)
        await self._take(self._account_rule, str(account_id), "Too many tries for this account")
        right, _ = await self.passwords.check(found.password, password)
        if not right:
            raise WrongPassword
        await self.application.store.write(attempts.forgive, self._account_rule, str(account_id))
        return found

    async def change_email(self, account_id: int, password: str, email: str) -> None:
        """Put another address in place. Raises WrongPassword, TooMany, Invalid (no address, or somebody has it)."""
        await self.check_password(account_id, password)
        if problems := problems_of_email(email):
            raise Invalid({"email": problems})
        if not await self.application.store.write(credentials.replace_email, account_id, email):
            raise Invalid({"email": [("ERR_TAKEN", "has already been taken")]})

    async def change_password(self, account_id: int, current: str, new: str, *, keep: Session | None = None) -> None:
        """Change the password, close every session but `keep`, and log every application out: who knew the old one is gone.

        Raises WrongPassword when `current` is not the password, Invalid when `new` will not do, TooMany.
        """
        found = await self.check_password(account_id, current)
        if problems := problems_of_password(new, found.username, found.email):
            raise Invalid({"password": problems})
        hashed = await self.passwords.hash(new)

        def write(connection: Connection) -> None:
            if not credentials.replace_password(connection, account_id, found.password, hashed, time.time()):
                raise WrongPassword
            attempts.forgive(connection, self._account_rule, str(account_id))
            post(connection, account_id, "protected", what="password_changed")
            self._closing(sessions.delete_other_sessions)(connection, account_id, keep.id if keep else None)
            self._closing(tokens.delete_authorization)(connection, account_id, None)
            steps.forget_steps(connection, account_id)

        await self.application.store.write(write)

    async def prune(self) -> int:
        """Delete sessions nobody uses and tries nobody remembers; the number of rows."""
        now = time.time()

        def write(connection: Connection) -> int:
            old = sessions.prune_sessions(connection, now - self.settings.session_days * 86400)
            return old + attempts.prune_attempts(connection, now - 86400)

        return await self.application.store.write(write)


def open_identity(application: Ostrov) -> Identity:
    """The identity of an application."""
    return Identity(application)
