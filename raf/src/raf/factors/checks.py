"""What `ostrov doctor` asks about what is sealed."""

from __future__ import annotations

from ostrov import Connection, Finding, Ostrov
from raf.factors import authenticator
from raf.identity.keys import Unreadable, open_keys


def keys(application: Ostrov) -> Finding:
    """Whether the key opens what was sealed."""
    held = application.part(open_keys)

    def read(connection: Connection) -> Finding:
        rows = connection.rows(authenticator.SOME, (0, 100))
        try:
            for account_id, sealed, _ in rows:
                if sealed:
                    held.unseal(bytes(sealed), authenticator.context(account_id))
        except Unreadable as problem:
            return Finding("failure", f"{problem.error}: {problem.cause}", tip=problem.tip)
        return Finding("ok", "the secrets of authenticators open with their key" if rows else "no authenticator is in use yet")

    return application.store.read_sync(read)
