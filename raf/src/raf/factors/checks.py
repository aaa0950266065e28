"""What `ostrov doctor` asks about what is sealed."""

from __future__ import annotations

from typing import Final

from ostrov import Connection, Finding, Ostrov
from raf.factors import authenticator
from raf.identity.keys import Unreadable, open_keys

UNGUARDED: Final = """
SELECT a.username FROM account a WHERE a.role <> '' AND a.suspended = 0
AND NOT EXISTS (SELECT 1 FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM passkey p WHERE p.account_id = a.id) ORDER BY a.username LIMIT 20"""


def staff(application: Ostrov) -> Finding:
    """Whether everybody who moderates is asked for more than a password (OWASP ASVS 4.3.1)."""
    found = application.store.read_sync(lambda connection: connection.rows(UNGUARDED))
    if not found:
        return Finding("ok", "whoever moderates has an authenticator or a passkey")
    names = ", ".join(f"@{name}" for (name,) in found)
    return Finding(
        "warning",
        f"a password alone opens accounts that moderate: {names}",
        tip="ask them to set up an authenticator or a passkey under Settings → Security",
    )


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
