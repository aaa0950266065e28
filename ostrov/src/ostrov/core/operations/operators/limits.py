"""Failed log-ins slow the next ones down, by name and by address, in a table: every process and restart sees the same.

An attempt is counted as failed before the password is looked at, so a thousand guesses at once count as a thousand.
"""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address

from ostrov.core.errors import TooManyAttempts
from ostrov.core.operations.operators.accounts import NAME
from ostrov.core.store import Connection

FREE_BY_NAME = 4
FREE_BY_ADDRESS = 12
"""Failures before waiting begins. Many people may share one address."""
LONGEST = 15 * 60.0
FORGOTTEN = 6 * 3600.0
"""Seconds after the last failure when all are forgiven."""

COUNT = """
INSERT INTO operator_failure (key, failures, last_at) VALUES (?, 1, ?)
ON CONFLICT (key) DO UPDATE SET failures = operator_failure.failures + 1, last_at = excluded.last_at
RETURNING failures
"""


def keys_of(name: str, address: str) -> list[tuple[str, int]]:
    """What an attempt is counted under, with how many failures are free. An IPv6 neighbour shares a /64."""
    name = name.lower()
    keys = [(f"name:{name if NAME.fullmatch(name) else '?'}", FREE_BY_NAME)]  # whatever is no name is one name
    if address:
        keys.append((f"address:{_neighbourhood(address)}", FREE_BY_ADDRESS))
    return keys


def begin_attempt(connection: Connection, name: str, address: str) -> None:
    """Count an attempt. Raises TooManyAttempts, with the seconds to wait, while earlier failures weigh."""
    now = time.time()
    connection.execute("DELETE FROM operator_failure WHERE last_at < ?", (now - FORGOTTEN,))
    for key, free in keys_of(name, address):
        if connection.dialect == "postgresql":
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(?))", (key,))
        row = connection.row("SELECT failures, last_at FROM operator_failure WHERE key = ?", (key,))
        wait = 0.0 if row is None else row[1] + delay(row[0], free) - now
        if wait > 0:
            raise TooManyAttempts("too many failed log-ins", wait=wait)
    for key, _ in keys_of(name, address):
        connection.value(COUNT, (key, now))


def forgive_attempt(connection: Connection, name: str, address: str) -> None:
    """Take back what `begin_attempt` counted, after a right password: all of the name's, this one of the address's."""
    for key, _ in keys_of(name, ""):
        connection.execute("DELETE FROM operator_failure WHERE key = ?", (key,))
    for key, _ in keys_of(name, address)[1:]:
        connection.execute("UPDATE operator_failure SET failures = failures - 1 WHERE key = ? AND failures > 0", (key,))


def delay(failures: int, free: int) -> float:
    """Seconds to wait after so many failures: none, then 2, 4, 8… up to a quarter of an hour."""
    return 0.0 if failures < free else min(LONGEST, 2.0 ** min(failures - free + 1, 20))


def _neighbourhood(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64)) + "/64"
    return str(found)
