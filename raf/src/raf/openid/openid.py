"""The one face of open log-ins that pages use: `application.part(open_openid)`."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from ostrov import Connection, Ostrov, base_url
from raf.errors import Forbidden, Missing, Refused
from raf.factors import steps
from raf.identity.secrets import new_token
from raf.openid.provider import Provider
from raf.openid.tokens import Untrusted, verified

KIND: Final = "openid"
BACK: Final = "/log-in/open/back"
CONNECT: Final = "INSERT INTO open_log_in (issuer, subject, account_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
FIND: Final = "SELECT account_id FROM open_log_in WHERE issuer = ? AND subject = ?"
CONNECTED: Final = "SELECT 1 FROM open_log_in WHERE issuer = ? AND account_id = ?"
DISCONNECT: Final = "DELETE FROM open_log_in WHERE account_id = ?"


class Asked(msgspec.Struct):
    """What a log-in under way is remembered by."""

    nonce: str
    verifier: str
    next: str = ""


class Came(NamedTuple):
    """Who came back: `connected` when somebody logged in was connected just now."""

    account_id: int
    next: str
    connected: bool


class OpenId:
    """Connects accounts with those of another place, and lets people in with them."""

    def __init__(self, application: Ostrov) -> None:
        self.provider = Provider(application.settings.raf.openid)
        self.store = application.store
        self.clock = time.time
        self._application = application

    @property
    def name(self) -> str:
        """What the other place is called; empty when there is none."""
        return self.provider.name if self.provider.settings.issuer else ""

    async def begin(self, back: str, account_id: int | None = None) -> tuple[str, str]:
        """A token for the browser's cookie, and where to send it. An account given is to be connected.

        Raises Missing, Unreachable.
        """
        if not self.name:
            raise Missing
        metadata = await self.provider.metadata()
        asked = Asked(new_token(), new_token(), back)
        state = msgspec.json.encode(asked).decode()
        token = await self.store.write(steps.begin, KIND, account_id, state, self.clock())
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self.provider.settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid",
            "state": _state(token),
            "nonce": asked.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        where = metadata.authorization_endpoint
        return token, where + ("&" if "?" in where else "?") + urlencode(query)

    async def finish(self, token: str, state: str, code: str, account_id: int | None) -> Came:
        """Who came back with a code. `account_id` is who is logged in.

        Raises Missing (too late, another browser, or no account is connected), Forbidden (the answer cannot be trusted),
        Refused (connected with another account), Unreachable.
        """
        if not self.name or state != _state(token):
            raise Missing
        step = await self.store.write(steps.take, KIND, token, self.clock())
        if step is None or (step.account_id is not None and step.account_id != account_id):
            raise Missing
        asked = msgspec.json.decode(step.state, type=Asked)
        answer = await self.provider.token(code, self._redirect_uri, asked.verifier)
        settings = self.provider.settings
        try:
            claims = verified(
                answer,
                await self.provider.keys(),
                issuer=settings.issuer,
                client_id=settings.client_id,
                nonce=asked.nonce,
                now=self.clock(),
            )
        except Untrusted as problem:
            raise Forbidden(f"The log-in of {self.name} cannot be trusted: {problem}") from problem
        found = await self.store.write(self._settle, claims["sub"], step.account_id)
        return Came(found, asked.next, step.account_id is not None)

    async def connected(self, account_id: int) -> bool:
        """Whether an account is connected with one of the other place."""
        sql = (self.provider.settings.issuer, account_id)
        return await self.store.read(lambda connection: connection.value(CONNECTED, sql) is not None)

    async def disconnect(self, account_id: int) -> None:
        await self.store.write(lambda connection: connection.execute(DISCONNECT, (account_id,)))

    def _settle(self, connection: Connection, subject: str, account_id: int | None) -> int:
        key = (self.provider.settings.issuer, subject)
        if account_id is not None:
            connection.execute(CONNECT, (*key, account_id, self.clock()))
        found: int | None = connection.value(FIND, key)
        if found is None:
            raise Missing
        if account_id is not None and found != account_id:
            raise Refused("That account is connected with another one here")
        return found

    @property
    def _redirect_uri(self) -> str:
        return base_url(self._application) + BACK


def _state(token: str) -> str:
    """What travels in the address: not the token, which the cookie holds."""
    return hashlib.sha256(b"state " + token.encode()).hexdigest()


def open_openid(application: Ostrov) -> OpenId:
    """The open log-ins of an application."""
    return OpenId(application)
