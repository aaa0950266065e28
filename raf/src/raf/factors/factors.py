"""The one face of second factors that pages and the API use: `application.part(open_factors)`."""

from __future__ import annotations

import time
from typing import NamedTuple

from ostrov import Connection, Ostrov
from raf.errors import Invalid, Missing, TooMany
from raf.factors import authenticator, recovery, steps, totp
from raf.identity import attempts
from raf.identity.attempts import Rule
from raf.identity.identity import open_identity
from raf.identity.keys import open_keys
from raf.letters.posting import post

SECOND = "second"
AT_ONCE = 200
"""Secrets sealed anew in one transaction."""
WRONG = {"code": [("ERR_INVALID", "is not the present code")]}


class Protection(NamedTuple):
    """How an account is protected. `recovery_codes` are those left."""

    authenticator: bool
    recovery_codes: int


class Factors:
    """Codes of an authenticator and recovery codes."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.store = application.store
        self.identity = application.part(open_identity)
        self.keys = application.part(open_keys)
        self.clock = time.time
        self._rule = Rule("second_factor", 5)

    # ---- logging in -------------------------------------------------------------------------------------------------

    async def needed(self, account_id: int) -> bool:
        """Whether the password alone does not open this account."""
        found = await self.store.read(authenticator.authenticator_of, account_id)
        return found is not None and found.confirmed_at is not None

    async def begin(self, account_id: int) -> str:
        """The password was right: a token for who comes back with a code, ten minutes long."""
        return await self.store.write(steps.begin, SECOND, account_id, "", self.clock())

    async def account_of(self, token: str) -> int | None:
        """Whose code is awaited with this token."""
        found = await self.store.read(steps.find, SECOND, token, self.clock())
        return found.account_id if found else None

    async def finish(self, token: str, code: str) -> int:
        """The account that a token and a code (an authenticator's or a recovery code) open.

        Raises Missing when the time is over, Invalid when the code is wrong, TooMany, Unreadable (a recovery code still opens).
        """
        account_id = await self.account_of(token)
        if account_id is None:
            raise Missing
        await self._take(account_id)

        def write(connection: Connection) -> bool:
            now = self.clock()
            if not self._proves(connection, account_id, code, now):
                return False
            attempts.forgive(connection, self._rule, str(account_id))
            return steps.take(connection, SECOND, token, now) is not None

        if not await self.store.write(write):
            raise Invalid(WRONG)
        return account_id

    # ---- settings ---------------------------------------------------------------------------------------------------

    async def protection(self, account_id: int) -> Protection:
        """How an account is protected now."""

        def read(connection: Connection) -> Protection:
            found = authenticator.authenticator_of(connection, account_id)
            on = found is not None and found.confirmed_at is not None
            return Protection(on, recovery.codes_left(connection, account_id))

        return await self.store.read(read)

    async def offer(self, account_id: int) -> str:
        """The secret to bring into an authenticator, the same until it is confirmed. Raises Missing when one is on already."""
        found = await self.store.write(authenticator.offer, self.keys, account_id, self.clock())
        if found.confirmed_at is not None:
            raise Missing
        return found.secret(self.keys, account_id)

    async def confirm(self, account_id: int, password: str, code: str) -> list[str]:
        """Ask for codes from now on; the recovery codes, shown this once. Raises WrongPassword, Invalid, TooMany, Missing."""
        await self.identity.check_password(account_id, password)
        await self._take(account_id)
        codes = recovery.new_codes()

        def write(connection: Connection) -> bool:
            now = self.clock()
            known = authenticator.authenticator_of(connection, account_id)
            if known is None or known.confirmed_at is not None:
                raise Missing
            if not authenticator.use(connection, self.keys, account_id, _digits(code), now):
                return False
            attempts.forgive(connection, self._rule, str(account_id))
            authenticator.confirm(connection, account_id, now)
            post(connection, account_id, "protected", what="factor_on")
            recovery.replace_codes(connection, account_id, codes)
            return True

        if not await self.store.write(write):
            raise Invalid(WRONG)
        return codes

    async def renew_codes(self, account_id: int, password: str) -> list[str]:
        """New recovery codes in place of the old ones. Raises WrongPassword, TooMany, Missing when no codes are asked for."""
        await self.identity.check_password(account_id, password)
        if not await self.needed(account_id):
            raise Missing
        codes = recovery.new_codes()

        def write(connection: Connection) -> None:
            recovery.replace_codes(connection, account_id, codes)
            post(connection, account_id, "protected", what="codes_renewed")

        await self.store.write(write)
        return codes

    async def remove(self, account_id: int, password: str) -> None:
        """Ask for no codes any more. Raises WrongPassword, TooMany."""
        await self.identity.check_password(account_id, password)

        def write(connection: Connection) -> None:
            authenticator.remove(connection, account_id)
            post(connection, account_id, "protected", what="factor_off")

        await self.store.write(write)

    async def prune(self) -> int:
        """Delete log-ins that were never finished, how many; and seal secrets from before secrets were sealed."""
        await self.reseal(everything=False)
        return await self.store.write(steps.prune_steps, self.clock())

    async def unguard(self, account_id: int) -> None:
        """Let the password alone open an account whose person lost both authenticator and recovery codes."""
        await self.store.write(authenticator.remove, account_id)

    async def reseal(self, *, everything: bool = True) -> None:
        """Seal the secrets with the key of now: all, or those that never were. Raises Unreadable."""
        last = 0
        while last := await self.store.write(authenticator.reseal, self.keys, last, AT_ONCE, everything=everything):
            pass

    async def _take(self, account_id: int) -> None:
        wait = await self.store.write(attempts.take, self._rule, str(account_id), self.clock())
        if wait > 0:
            raise TooMany(wait, "Too many tries for this account")

    def _proves(self, connection: Connection, account_id: int, code: str, now: float) -> bool:
        digits = _digits(code)
        if len(digits) == totp.DIGITS and digits.isdecimal():
            return authenticator.use(connection, self.keys, account_id, digits, now)
        return recovery.use_code(connection, account_id, code)


def _digits(code: str) -> str:
    return "".join(code.split())


def open_factors(application: Ostrov) -> Factors:
    """The second factors of an application."""
    return Factors(application)
