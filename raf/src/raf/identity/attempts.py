"""How often somebody may try: log-ins by account and by address, sign-ups by address.

Kept in the table `login_attempt`, so that it holds over all processes and restarts. A try is counted before it is made, so a
thousand at once are a thousand; a success forgives.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ostrov import Connection


@dataclass(frozen=True)
class Rule:
    """`free` tries, then the wait before the next one doubles from `first` to `longest` seconds.

    After `forget` seconds without a try the count starts anew.
    """

    name: str
    free: int
    first: float = 1.0
    longest: float = 300.0
    forget: float = 1800.0

    def delay(self, tries: int) -> float:
        """Seconds to wait after so many tries."""
        over = tries - self.free
        return 0.0 if over < 0 else min(self.longest, self.first * 2.0 ** min(over, 40))


TAKE = """
INSERT INTO login_attempt (key, tries, last_at, blocked_until) VALUES (?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET tries = excluded.tries, last_at = excluded.last_at, blocked_until = excluded.blocked_until
"""


def take(connection: Connection, rule: Rule, subject: str, now: float) -> float:
    """Count one try of a subject. 0, or the seconds still to wait: then the try must not be made, and was not counted."""
    key = _key(rule, subject)
    locked = " FOR UPDATE" if connection.dialect == "postgresql" else ""
    found = connection.row(f"SELECT tries, last_at, blocked_until FROM login_attempt WHERE key = ?{locked}", (key,))
    tries = 0
    if found is not None:
        tries, last_at, blocked_until = found
        if blocked_until > now:
            return float(blocked_until - now)
        if now - last_at > rule.forget:
            tries = 0
    tries += 1
    connection.execute(TAKE, (key, tries, now, now + rule.delay(tries)))
    return 0.0


def forgive(connection: Connection, rule: Rule, subject: str) -> None:
    """Forget the tries of a subject: it proved who it is."""
    connection.execute("DELETE FROM login_attempt WHERE key = ?", (_key(rule, subject),))


def refund(connection: Connection, rule: Rule, subject: str) -> None:
    """Take one try back: it was a good one. The others stay, or whoever has an account could guess at all others for ever."""
    connection.execute(
        "UPDATE login_attempt SET tries = tries - 1, blocked_until = last_at WHERE key = ? AND tries > 0",
        (_key(rule, subject),),
    )


def prune_attempts(connection: Connection, before: float) -> int:
    """Delete what nobody has tried since; the number of rows."""
    return connection.execute("DELETE FROM login_attempt WHERE last_at < ? AND blocked_until < ?", (before, before))


def subject_of_address(address: str) -> str:
    """The network an address belongs to: itself, or the /64 of an IPv6 address (one customer has all of it)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address or "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _key(rule: Rule, subject: str) -> str:
    return f"{rule.name}:{subject}"[:300]
