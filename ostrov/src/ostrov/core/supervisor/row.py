"""A process as it is shown."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["waiting", "starting", "ready", "backoff", "stopping", "stopped", "failed"]


ASKED, REPLACED = "stopped", "replaced"
"""Exits that are no fault."""


class ProcessRow(msgspec.Struct, frozen=True, kw_only=True):
    """A process as `ostrov ps` and the console show it. Times are epoch seconds, durations seconds, memory bytes."""

    name: str
    services: tuple[str, ...]
    state: State
    pid: int | None = None
    status: str = ""
    since: float = 0.0
    """When it came into its state."""
    uptime: float = 0.0
    """Since the start of its present life; 0 when it is not alive."""
    start_seconds: float = 0.0
    """How long its last start took until it was ready."""
    restarts: int = 0
    last_exit: str = ""
    last_exit_at: float = 0.0
    rss: int = 0
    pss: int = 0
    cpu_seconds: float = 0.0
    cpu_percent: float = 0.0
    """Of one CPU, since the row was last asked for."""
    critical: bool = False
    listens: tuple[str, ...] = ()
