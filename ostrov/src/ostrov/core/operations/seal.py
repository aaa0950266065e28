"""Secret arguments while they wait: encrypted with a key that lies beside the data and never in the database.

ChaCha20-Poly1305 (RFC 8439). The run's operation is bound in as associated data, so a sealed value cannot be moved to
another one. `cryptography` is loaded at the first secret only.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from ostrov.core.errors import OstrovError

SIZE = 32
NONCE = 12


class Seal:
    """Seals and opens bytes with the key in `path`, which is made at the first use with mode 0600."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key = b""

    def close_up(self, plain: bytes, context: str) -> bytes:
        """Encrypt."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = os.urandom(NONCE)
        return nonce + ChaCha20Poly1305(self._secret()).encrypt(nonce, plain, context.encode())

    def open_up(self, sealed: bytes, context: str) -> bytes:
        """Decrypt. Raises OstrovError when the key is another one or the bytes were changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        try:
            return ChaCha20Poly1305(self._secret()).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
        except (InvalidTag, ValueError) as problem:
            raise OstrovError(
                "a sealed secret cannot be opened",
                cause=f"the key in {self.path} is not the one it was sealed with, or the row was changed",
                tip="reject the run and ask again",
            ) from problem

    def fingerprint(self, plain: bytes) -> str:
        """A keyed digest: tells whether two secrets are equal to whoever holds the key, and nothing to anybody else."""
        return hmac.new(self._secret(), b"fingerprint\0" + plain, hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        if not self._key:
            self._key = read_key(self.path)
        return self._key


def read_key(path: Path) -> bytes:
    """The key in a file; a new one when there is no file. Raises OstrovError when the file holds no key."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        _create(path)
        key = path.read_bytes()
    except OSError as problem:
        raise OstrovError(f"the key {path} cannot be read", cause=str(problem)) from problem
    if len(key) != SIZE:
        raise OstrovError(
            f"the key {path} is damaged",
            cause=f"it has {len(key)} bytes, not {SIZE}",
            tip="restore it from a backup; without it only secrets of waiting runs are lost, so it may also be deleted",
        )
    return key


def _create(path: Path) -> None:
    """Whole or not at all, and by whoever comes first: processes that start together agree on one key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, os.urandom(SIZE))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(fresh)
