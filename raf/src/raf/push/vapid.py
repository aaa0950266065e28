"""Who we are to push services: a key pair of this server, and a signed word to each of them (VAPID, RFC 8292)."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ostrov import Connection
from raf.identity.keys import Keys
from raf.push.encryption import decode, encode

LIVES = 12 * 3600
"""Seconds a word is good for; RFC 8292 §2 allows a day."""
READ = "SELECT sealed, private_key FROM push_key WHERE id = 1"
WRITE = "INSERT INTO push_key (id, sealed, created_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING"
RESEAL = "UPDATE push_key SET sealed = ?, private_key = '' WHERE id = 1"
CONTEXT = "push_key"


class Vapid:
    """The key pair. `public` is the point that clients subscribe with, as base64url."""

    def __init__(self, private: str) -> None:
        self._key = ec.derive_private_key(int.from_bytes(decode(private), "big"), ec.SECP256R1())
        self.public = encode(self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def token(self, endpoint: str, contact: str, now: float | None = None) -> str:
        """A JSON Web Token for the service an endpoint belongs to, signed with ES256 (RFC 7518 §3.4)."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((time.time() if now is None else now) + LIVES),
            "sub": contact,
        }
        head = encode(msgspec.json.encode({"typ": "JWT", "alg": "ES256"}))
        said = f"{head}.{encode(msgspec.json.encode(claims))}"
        r, s = decode_dss_signature(self._key.sign(said.encode(), ec.ECDSA(SHA256())))
        return f"{said}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def new_private_key() -> str:
    """A private key as base64url."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encode(number.to_bytes(32, "big"))


def read_key(connection: Connection, keys: Keys) -> Vapid | None:
    """The server's key, once there is one. Raises Unreadable."""
    private = _private(connection, keys)
    return Vapid(private) if private else None


def make_key(connection: Connection, keys: Keys) -> Vapid:
    """The server's key, made at its first use; of two processes that make one, the first's holds."""
    connection.execute(WRITE, (keys.seal(new_private_key(), CONTEXT), time.time()))
    found = read_key(connection, keys)
    assert found is not None
    return found


def reseal_key(connection: Connection, keys: Keys) -> None:
    """Seal it with the key of now. Raises Unreadable."""
    if private := _private(connection, keys):
        connection.execute(RESEAL, (keys.seal(private, CONTEXT),))


def _private(connection: Connection, keys: Keys) -> str:
    row = connection.row(READ)
    if row is None:
        return ""
    return keys.unseal(bytes(row[0]), CONTEXT) if row[0] else str(row[1])
