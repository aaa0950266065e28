"""Passkeys: WebAuthn level 3, by `fido2`. A part: `application.part(open_passkeys)`.

A passkey is asked to verify its person (a finger, a face, a PIN), so it is two factors in one and no code is asked for with it.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ostrov import Connection, Ostrov, base_url
from raf.errors import Invalid, Missing, Refused, TooMany
from raf.factors import passkey, steps
from raf.factors.passkey import Passkey
from raf.identity.attempts import subject_of_address
from raf.identity.identity import open_identity
from raf.identity.secrets import new_id
from raf.identity.windows import Windows
from raf.letters.posting import post

ADDING, ENTERING = "passkey", "passkey_in"
LONGEST_NAME = 60
WRONG = {"passkey": [("ERR_INVALID", "is not one that opens an account here")]}
Options = dict[str, Any]


class Passkeys:
    """Adds passkeys to accounts and lets people in with them."""

    def __init__(self, application: Ostrov) -> None:
        self.store = application.store
        self.identity = application.part(open_identity)
        self.clock = time.time
        self._application = application
        self._tries = Windows(60, 300)

    async def of(self, account_id: int) -> list[Passkey]:
        """An account's passkeys, the oldest first."""
        return await self.store.read(passkey.passkeys_of, account_id)

    async def offer(self, account_id: int, password: str, name: str) -> tuple[str, Options]:
        """Begin to add one: a token to come back with, and what the browser's `credentials.create` is asked.

        Raises WrongPassword, TooMany.
        """
        from fido2.webauthn import (
            AttestedCredentialData,
            PublicKeyCredentialUserEntity,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        await self.identity.check_password(account_id, password)
        known = [AttestedCredentialData(row.credential) for row in await self.of(account_id)]
        options, state = self._server().register_begin(
            PublicKeyCredentialUserEntity(id=account_id.to_bytes(8, "big"), name=name, display_name=name),
            known,
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        token = await self.store.write(steps.begin, ADDING, account_id, json.dumps(state), self.clock())
        return token, json.loads(json.dumps(dict(options)))["publicKey"]

    async def add(self, account_id: int, token: str, answer: str, name: str) -> None:
        """Keep the key that a browser made. Raises Missing when the time is over, Invalid, Refused when it is here already."""
        now = self.clock()
        step = await self.store.write(steps.take, ADDING, token, now)
        if step is None or step.account_id != account_id:
            raise Missing
        response = _decoded(answer)
        try:
            made = self._server().register_complete(json.loads(step.state), response)
        except Exception as problem:  # whatever a stranger sends, in CBOR within JSON
            raise Invalid(WRONG) from problem
        data = made.credential_data
        if data is None:
            raise Invalid(WRONG)
        name = name.strip()[:LONGEST_NAME]
        row = Passkey(new_id(now), account_id, bytes(data), made.counter, name, now, None)

        def write(connection: Connection) -> bool:
            if not passkey.insert_passkey(connection, row, data.credential_id):
                return False
            post(connection, account_id, "protected", what="passkey_added")
            return True

        if not await self.store.write(write):
            raise Refused("This passkey is here already")

    async def remove(self, account_id: int, passkey_id: int) -> None:
        """Let it open nothing any more. Raises Missing."""

        def write(connection: Connection) -> bool:
            if not passkey.delete_passkey(connection, account_id, passkey_id):
                return False
            post(connection, account_id, "protected", what="passkey_removed")
            return True

        if not await self.store.write(write):
            raise Missing

    async def ask(self, address: str) -> tuple[str, Options]:
        """Begin to log somebody in, nobody knows whom yet: a token, and what `credentials.get` is asked. Raises TooMany."""
        from fido2.webauthn import UserVerificationRequirement

        if self._tries.take(subject_of_address(address)).remaining < 0:
            raise TooMany(300, "Too many tries from your network")
        options, state = self._server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
        token = await self.store.write(steps.begin, ENTERING, None, json.dumps(state), self.clock())
        return token, json.loads(json.dumps(dict(options)))["publicKey"]

    async def enter(self, token: str, answer: str) -> int:
        """The account that a passkey opens. Raises Missing when the time is over, Invalid."""
        from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

        now = self.clock()
        step = await self.store.write(steps.take, ENTERING, token, now)
        if step is None:
            raise Missing
        response = _decoded(answer)
        try:
            said = AuthenticationResponse.from_dict(response)
            known = await self.store.read(passkey.passkey_of, bytes(said.raw_id))
            credentials = [AttestedCredentialData(known.credential)] if known else []
            self._server().authenticate_complete(json.loads(step.state), credentials, response)
            counter = int(said.response.authenticator_data.counter)
        except Exception as problem:
            raise Invalid(WRONG) from problem
        if known is None or not await self.store.write(self._used, known, counter, now):
            raise Invalid(WRONG)
        return known.account_id

    def _used(self, connection: Connection, known: Passkey, counter: int, now: float) -> bool:
        return passkey.use_passkey(connection, known, counter, now)

    def _server(self) -> Any:
        """The relying party: this place's host; browsers hold a key to it, so nobody can fish for it."""
        from fido2.server import Fido2Server
        from fido2.webauthn import PublicKeyCredentialRpEntity

        url = base_url(self._application)
        party = PublicKeyCredentialRpEntity(name=self._application.settings.raf.title, id=urlsplit(url).hostname or "localhost")
        return Fido2Server(party, verify_origin=lambda origin: origin == url)


def _decoded(answer: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(answer[:100_000], type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeEncodeError) as problem:
        raise Invalid(WRONG) from problem
    return found


def open_passkeys(application: Ostrov) -> Passkeys:
    """The passkeys of an application."""
    return Passkeys(application)
