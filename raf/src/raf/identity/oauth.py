"""OAuth 2 as Mastodon speaks it: register, authorize, exchange, revoke, and whose a token is. RFC 6749, 7009, 7636."""

from __future__ import annotations

import time
from functools import partial

from ostrov import Connection, Ostrov
from raf.errors import RafError
from raf.identity import applications, tokens
from raf.identity.applications import NewApplication, OAuthApplication
from raf.identity.presence import open_presence
from raf.identity.recognized import Recognized, announce_revoked
from raf.identity.scopes import DEFAULT, parse_scopes, within
from raf.identity.secrets import digest
from raf.identity.tokens import Access, Authorization, Code, Exchange

DESCRIPTIONS = {
    "invalid_request": "The request is missing a required parameter, includes an unsupported parameter value, "
    "or is otherwise malformed.",
    "invalid_client": "Client authentication failed due to unknown client, no client authentication included, "
    "or unsupported authentication method.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI "
    "used in the authorization request, or was issued to another client.",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "invalid_redirect_uri": "The requested redirect uri is malformed or doesn't match client redirect URI.",
    "unauthorized_client": "You are not authorized to revoke this token",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unsupported_response_type": "The authorization server does not support this response type.",
    "invalid_code_challenge_method": "The code_challenge_method must be S256.",
    "access_denied": "The resource owner or authorization server denied the request.",
}
DAY = 86400.0
STATUSES = {"invalid_client": 401, "unauthorized_client": 403}


class OAuthError(RafError):
    """A refusal in OAuth's words: `code` is the `error`, `str(error)` its `error_description`."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(description or DESCRIPTIONS[code])
        self.code = code
        self.status = STATUSES.get(code, 400)


class OAuth:
    """A part of the application: `application.part(open_oauth)`."""

    def __init__(self, application: Ostrov) -> None:
        self._application = application
        self._store = application.store
        self._tokens: Recognized[Access] = Recognized(application.channel)

    async def register(self, new: NewApplication) -> tuple[OAuthApplication, str]:
        """Register a client; it and its secret."""
        return await self._store.write(applications.insert_application, new, time.time())

    async def application_of(self, access: Access) -> OAuthApplication:
        """The client a token was issued to."""
        found = await self._store.read(applications.application_of, access.application_id)
        if found is None:
            raise OAuthError("invalid_client")
        return found

    async def find_client(self, client_id: str) -> OAuthApplication:
        """A client by its public name. Raises OAuthError `invalid_client`."""
        found = await self._store.read(applications.find_application, client_id) if client_id else None
        if found is None:
            raise OAuthError("invalid_client")
        return found

    async def authenticate_client(self, client_id: str, secret: str) -> OAuthApplication:
        """A client that proves itself with its secret. Raises OAuthError `invalid_client`."""
        found = await self.find_client(client_id)
        if not found.has_secret(secret):
            raise OAuthError("invalid_client")
        return found

    async def issue_code(self, code: Code) -> str:
        """The code of an authorization a person just gave."""
        return await self._store.write(tokens.insert_code, code, time.time())

    async def exchange(self, client: OAuthApplication, code: str, redirect_uri: str, verifier: str) -> Exchange:
        """Turn a code into a token. Raises OAuthError `invalid_grant`."""

        def write(connection: Connection) -> Exchange:
            done = tokens.exchange_code(connection, code, client.id, redirect_uri, verifier, time.time())
            connection.after_commit(partial(announce_revoked, self._application.channel, list(done.revoked)))
            return done

        done = await self._store.write(write)
        if not done.token:
            raise OAuthError("invalid_grant")
        return done

    async def issue_token(self, client: OAuthApplication, account_id: int | None, scopes: str) -> tuple[str, tuple[str, ...]]:
        """A token and its scopes for a client and, with the password grant, a person. Raises OAuthError `invalid_scope`."""
        held = allowed_scopes(client, scopes)
        token = await self._store.write(tokens.insert_token, client.id, account_id, held, time.time())
        return token, held

    async def revoke(self, client: OAuthApplication, token: str) -> None:
        """Let a token open nothing any more. Raises OAuthError `unauthorized_client` when it is another client's."""

        def write(connection: Connection) -> bool:
            allowed, gone = tokens.delete_token(connection, client.id, digest(token))
            connection.after_commit(partial(announce_revoked, self._application.channel, gone))
            return allowed

        if not await self._store.write(write):
            raise OAuthError("unauthorized_client")

    async def authorizations(self, account_id: int) -> list[Authorization]:
        """The applications that an account lets in."""
        return await self._store.read(tokens.authorizations_of, account_id)

    async def close_authorization(self, account_id: int, application_id: int | None = None) -> None:
        """Log one application of an account out; without one, all of them."""

        def write(connection: Connection) -> None:
            gone = tokens.delete_authorization(connection, account_id, application_id)
            connection.after_commit(partial(announce_revoked, self._application.channel, gone))

        await self._store.write(write)

    async def access_of(self, token: str) -> Access | None:
        """What a token opens."""
        if not 20 <= len(token) <= 100:
            return None
        key = digest(token)
        found = self._tokens.get(key)
        if found is None:
            generation = self._tokens.generation
            found = await self._store.read(tokens.find_access, key)
            if found is not None:
                self._tokens.keep(key, found, generation)
                if found.account_id is not None:
                    await self._application.part(open_presence).seen(found.account_id)
        return found

    async def prune(self) -> int:
        """Delete codes that can no longer be exchanged nor replayed to any harm, and clients that nobody ever let in."""
        now = time.time()

        def write(connection: Connection) -> int:
            codes = tokens.prune_codes(connection, now - 30 * DAY)
            return codes + applications.prune_applications(connection, now - 7 * DAY)

        return await self._store.write(write)


def allowed_scopes(client: OAuthApplication, asked: str) -> tuple[str, ...]:
    """The scopes a client asks for, when it registered for them. Raises OAuthError `invalid_scope`."""
    scopes = parse_scopes(asked or DEFAULT)
    if scopes is None or not within(scopes, client.scopes):
        raise OAuthError("invalid_scope")
    return scopes


def open_oauth(application: Ostrov) -> OAuth:
    """The OAuth server of an application."""
    return OAuth(application)
