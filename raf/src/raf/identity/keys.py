"""The key under which lie the secrets that must be read again: those of authenticators and the one that signs pushes.

It is a file beside the data (`raf.identity.key_file`) and never in the database, so a stolen dump opens nothing. Each secret is
sealed for its owner's row (`context`): one that is copied into another row does not open there. What only has to be recognised
(tokens, codes, sessions) is not sealed but kept as a digest (`raf.identity.secrets`).
"""

from __future__ import annotations

import os
from pathlib import Path

from ostrov import Ostrov, OstrovError, Seal
from raf.errors import RafError

OLD = ".old"
"""The ending of the key before: a process that had not noticed the change yet may have sealed something with it."""


class Unreadable(RafError):
    """The key is another one than what it should open was sealed with."""

    status = 503

    def __init__(self, path: Path) -> None:
        super().__init__(
            "A secret cannot be opened",
            cause=f"the key in {path} is not the one it was sealed with",
            tip="restore it from a backup; until then recovery codes, passkeys and `ostrov raf unguard NAME` let people in",
        )


class Keys:
    """Seals and opens. A part: `application.part(open_keys)`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.old = path.with_name(path.name + OLD)
        self._seal = Seal(path)

    def seal(self, secret: str, context: str) -> bytes:
        """Encrypt a secret for its place."""
        return self._seal.close_up(secret.encode(), context)

    def unseal(self, sealed: bytes, context: str) -> str:
        """What was sealed, with this key or the one before. Raises Unreadable."""
        try:
            return self._seal.open_up(sealed, context).decode()
        except OstrovError:
            self._seal = Seal(self.path)  # another process may have changed it
        for path in (self.path, self.old):
            if path.exists():
                try:
                    return Seal(path).open_up(sealed, context).decode()
                except OstrovError:
                    continue
        raise Unreadable(self.path)

    def change(self) -> None:
        """Put a new key in place; the one of now becomes the old one, and what only the old one opened is lost.

        So whoever calls this has sealed everything with the key of now before, and seals it anew afterwards.
        """
        self._seal.fingerprint(b"")  # there is a key
        fresh = self.path.with_name(f"{self.path.name}.{os.urandom(4).hex()}")
        Seal(fresh).fingerprint(b"")
        kept = fresh.with_name(fresh.name + OLD)
        os.link(self.path, kept)
        os.replace(kept, self.old)
        os.replace(fresh, self.path)
        self._seal = Seal(self.path)


def open_keys(application: Ostrov) -> Keys:
    """The keys of an application."""
    return Keys(application.data_dir / application.settings.raf.identity.key_file)
