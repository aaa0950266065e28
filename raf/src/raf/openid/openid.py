"""The one face of open log-ins that pages use: `application.part(open_openid)`."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from ostrov import Connection, Ostrov, base_url
from raf.errors import Forbidden, Missing, Refused
from raf.factors import steps
from raf.identity.secrets import new_token
from raf.openid import newcomers
from raf.openid.newcomers import CONNECT, Newcomer
from raf.openid.provider import Provider
from raf.openid.tokens import Untrusted, verified

KIND: Final = "openid"
BACK: Final = "/log-in/open/back"
FIND: Final = "SELECT account_id FROM open_log_in WHERE issuer = ? AND subject = ?"
CONNECTED: Final = "SELECT 1 FROM open_log_in WHERE issuer = ? AND account_id = ?"
DISCONNECT: Final = "DELETE FROM open_log_in WHERE account_id = ?"


class Asked(msgspec.Struct):
    """What a log-in under way is remembered by."""

    nonce: str
    verifier: str
    next: str = ""


class Came(NamedTuple):
    """Who came back: `connected` when somebody logged in was connected just now.

    Nobody's account is 0: `newcomer` is then the token of who may open one (see `newcomers`).
    """

    account_id: int
    next: str
    connected: bool
    newcomer: str = ""


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
            "scope": "openid profile email" if self.provider.settings.sign_up else "openid",
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
        who = newcomers.newcomer(claims, settings.issuer, asked.next)
        return await self.store.write(self._settle, who, step.account_id)

    async def newcomer(self, token: str) -> Newcomer:
        """Who may open an account. Raises Missing when it took too long, or nobody may."""
        found = await self.store.read(newcomers.find, token, self.clock()) if self.provider.settings.sign_up else None
        if found is None:
            raise Missing
        return found

    def connects(self, token: str) -> Callable[[Connection, int], None]:
        """What connects the account that is being made with a newcomer, for `Raf.sign_up`."""
        return lambda connection, account_id: newcomers.connect(connection, token, account_id, self.clock())

    async def connected(self, account_id: int) -> bool:
        """Whether an account is connected with one of the other place."""
        sql = (self.provider.settings.issuer, account_id)
        return await self.store.read(lambda connection: connection.value(CONNECTED, sql) is not None)

    async def disconnect(self, account_id: int) -> None:
        await self.store.write(lambda connection: connection.execute(DISCONNECT, (account_id,)))

    def _settle(self, connection: Connection, who: Newcomer, account_id: int | None) -> Came:
        key = (who.issuer, who.subject)
        if account_id is not None:
            connection.execute(CONNECT, (*key, account_id, self.clock()))
        found: int | None = connection.value(FIND, key)
        if found is None:
            if not self.provider.settings.sign_up or account_id is not None:
                raise Missing
            return Came(0, who.next, False, newcomers.keep(connection, who, self.clock()))
        if account_id is not None and found != account_id:
            raise Refused("That account is connected with another one here")
        return Came(found, who.next, account_id is not None)

    @property
    def _redirect_uri(self) -> str:
        return base_url(self._application) + BACK


def _state(token: str) -> str:
    """What travels in the address: not the token, which the cookie holds."""
    return hashlib.sha256(b"state " + token.encode()).hexdigest()


def open_openid(application: Ostrov) -> OpenId:
    """The open log-ins of an application."""
    return OpenId(application)
