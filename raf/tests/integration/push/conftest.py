"""A push service of the tests' own: it holds a receiver's keys, opens what is sent to it and checks who signed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from raf.push.encryption import decode, encode

OPEN = ["raf.push.private_addresses=true"]


def derive(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)


class PushService:
    """Speaks HTTP at a port of its own. `status` is what it answers with; `got` are (headers, opened content)."""

    def __init__(self) -> None:
        self.status = 201
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.url = ""
        self.signers: set[str] = set()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._secret = b"sixteen bytes ok"
        self.keys = {"p256dh": encode(self._point), "auth": encode(self._secret)}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if self.status < 300:
            self.check_signature(headers)
            self.got.append((headers, msgspec.json.decode(self.opened(headers, body))))
        writer.write(f"HTTP/1.1 {self.status} Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def opened(self, headers: dict[str, str], body: bytes) -> bytes:
        """What a push says, as the receiver reads it: RFC 8291 §3.4, or the draft."""
        if headers["content-encoding"] == "aes128gcm":
            salt, sender, sealed = body[:16], body[21 : 21 + body[20]], body[21 + body[20] :]
            material = derive(self._secret, self._shared(sender), b"WebPush: info\0" + self._point + sender, 32)
            key = derive(salt, material, b"Content-Encoding: aes128gcm\0", 16)
            nonce = derive(salt, material, b"Content-Encoding: nonce\0", 12)
            return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")[:-1]
        salt = decode(headers["encryption"].removeprefix("salt="))
        sender = decode(headers["crypto-key"].partition("dh=")[2].partition(";")[0])
        material = derive(self._secret, self._shared(sender), b"Content-Encoding: auth\0", 32)
        context = b"P-256\0\0\x41" + self._point + b"\0\x41" + sender
        key = derive(salt, material, b"Content-Encoding: aesgcm\0" + context, 16)
        nonce = derive(salt, material, b"Content-Encoding: nonce\0" + context, 12)
        return AESGCM(key).decrypt(nonce, body, None)[2:]

    def check_signature(self, headers: dict[str, str]) -> None:
        said = headers["authorization"]
        if said.startswith("vapid "):
            token, _, public = said.removeprefix("vapid t=").partition(", k=")
        else:
            token, public = said.removeprefix("WebPush "), headers["crypto-key"].partition("p256ecdsa=")[2]
        head, claims, signature = token.split(".")
        assert msgspec.json.decode(decode(claims))["aud"] == self.url
        raw = decode(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public))
        key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        self.signers.add(public)

    def _shared(self, sender: bytes) -> bytes:
        return self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()


@pytest.fixture
def open_push_service():  # type: ignore[no-untyped-def]
    """`async with open_push_service() as service:`."""
    return push_service
