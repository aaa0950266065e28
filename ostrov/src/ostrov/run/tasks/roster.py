"""The workers of a project: who is there, with what, and when it was last heard of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.liveness import Identity

ADD = """INSERT INTO task_worker (id, host, boot_id, pid, process_started, started_at, heartbeat_at, queues, slots, threads,
 version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
HEARTBEAT = "UPDATE task_worker SET heartbeat_at = ? WHERE id = ? AND stopped_at IS NULL"
RENEW = "UPDATE task_run SET lease_until = ? WHERE id = ? AND attempt = ? AND worker_id = ? AND state = 'running'"
HOLDS = "SELECT id, attempt, cancel_requested FROM task_run WHERE state = 'running' AND worker_id = ?"
PROGRESS = "UPDATE task_run SET progress = ? WHERE id = ? AND attempt = ? AND worker_id = ? AND state = 'running'"
SLOTS = "UPDATE task_worker SET slots = ? WHERE id = ?"
STOPPED = "UPDATE task_worker SET stopped_at = ? WHERE id = ? AND stopped_at IS NULL"
PRESENT = "SELECT id, host, boot_id, pid, process_started FROM task_worker WHERE stopped_at IS NULL"
FORGET = "DELETE FROM task_worker WHERE stopped_at IS NOT NULL AND stopped_at < ?"


class Holding(NamedTuple):
    """A run as the ledger says this worker has it."""

    id: str
    attempt: int
    cancel_requested: int


def add(
    connection: Connection,
    worker_id: str,
    identity: Identity,
    now: float,
    queues: Sequence[str],
    slots: int,
    threads: int,
    version: str,
) -> None:
    """Enter a worker."""
    text = msgspec.json.encode(list(queues)).decode()
    connection.execute(ADD, (worker_id, *identity, now, now, text, slots, threads, version))


def heartbeat(connection: Connection, worker_id: str, now: float, held: Sequence[tuple[str, int]], lease_until: float) -> bool:
    """Say that the worker lives and renew the leases of its runs. False when it was declared dead meanwhile."""
    if held:
        connection.many(RENEW, [(lease_until, run_id, attempt, worker_id) for run_id, attempt in held])
    return connection.execute(HEARTBEAT, (now, worker_id)) == 1


def holds(connection: Connection, worker_id: str) -> list[Holding]:
    """The runs that the ledger says a worker has."""
    return [Holding._make(row) for row in connection.rows(HOLDS, (worker_id,))]


def stopped(connection: Connection, worker_id: str, now: float) -> None:
    """A worker has put its work down."""
    connection.execute(STOPPED, (now, worker_id))


def present(connection: Connection) -> dict[str, Identity]:
    """The workers that have not stopped in order."""
    return {row[0]: Identity._make(row[1:]) for row in connection.rows(PRESENT)}


def software() -> str:
    """The version of Ostrov that this worker is; empty when it is not installed as a package."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ostrov")
    except PackageNotFoundError:
        return ""
