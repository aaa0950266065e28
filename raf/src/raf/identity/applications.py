"""The `oauth_application` table: the programs that people use Raf with."""

from __future__ import annotations

import hmac
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from ostrov import Connection
from raf.errors import Invalid
from raf.identity.scopes import DEFAULT, parse_scopes
from raf.identity.secrets import digest, new_id, new_token
from raf.identity.usernames import Problem

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""Show the code to the person, who carries it over (RFC 8252 discourages it; every command-line client uses it)."""
SCHEMES = "javascript data vbscript file filesystem blob about mailto ws wss view-source chrome resource jar"
FORBIDDEN_SCHEMES = frozenset(SCHEMES.split())
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
LONGEST_NAME = 60
LONGEST_URI = 2000


class OAuthApplication(NamedTuple):
    """A registered client. `secret` is a digest."""

    id: int
    client_id: str
    secret: bytes
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]

    def has_secret(self, secret: str) -> bool:
        """Whether this is the application's secret."""
        return hmac.compare_digest(digest(secret), self.secret)


class NewApplication(NamedTuple):
    """What a client registers with, checked."""

    name: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    website: str | None


def check_application(name: str, redirect_uris: list[str], scopes: str, website: str | None) -> NewApplication:
    """A client's registration. Raises Invalid."""
    problems: dict[str, list[Problem]] = {}
    name = "".join(letter for letter in name if letter.isprintable()).strip()  # a person reads it, and lets it in or not
    uris = tuple(uri for given in redirect_uris for uri in given.split())
    granted = parse_scopes(scopes or DEFAULT)
    website = (website or "").strip() or None
    if not name:
        problems["client_name"] = [("ERR_BLANK", "can't be blank")]
    elif len(name) > LONGEST_NAME:
        problems["client_name"] = [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST_NAME} characters)")]
    if not uris:
        problems["redirect_uri"] = [("ERR_BLANK", "can't be blank")]
    elif len(uris) > 20 or not all(is_redirect_uri(uri) for uri in uris):
        problems["redirect_uri"] = [("ERR_INVALID", "must be an absolute URI.")]
    if granted is None:
        problems["scopes"] = [("ERR_INVALID", "doesn't match configured on the server.")]
    if website and (len(website) > LONGEST_URI or not website.startswith(("https://", "http://"))):
        problems["website"] = [("ERR_INVALID", "must be a valid URL.")]
    if problems or granted is None:
        raise Invalid(problems)
    return NewApplication(name, uris, granted, website)


def is_redirect_uri(uri: str) -> bool:
    """Whether a code may be sent there: absolute, without fragment, not of a scheme that a browser executes."""
    if uri == OUT_OF_BAND:
        return True
    if len(uri) > LONGEST_URI or not uri.isprintable() or "\\" in uri:
        return False
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    if not SCHEME.fullmatch(parts.scheme) or parts.scheme in FORBIDDEN_SCHEMES or "#" in uri:
        return False
    if parts.scheme in ("http", "https"):
        return bool(host) and parts.username is None
    return bool(parts.netloc or parts.path)


COLUMNS = "id, client_id, secret, name, website, redirect_uris, scopes"


def insert_application(connection: Connection, new: NewApplication, now: float) -> tuple[OAuthApplication, str]:
    """Register a client; it and its secret, which is shown this once."""
    secret = new_token()
    application = OAuthApplication(
        new_id(now), new_token(), digest(secret), new.name, new.website, new.redirect_uris, new.scopes
    )
    connection.execute(
        f"INSERT INTO oauth_application ({COLUMNS}, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*application[:5], "\n".join(new.redirect_uris), " ".join(new.scopes), now),
    )
    return application, secret


def find_application(connection: Connection, client_id: str) -> OAuthApplication | None:
    return _read(connection.row(f"SELECT {COLUMNS} FROM oauth_application WHERE client_id = ?", (client_id,)))


def application_of(connection: Connection, identity: int) -> OAuthApplication | None:
    return _read(connection.row(f"SELECT {COLUMNS} FROM oauth_application WHERE id = ?", (identity,)))


def prune_applications(connection: Connection, before: float) -> int:
    """Delete clients registered before that nobody ever let in, with their own tokens; the number."""
    idle = "SELECT id FROM oauth_application WHERE used = 0 AND created_at < ?"
    connection.execute(f"DELETE FROM oauth_token WHERE application_id IN ({idle})", (before,))
    connection.execute(f"DELETE FROM oauth_code WHERE application_id IN ({idle})", (before,))
    return connection.execute("DELETE FROM oauth_application WHERE used = 0 AND created_at < ?", (before,))


def _read(row: tuple[object, ...] | None) -> OAuthApplication | None:
    if row is None:
        return None
    identity, client_id, secret, name, website, uris, scopes = row
    assert isinstance(identity, int)
    assert isinstance(secret, bytes | memoryview)
    return OAuthApplication(
        identity,
        str(client_id),
        bytes(secret),
        str(name),
        None if website is None else str(website),
        tuple(str(uris).split("\n")),
        tuple(str(scopes).split()),
    )
