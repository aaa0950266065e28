"""The runs of operations: what was asked, what was planned, who approved it, and what it came to."""

from __future__ import annotations

import functools
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ostrov.core.errors import Conflict
from ostrov.core.operations import audit
from ostrov.core.operations.actor import Actor
from ostrov.core.store import Connection, Row

KEPT = 64 * 1024
"""Characters of a result that are kept; a longer one is kept as its beginning."""
OVER = ("finished", "failed", "rejected", "stale", "expired", "planned")
COLUMNS = """id, operation, arguments, sealed, actor, scope, surface, reference, state, plan, digest, need, result, error,
             created_at, expires_at, started_at, finished_at"""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `operation_run`. `arguments` are masked, `sealed` are the secret ones, encrypted."""

    id: int
    operation: str
    arguments: dict[str, Any]
    sealed: bytes | None
    actor: str
    scope: str
    surface: str
    reference: str
    state: str
    plan: Any
    digest: str
    need: int
    result: Any
    error: str
    created_at: float
    expires_at: float
    started_at: float
    finished_at: float
    approvers: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """Approvals still needed."""
        return max(0, self.need - len(self.approvers))


def create(
    connection: Connection,
    *,
    operation: str,
    arguments: dict[str, Any],
    actor: Actor,
    surface: str,
    reference: str,
    state: str,
    plan: Any,
    digest: str,
    need: int = 0,
    sealed: bytes | None = None,
    lifetime: float = 0.0,
) -> int:
    """Record a call with its first audit entry; the run's number."""
    audit.lock(connection)
    tidy(connection)
    now = time.time()
    running = state == "running"
    run = connection.value(
        """
        INSERT INTO operation_run (operation, arguments, sealed, actor, scope, surface, reference, state, plan, digest, need,
                                   created_at, expires_at, started_at, host, process)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
        """,
        (
            operation,
            _json(arguments),
            sealed,
            actor.name,
            " ".join(sorted(actor.scope or ())),
            surface,
            reference,
            state,
            _json(plan),
            digest,
            need,
            now,
            now + lifetime if lifetime else 0.0,
            now if running else 0.0,
            *(here() if running else ("", "")),
        ),
    )
    step = {"running": "started", "pending": "requested"}.get(state, state)
    detail = {"arguments": arguments, "digest": digest}
    audit.append(
        connection, step, run=run, operation=operation, actor=actor.name, surface=surface, reference=reference, detail=detail
    )
    return int(run)


def move(
    connection: Connection,
    run: Run,
    state: str,
    *,
    actor: str,
    surface: str,
    came_from: Sequence[str],
    step: str = "",
    detail: dict[str, Any] | None = None,
    result: Any = None,
    error: str = "",
) -> bool:
    """Change a run's state, if it is still in one of `came_from`, with the audit entry that says so; whether it was."""
    audit.lock(connection)
    now = time.time()
    over = state in OVER
    marks = ", ".join("?" * len(came_from))
    host, process = here() if state == "running" else ("", "")
    moved = connection.execute(
        f"""
        UPDATE operation_run SET state = ?, result = ?, error = ?, host = ?, process = ?,
               sealed = CASE WHEN ? = 1 THEN NULL ELSE sealed END,
               started_at = CASE WHEN ? = 1 THEN ? ELSE started_at END,
               finished_at = CASE WHEN ? = 1 THEN ? ELSE finished_at END
        WHERE id = ? AND state IN ({marks})
        """,
        (
            state,
            _kept(result),
            error,
            host,
            process,
            int(over),
            int(state == "running"),
            now,
            int(over),
            now,
            run.id,
            *came_from,
        ),
    )
    if moved:
        audit.append(
            connection,
            step or state,
            run=run.id,
            operation=run.operation,
            actor=actor,
            surface=surface,
            reference=run.reference,
            detail=detail or ({"error": error} if error else {}),
        )
    return bool(moved)


def approve(connection: Connection, run: Run, actor: str, surface: str) -> int:
    """Add one person's approval, with the run's row locked; how many are still missing.

    Raises Conflict when the run waits no more, and when this person has approved it before.
    """
    audit.lock(connection)
    if not connection.execute("UPDATE operation_run SET state = state WHERE id = ? AND state = 'pending'", (run.id,)):
        raise Conflict(f"run {run.id} waits for no approval any more")
    added = connection.execute(
        "INSERT INTO operation_approval (run, actor, surface, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (run.id, actor, surface, time.time()),
    )
    if not added:
        raise Conflict(f"run {run.id}: you have approved it already", tip="it needs somebody else")
    audit.append(
        connection,
        "approved",
        run=run.id,
        operation=run.operation,
        actor=actor,
        surface=surface,
        reference=run.reference,
        detail={"digest": run.digest},
    )
    given = connection.value("SELECT count(*) FROM operation_approval WHERE run = ?", (run.id,))
    return max(0, run.need - int(given))


def find(connection: Connection, number: int) -> Run | None:
    """The run of a number."""
    row = connection.row(f"SELECT {COLUMNS} FROM operation_run WHERE id = ?", (number,))
    return None if row is None else _runs(connection, [row])[0]


def pending(connection: Connection) -> list[Run]:
    """Runs that wait for an approval and have not expired, oldest first."""
    return _runs(
        connection,
        connection.rows(
            f"SELECT {COLUMNS} FROM operation_run WHERE state = 'pending' AND expires_at > ? ORDER BY id", (time.time(),)
        ),
    )


def recent(connection: Connection, limit: int = 50, before: int = 0) -> list[Run]:
    """Runs newest first, older than the run numbered `before`."""
    return _runs(
        connection,
        connection.rows(
            f"SELECT {COLUMNS} FROM operation_run WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?", (before, before, limit)
        ),
    )


def tidy(connection: Connection) -> None:
    """Close what nobody will close: requests that expired, and runs whose process has died."""
    now = time.time()
    expired = connection.rows(
        f"SELECT {COLUMNS} FROM operation_run WHERE state = 'pending' AND expires_at <= ? ORDER BY id LIMIT 100", (now,)
    )
    for run in _runs(connection, expired):
        move(connection, run, "expired", actor=run.actor, surface=run.surface, came_from=("pending",))
    host, _ = here()
    started = connection.rows(
        f"SELECT {COLUMNS}, process FROM operation_run WHERE state = 'running' AND host = ? ORDER BY id LIMIT 100", (host,)
    )
    for row in started:
        if not _alive(row[-1]):
            run = _runs(connection, [row[:-1]])[0]
            error = "the process that ran it ended before it did"
            move(connection, run, "failed", actor=run.actor, surface=run.surface, came_from=("running",), error=error)


@functools.cache
def here() -> tuple[str, str]:
    """This machine and this process: `boot:pid:start`, which no later process can have."""
    return socket.gethostname(), f"{_boot()}:{os.getpid()}:{_started(os.getpid())}"


os.register_at_fork(after_in_child=here.cache_clear)


def _alive(process: str) -> bool:
    boot, _, rest = process.partition(":")
    pid, _, started = rest.partition(":")
    return boot == _boot() and pid.isdigit() and started == _started(int(pid))


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """The start time of a process in clock ticks since boot, field 22 of /proc/PID/stat (proc(5)); "" when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def _json(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()


def _kept(result: Any) -> str:
    text = _json(result)
    return text if len(text) <= KEPT else _json(text[:KEPT] + "…")


def _runs(connection: Connection, rows: list[Row]) -> list[Run]:
    runs = []
    for row in rows:
        people = connection.rows("SELECT actor FROM operation_approval WHERE run = ? ORDER BY at, actor", (row[0],))
        runs.append(_run(row, tuple(name for (name,) in people)))
    return runs


def _run(row: Row, approvers: tuple[str, ...]) -> Run:
    arguments, plan, result = (msgspec.json.decode(row[index] or "null") for index in (2, 9, 12))
    return Run(
        id=row[0],
        operation=row[1],
        arguments=arguments,
        sealed=None if row[3] is None else bytes(row[3]),
        actor=row[4],
        scope=row[5],
        surface=row[6],
        reference=row[7],
        state=row[8],
        plan=plan,
        digest=row[10],
        need=row[11],
        result=result,
        error=row[13],
        created_at=row[14],
        expires_at=row[15],
        started_at=row[16],
        finished_at=row[17],
        approvers=approvers,
    )
