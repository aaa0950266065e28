"""What core asks of the database, and of what it keeps in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ostrov.core.component import Finding
from ostrov.core.errors import OstrovError
from ostrov.core.store import Connection
from ostrov.core.supervisor.lock import holder

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

SKEW = 5.0
"""Seconds a database's clock may differ from this machine's."""


def reachable(application: Ostrov) -> Finding:
    """It answers."""
    store = application.store
    if _absent(application):
        if holder(application.run_dir) is not None:
            return Finding(
                "failure", f"the project is up, and {store.path} is gone", "put the same file back, or restore a backup"
            )
        return Finding("ok", f"{store.path} is made by the first ostrov up")
    if store.dialect == "sqlite":
        version = store.read_sync(_value, "SELECT sqlite_version()")
        size = store.path.stat().st_size / (1 << 20)
        return Finding("ok", f"SQLite {version}, {store.path}, {size:.1f} MB")
    version = store.read_sync(_value, "SHOW server_version")
    return Finding("ok", f"PostgreSQL {version} answers")


def tables(application: Ostrov) -> Finding:
    """They are of this version of the software."""
    from ostrov.core.store.migrations import pending

    behind = [] if _absent(application) else pending(application)
    if not behind:
        return Finding("ok", "the tables of every component are at this version")
    steps = ", ".join(f"{step.component} {step.have or 'new'} → {step.want}" for step in behind)
    if application.settings.db.migrate == "auto":
        return Finding("warning", f"tables are behind: {steps}", "the next ostrov up brings them to this version")
    return Finding("failure", f"tables are behind: {steps}", "make a backup, then start once with db.migrate=auto")


def integrity(application: Ostrov) -> list[Finding]:
    """What is written is whole, and stays."""
    return [Finding("ok", "nothing is written yet")] if _absent(application) else application.store.read_sync(_integrity)


def clock(application: Ostrov) -> Finding:
    """It is not behind what it has already written down."""
    now = time.time()
    if application.store.dialect == "postgresql":
        skew = float(application.store.read_sync(_value, "SELECT extract(epoch FROM clock_timestamp())")) - now
        if abs(skew) > SKEW:
            return Finding("warning", f"the database's clock differs by {skew:+.1f} s", "run a time service on both machines")
    newest = application.store.read_sync(_value, "SELECT max(at) FROM audit") if _has_audit(application) else None
    if newest and newest > now + SKEW:
        return Finding(
            "failure", f"the clock is {newest - now:.0f} s behind the newest audit entry", "set the clock; run a time service"
        )
    return Finding("ok", "the clock goes forward")


async def audit(application: Ostrov) -> Finding:
    """Nobody has changed it."""
    from ostrov.core.operations.operations import open_operations

    if not _has_audit(application):
        return Finding("ok", "nothing is written yet")
    found = await application.part(open_operations).verify_audit()
    if found.ok:
        return Finding("ok", f"{found.entries} entries, whole; head {found.head[:40]}")
    return Finding("failure", f"broken at entry {found.broken}: {found.reason}", "compare with a backup: ostrov audit show")


def operators(application: Ostrov) -> Finding:
    """Somebody can come in."""
    from ostrov.core.operations.operators import list_operators
    from ostrov.core.operations.roles import OWNER, roles_of

    if not _has_audit(application):
        return Finding("ok", "none yet; the first ostrov up shows a link for the owner")
    found = application.store.read_sync(list_operators)
    roles = roles_of(application)
    lost = [operator.name for operator in found if operator.role not in roles]
    if lost:
        return Finding("warning", f"{', '.join(lost)}: their role does not exist", "ostrov operators role NAME ROLE")
    owners = sum(operator.role == OWNER for operator in found)
    if not owners:
        return Finding("ok", "none yet; the next ostrov up shows a link for the owner")
    return Finding("ok", f"{len(found)}, of them {owners} {'owner' if owners == 1 else 'owners'}")


def _absent(application: Ostrov) -> bool:
    """Nothing has been written yet, and looking must not make it."""
    return application.store.dialect == "sqlite" and not application.store.path.exists()


def _has_audit(application: Ostrov) -> bool:
    from ostrov.core.store.migrations import pending

    try:
        return not _absent(application) and all(step.component != "core" or step.have for step in pending(application))
    except OstrovError:
        return False


def _integrity(connection: Connection) -> list[Finding]:
    if connection.dialect == "sqlite":
        said = [str(row[0]) for row in connection.rows("PRAGMA quick_check(5)")]
        if said != ["ok"]:
            return [Finding("failure", f"the database is damaged: {'; '.join(said)}", "stop the project and restore a backup")]
        level = {0: "OFF", 1: "NORMAL", 2: "FULL"}.get(connection.value("PRAGMA synchronous"), "FULL")
        if level == "OFF":
            return [
                Finding(
                    "warning", "whole, but db.synchronous=OFF loses acknowledged writes with the power", "db.synchronous=FULL"
                )
            ]
        return [Finding("ok", f"whole (quick_check), synchronous {level}")]
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if connection.value(f"SHOW {name}") == "off"]
    if off:
        return [
            Finding("warning", f"the server runs with {', '.join(off)} off: acknowledged writes may be lost", "turn them on")
        ]
    return [Finding("ok", "the server writes durably; its own tools check its files")]


def _value(connection: Connection, sql: str) -> Any:
    return connection.value(sql)
