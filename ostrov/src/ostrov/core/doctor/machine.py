"""What core asks of the machine and of the project's folders."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ostrov.core.component import Finding
from ostrov.core.errors import OstrovError
from ostrov.core.reference import load

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

OLDEST = (3, 11)
OLDEST_SQLITE = (3, 35)  # RETURNING
MEGABYTE = 1 << 20
FULL, NARROW = 200 * MEGABYTE, 1024 * MEGABYTE
SECRETS = ".secrets.toml"


def python(_: Ostrov | None) -> Finding:
    """Python and the SQLite inside it are new enough."""
    import sqlite3

    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        return Finding("failure", f"Python {version} is too old", "install Python 3.11 or newer")
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding(
            "failure", f"SQLite {sqlite3.sqlite_version} is too old", "use a Python that was built with SQLite 3.35 or newer"
        )
    return Finding("ok", f"Python {version}, SQLite {sqlite3.sqlite_version}")


def settings(application: Ostrov) -> Finding:
    """They are read (else there were no application)."""
    rows = application.tree.shown()
    said = sum(not row.origin.startswith("default") for row in rows)
    return Finding("ok", f"{len(rows)} settings of project {application.settings.name}, {said} of them not by default")


def data_dir(application: Ostrov) -> list[Finding]:
    """The folder is ours to write, and nobody else's."""
    folder = application.data_dir
    if not os.access(folder, os.W_OK | os.X_OK):
        return [Finding("failure", f"{folder} cannot be written", "give this user the folder, or set data_dir")]
    mode = folder.stat().st_mode
    if mode & 0o002:
        return [Finding("failure", f"everybody can write to {folder}", f"chmod o-w {folder}")]
    others = mode & 0o005 == 0o005
    private = [Finding("warning", f"everybody on this machine can read {folder}", f"chmod o-rwx {folder}")] if others else []
    return private or [Finding("ok", f"{folder} is writable, and only for its owner and group")]


def disk(application: Ostrov) -> list[Finding]:
    """There is room for data."""
    usage = shutil.disk_usage(application.data_dir)
    free = f"{usage.free / MEGABYTE:,.0f} MB of {usage.total / MEGABYTE:,.0f} MB are free"
    level = "failure" if usage.free < FULL else "warning" if usage.free < NARROW or usage.free < usage.total * 0.02 else "ok"
    found = [Finding(level, free, "" if level == "ok" else "make room; a full disk stops all writing")]
    nodes = os.statvfs(application.data_dir)
    if nodes.f_files and nodes.f_favail < 1000:
        found.append(
            Finding("failure", f"only {nodes.f_favail} files can still be made", "remove files: the inodes are used up")
        )
    return found


def secrets(application: Ostrov) -> list[Finding]:
    """Files that hold secrets are for their owner only, and not in version control."""
    from ostrov.core.doctor.repository import Repository

    root = application.project.root
    key = application.data_dir / application.settings.operations.key_file
    found = [_mode(path) for path in (root / SECRETS, key) if path.exists()]
    repository = Repository.of(root)
    if (root / SECRETS).exists() and repository is not None and repository.ignores(root / SECRETS) is False:
        found.append(Finding("warning", f"{SECRETS} is not ignored by {repository.kind}", f"add {SECRETS} to .gitignore"))
    return found or [Finding("ok", "there are no files of secrets")]


def ports(application: Ostrov) -> list[Finding]:
    """What the services listen on is free, or ours already."""
    from ostrov.core.supervisor.listening import bind
    from ostrov.core.supervisor.lock import holder

    found = []
    running = holder(application.run_dir)
    for component in application.components.values():
        for service in component.services:
            for listen in load(service.listens)(application) if service.listens else ():
                where = f"{service.name} on {listen.host}:{listen.port}"
                if running is not None:  # maybe with other settings than ours
                    found.append(Finding("ok", f"{service.name} is up, at {running.url} (process {running.pid})"))
                    continue
                try:
                    for listening in bind(listen):
                        listening.close()
                    found.append(Finding("ok", f"{where} is free"))
                except OstrovError as problem:
                    found.append(Finding("failure", f"{problem.error}: {problem.cause}", problem.tip))
    return found or [Finding("ok", "no service listens")]


def _mode(path: Path) -> Finding:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding("failure", f"others can read {path} (mode {mode:o})", f"chmod 600 {path}")
    return Finding("ok", f"{path.name} is for its owner only")
