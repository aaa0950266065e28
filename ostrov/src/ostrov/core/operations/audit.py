"""The audit: rows that are only ever added, each carrying the hash of the one before it.

The head row holds the number and hash of the newest entry. It is updated first, which is also the lock: on PostgreSQL another
writer waits for it, on SQLite there is one writer. Editing a row, or taking one from the middle, breaks the chain; taking
rows from the end leaves them behind the head. Whoever can rewrite the whole database can rewrite the chain too, so keep the
head somewhere else now and then and give it to `verify` (`ostrov audit verify --expect 1234:9f2c…`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from ostrov.core.store import Connection, Row

STEPS = (
    "denied", "planned", "requested", "approved", "rejected", "stale", "expired", "queued", "started", "finished", "failed",
    "entered",
)  # fmt: skip
GENESIS = "0" * 64
CHUNK = 1000

ADVANCE = "UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, hash"
INSERT = """
INSERT INTO audit (id, at, step, run, operation, actor, surface, reference, detail, previous, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
HEAD = "UPDATE audit_head SET hash = ? WHERE id = 1"
COLUMNS = "id, at, step, run, operation, actor, surface, reference, detail, previous, hash"
STATE_OF_HEAD = "SELECT sequence, hash, (SELECT max(id) FROM audit) FROM audit_head WHERE id = 1"


class Entry(msgspec.Struct, frozen=True):
    """One step of one call. `detail` has the arguments (masked), the digest, or what went wrong, as JSON types."""

    id: int
    at: float
    step: str
    run: int
    operation: str
    actor: str
    surface: str
    reference: str
    detail: dict[str, Any]
    hash: str


class Verification(msgspec.Struct, frozen=True):
    """`broken` numbers the first entry that cannot be trusted, 0 when all can; `head` is `number:hash` of the newest."""

    entries: int
    head: str
    broken: int = 0
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.broken


def lock(connection: Connection) -> None:
    """Take the head before any other row that an entry will be about: two that take them the other way round would wait for
    each other for ever. SQLite has one writer anyway."""
    if connection.dialect == "postgresql":
        connection.execute("SELECT 1 FROM audit_head WHERE id = 1 FOR UPDATE")


def append(
    connection: Connection,
    step: str,
    *,
    operation: str,
    actor: str,
    surface: str,
    run: int = 0,
    reference: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Add an entry in the caller's transaction; its number."""
    head = connection.row(ADVANCE)
    if head is None:
        raise RuntimeError("the audit has no head row")
    sequence, previous = int(head[0]), str(head[1])
    text = msgspec.json.encode(detail or {}, order="deterministic", enc_hook=str).decode()
    row = (sequence, time.time(), step, run, operation, actor, surface, reference, text, previous)
    fingerprint = _hash(row)
    connection.execute(INSERT, (*row, fingerprint))
    connection.execute(HEAD, (fingerprint,))
    return sequence


def entries(
    connection: Connection, limit: int = 50, before: int = 0, query: str = "", step: str = "", run: int = 0
) -> list[Entry]:
    """Entries newest first, older than entry `before`; `query` is part of an actor's, operation's or step's name.

    `step` and `run`, when given, are what an entry's must be.
    """
    like = "%" + query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = connection.rows(
        f"""
        SELECT {COLUMNS} FROM audit
        WHERE (? = 0 OR id < ?)
          AND (? = '' OR actor LIKE ? ESCAPE '\\' OR operation LIKE ? ESCAPE '\\' OR step LIKE ? ESCAPE '\\')
          AND (? = '' OR step = ?) AND (? = 0 OR run = ?)
        ORDER BY id DESC LIMIT ?
        """,
        (before, before, query, like, like, like, step, step, run, run, limit),
    )
    return [_entry(row) for row in rows]


class Verifier:
    """Walks the chain from its first entry, a chunk at a time, so that a long one does not hold up its reader."""

    def __init__(self, expect: str = "") -> None:
        self.expected_number, self.expected_hash = _head(expect)
        self.last = 0
        self.hash = GENESIS
        self.found: Verification | None = None

    def step(self, connection: Connection) -> bool:
        """Check one chunk; whether there is more to check."""
        rows = connection.rows(f"SELECT {COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?", (self.last, CHUNK))
        for row in rows:
            if reason := self._wrong(row):
                self.found = Verification(self.last, f"{self.last}:{self.hash}", self.last + 1, reason)
                return False
            self.last, self.hash = row[0], row[10]
        if len(rows) == CHUNK:
            return True
        return self._against_head(connection)

    def _wrong(self, row: Row) -> str:
        if row[0] != self.last + 1:
            return f"entry {self.last + 1} is missing"
        if row[9] != self.hash:
            return f"entry {row[0]} does not follow the entry before it"
        if row[10] != _hash(row[:10]):
            return f"entry {row[0]} was changed"
        if row[0] == self.expected_number and not row[10].startswith(self.expected_hash):
            return f"entry {row[0]} is not the one that was expected: the chain was rewritten"
        return ""

    def _against_head(self, connection: Connection) -> bool:
        sequence, fingerprint, newest = connection.row(STATE_OF_HEAD) or (0, "", 0)
        newest = newest or 0
        if sequence > self.last and newest > self.last:
            return True  # entries were added meanwhile
        reason = ""
        if sequence > self.last:
            reason = f"entry {self.last + 1} is missing: the end of the audit was taken away"
        elif sequence < self.last or fingerprint != self.hash:
            reason = "the head does not belong to the newest entry"
        elif self.expected_number > self.last:
            reason = f"entry {self.last + 1} is missing: the expected head is entry {self.expected_number}"
        broken = (
            0 if not reason else self.last + 1 if sequence > self.last or self.expected_number > self.last else self.last or 1
        )
        self.found = Verification(self.last, f"{self.last}:{self.hash}", broken, reason)
        return False


def verify(connection: Connection, expect: str = "") -> Verification:
    """Check the whole chain, and that it holds the head `number:hash` that was noted earlier."""
    verifier = Verifier(expect)
    while verifier.step(connection):
        pass
    assert verifier.found is not None
    return verifier.found


def _hash(row: Row) -> str:
    return hashlib.sha256(msgspec.json.encode(list(row))).hexdigest()


def _head(text: str) -> tuple[int, str]:
    number, _, fingerprint = text.partition(":")
    return (int(number) if number.isdigit() else 0), fingerprint.rstrip("….")


def _entry(row: Row) -> Entry:
    number, at, step, run, operation, actor, surface, reference, detail, _, fingerprint = row
    return Entry(number, at, step, run, operation, actor, surface, reference, msgspec.json.decode(detail), fingerprint)
