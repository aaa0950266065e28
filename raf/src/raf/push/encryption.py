"""The content of a push, readable by its receiver alone: RFC 8291 (`aes128gcm`), and the draft before it (`aesgcm`,
draft-ietf-webpush-encryption-04), which the relays of Mastodon's phone clients still expect."""

from __future__ import annotations

import base64
import binascii
import os
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LARGEST = 3072
"""Bytes of content: services take records of 4096, encrypted."""
RECORD = 4096


class Sealed(NamedTuple):
    """A body and the headers that tell how to open it."""

    body: bytes
    headers: dict[str, str]


def seal(
    content: bytes,
    receiver: bytes,
    secret: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> Sealed:
    """Content for the holder of a key (RFC 8291 §3.4). `sender` and `salt` are made anew unless a test gives them."""
    own = sender or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    shared, mine = _agree(own, receiver)
    material = _derive(secret, shared, b"WebPush: info\0" + receiver + mine, 32)
    key = _derive(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, material, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine
    return Sealed(head + AESGCM(key).encrypt(nonce, content + b"\2", None), {"Content-Encoding": "aes128gcm"})


def seal_as_draft(content: bytes, receiver: bytes, secret: bytes) -> Sealed:
    """The same as the draft has it. `Crypto-Key` here is its part `dh=…`; the signature adds its own."""
    salt = os.urandom(16)
    shared, mine = _agree(ec.generate_private_key(ec.SECP256R1()), receiver)
    material = _derive(secret, shared, b"Content-Encoding: auth\0", 32)
    context = b"P-256\0" + len(receiver).to_bytes(2, "big") + receiver + len(mine).to_bytes(2, "big") + mine
    key = _derive(salt, material, b"Content-Encoding: aesgcm\0" + context, 16)
    nonce = _derive(salt, material, b"Content-Encoding: nonce\0" + context, 12)
    body = AESGCM(key).encrypt(nonce, b"\0\0" + content, None)
    headers = {"Content-Encoding": "aesgcm", "Encryption": f"salt={encode(salt)}", "Crypto-Key": f"dh={encode(mine)}"}
    return Sealed(body, headers)


def check_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a point of the curve and a secret of 16 bytes, as base64."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(p256dh))
        return len(decode(auth)) == 16
    except ValueError:
        return False


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Of base64 in either alphabet, padded or not. Raises ValueError."""
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except binascii.Error as problem:
        raise ValueError(str(problem)) from problem


def _agree(own: ec.EllipticCurvePrivateKey, receiver: bytes) -> tuple[bytes, bytes]:
    """The shared secret, and the own public key as a point."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), receiver)
    return own.exchange(ec.ECDH(), theirs), own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)
