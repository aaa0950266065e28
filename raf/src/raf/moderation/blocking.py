"""Whom the house does not let in: servers, e-mail domains, network addresses, single e-mail addresses. Plain tables.

Other servers are not talked to yet but for previews of links, which leave blocked ones out (`raf.moderation.servers`); what
else is decided about them is kept for when they are.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import Any, NamedTuple

import msgspec

from ostrov import Connection
from raf.errors import Invalid, Missing
from raf.journal import Journal
from raf.moderation import audit, shapes
from raf.moderation.judging import canonical, permitted
from raf.paging import Paging, newest_first
from raf.times import iso

SEVERITIES = ("silence", "suspend", "noop")
IP_SEVERITIES = ("sign_up_requires_approval", "sign_up_block", "no_access")
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
SHA256 = re.compile(r"[0-9a-f]{64}")


class Kind(NamedTuple):
    """One table of blocks: its columns, what a moderator needs to change it, and its name in the audit."""

    table: str
    key: str
    columns: str
    permission: str
    name: str


DOMAIN = Kind(
    "domain_block",
    "domain",
    "id, domain, created_at, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate",
    "manage_federation",
    "domain",
)
ALLOW = Kind("domain_allow", "domain", "id, domain, created_at", "manage_federation", "allowed domain")
EMAIL = Kind("email_domain_block", "domain", "id, domain, created_at, allow_with_approval", "manage_blocks", "e-mail domain")
IP = Kind("ip_block", "ip", "id, ip, severity, comment, created_at, expires_at", "manage_blocks", "network address")
CANONICAL = Kind("canonical_email_block", "hash", "id, hash", "manage_blocks", "e-mail address")
KINDS = {kind.table: kind for kind in (DOMAIN, ALLOW, EMAIL, IP, CANONICAL)}


class DomainForm(msgspec.Struct):
    """A block of a server."""

    domain: str = ""
    severity: str | None = None
    reject_media: bool | None = None
    reject_reports: bool | None = None
    obfuscate: bool | None = None
    private_comment: str | None = None
    public_comment: str | None = None


class IpForm(msgspec.Struct):
    """A block of an address or network; `expires_in` in seconds."""

    ip: str | None = None
    severity: str | None = None
    comment: str | None = None
    expires_in: int | None = None


def page(connection: Connection, kind: Kind, paging: Paging) -> list[Any]:
    """Rows of a kind with its columns, the latest first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Any]:
        sql = f"SELECT {kind.columns} FROM {kind.table} WHERE id < ? AND id > ? ORDER BY id {direction} LIMIT ?"
        return connection.rows(sql, bounds)

    return newest_first(paging, select)


def one(connection: Connection, kind: Kind, identity: int) -> Any:
    """Raises Missing."""
    row = connection.row(f"SELECT {kind.columns} FROM {kind.table} WHERE id = ?", (identity,))
    if row is None:
        raise Missing
    return row


def remove(connection: Connection, journal: Journal, actor_id: int, kind: Kind, identity: int) -> None:
    """Raises Forbidden, Missing."""
    now = journal.begin(connection)
    permitted(connection, actor_id, kind.permission)
    row = one(connection, kind, identity)
    connection.execute(f"DELETE FROM {kind.table} WHERE id = ?", (identity,))
    audit.record(connection, journal.ids.next(now), now, actor_id, "unblock", kind.name, str(row[1]))


def block_domain(connection: Connection, journal: Journal, actor_id: int, said: DomainForm, identity: int = 0) -> int:
    """Block a server, or change a block; its id. Raises Forbidden, Missing, Invalid."""
    now, before = _begin(connection, journal, actor_id, DOMAIN, identity)
    domain = before[1] if before else normal_domain(said.domain)
    severity = said.severity or (before[3] if before else "silence")
    if severity not in SEVERITIES:
        raise Invalid({"severity": [("ERR_INCLUSION", "is not included in the list")]})
    values = (
        severity,
        *(_flag(said.reject_media, before, 4), _flag(said.reject_reports, before, 5), _flag(said.obfuscate, before, 8)),
        said.private_comment if said.private_comment is not None else before and before[6],
        said.public_comment if said.public_comment is not None else before and before[7],
    )
    columns = ("severity", "reject_media", "reject_reports", "obfuscate", "private_comment", "public_comment")
    return _put(connection, journal, now, actor_id, DOMAIN, identity, domain, columns, values)


def allow_domain(connection: Connection, journal: Journal, actor_id: int, domain: str) -> int:
    """Allow a server; its id, that of the row there was too. Raises Forbidden, Invalid."""
    now, _ = _begin(connection, journal, actor_id, ALLOW, 0)
    domain = normal_domain(domain)
    there = connection.value("SELECT id FROM domain_allow WHERE domain = ?", (domain,))
    return there or _put(connection, journal, now, actor_id, ALLOW, 0, domain, (), ())


def block_email_domain(connection: Connection, journal: Journal, actor_id: int, domain: str, with_approval: bool) -> int:
    """Refuse sign-ups from an e-mail domain and what is below it, or hold them. Raises Forbidden, Invalid."""
    now, _ = _begin(connection, journal, actor_id, EMAIL, 0)
    domain = normal_domain(domain.strip().removeprefix("@"))
    return _put(connection, journal, now, actor_id, EMAIL, 0, domain, ("allow_with_approval",), (int(with_approval),))


def block_ip(connection: Connection, journal: Journal, actor_id: int, said: IpForm, identity: int = 0) -> int:
    """Restrict an address or a network, or change that. Raises Forbidden, Missing, Invalid."""
    now, before = _begin(connection, journal, actor_id, IP, identity)
    network = before[1] if before and said.ip is None else _network(said.ip or "")
    severity = said.severity or (before[2] if before else "")
    if severity not in IP_SEVERITIES:
        raise Invalid({"severity": [("ERR_INCLUSION", "is not included in the list")]})
    expires_at = before[5] if before else None
    if said.expires_in is not None:
        expires_at = now + said.expires_in if said.expires_in > 0 else None
    comment = said.comment if said.comment is not None else (before[3] if before else "")
    columns = ("severity", "comment", "expires_at")
    return _put(connection, journal, now, actor_id, IP, identity, network, columns, (severity, comment, expires_at))


def block_email(connection: Connection, journal: Journal, actor_id: int, email: str, digest: str) -> int:
    """Refuse one address, however it is spelled; by itself or by its digest. Raises Forbidden, Invalid."""
    now, _ = _begin(connection, journal, actor_id, CANONICAL, 0)
    value = canonical(email) if email else digest.lower()
    if not SHA256.fullmatch(value) or (email and value == hashlib.sha256(b"@").hexdigest()):
        raise Invalid({"canonical_email_hash": [("ERR_BLANK", "can't be blank")]})
    return _put(connection, journal, now, actor_id, CANONICAL, 0, value, (), ())


def blocked_emails(connection: Connection, email: str) -> list[Any]:
    """The rows that block an address."""
    return connection.rows(f"SELECT {CANONICAL.columns} FROM {CANONICAL.table} WHERE hash = ?", (canonical(email),))


def entity(kind: Kind, row: Any) -> msgspec.Struct:
    """A row as the API writes it."""
    identity = str(row[0])
    if kind is DOMAIN:
        return shapes.DomainBlock(
            id=identity,
            domain=row[1],
            digest=hashlib.sha256(row[1].encode()).hexdigest(),
            created_at=iso(row[2]),
            severity=row[3],
            reject_media=bool(row[4]),
            reject_reports=bool(row[5]),
            private_comment=row[6],
            public_comment=row[7],
            obfuscate=bool(row[8]),
        )
    if kind is ALLOW:
        return shapes.DomainAllow(id=identity, domain=row[1], created_at=iso(row[2]))
    if kind is EMAIL:
        return shapes.EmailDomainBlock(id=identity, domain=row[1], created_at=iso(row[2]), allow_with_approval=bool(row[3]))
    if kind is IP:
        expires_at = None if row[5] is None else iso(row[5])
        return shapes.IpBlock(
            id=identity, ip=row[1], severity=row[2], comment=row[3], created_at=iso(row[4]), expires_at=expires_at
        )
    return shapes.CanonicalEmailBlock(id=identity, canonical_email_hash=row[1])


def _begin(connection: Connection, journal: Journal, actor_id: int, kind: Kind, identity: int) -> tuple[float, Any]:
    now = journal.begin(connection)
    permitted(connection, actor_id, kind.permission)
    return now, one(connection, kind, identity) if identity else None


def _put(
    connection: Connection,
    journal: Journal,
    now: float,
    actor_id: int,
    kind: Kind,
    identity: int,
    key: str,
    columns: tuple[str, ...],
    values: tuple[Any, ...],
) -> int:
    """Write a row and its audit. `columns` are names of ours. Raises Invalid when the key has a row already."""
    taken = connection.value(f"SELECT id FROM {kind.table} WHERE {kind.key} = ?", (key,))
    if taken is not None and taken != identity:
        raise Invalid({kind.key: [("ERR_TAKEN", "has already been taken")]})
    if identity:
        sets = ", ".join(f"{column} = ?" for column in (kind.key, *columns))
        connection.execute(f"UPDATE {kind.table} SET {sets} WHERE id = ?", (key, *values, identity))
    else:
        identity = journal.ids.next(now)
        names = ("id", "created_at", kind.key, *columns)
        sql = f"INSERT INTO {kind.table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        connection.execute(sql, (identity, now, key, *values))
    words = " ".join(str(value) for value in values[:1])
    audit.record(connection, journal.ids.next(now), now, actor_id, "block", kind.name, key, words)
    return identity


def _flag(said: bool | None, before: Any, column: int) -> int:
    return int(said) if said is not None else int(before[column]) if before else 0


def normal_domain(text: str) -> str:
    """A host name in lower case and ASCII. Raises Invalid."""
    text = text.strip().rstrip("/").removeprefix("https://").removeprefix("http://").lower()
    try:
        domain = text.encode("idna").decode()
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    if not domain or len(domain) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise Invalid({"domain": [("ERR_INVALID", "is not a valid domain name")]})
    return domain


def _network(text: str) -> str:
    """An address or a network with its prefix. Raises Invalid."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise Invalid({"ip": [("ERR_INVALID", "is not a network address")]}) from None
    return str(network)


def published(connection: Connection) -> list[dict[str, str | None]]:
    """The servers that are limited or suspended, hidden names with stars, as everybody may see them."""
    sql = f"SELECT {DOMAIN.columns} FROM domain_block WHERE severity <> 'noop' ORDER BY domain"
    return [
        {
            "domain": _starred(row[1]) if row[8] else row[1],
            "digest": hashlib.sha256(row[1].encode()).hexdigest(),
            "severity": row[3],
            "comment": row[7] or "",
        }
        for row in connection.rows(sql)
    ]


def _starred(domain: str) -> str:
    """A name of which the middle is not shown (app/models/domain_block.rb, obfuscated_domain)."""
    visible = len(domain) // 4
    return "".join(
        "*" if visible <= at < len(domain) - visible and letter != "." else letter for at, letter in enumerate(domain)
    )
