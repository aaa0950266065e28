"""The `supervisor` section."""

from __future__ import annotations

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class SupervisorSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the project's processes are kept alive. Times are seconds."""

    own: tuple[str, ...] = ()
    """Services that get a process of their own instead of their group's."""
    without: tuple[str, ...] = ()
    """Services that are not started on this machine."""
    backoff: Positive = 0.2
    """The wait before the first restart; it doubles with each, give or take a fifth."""
    backoff_longest: Positive = 15.0
    """The longest wait before a restart."""
    stable: Positive = 10.0
    """A process that lived this long starts again with the shortest wait."""
    restarts: Annotated[int, msgspec.Meta(ge=0)] = 5
    """More restarts than this within `restarts_within` and the process is failed until it is restarted by hand."""
    restarts_within: Positive = 60.0
    """Seconds that `restarts` are counted in."""
    ready_timeout: Seconds = 0.0
    """The wait for a process to become ready; 0 takes what its services ask for."""
    stop_timeout: Seconds = 0.0
    """The wait between TERM and KILL; 0 takes what its services ask for."""
    log_bytes: Annotated[int, msgspec.Meta(ge=4096)] = 10 * 1024 * 1024
    """A log file larger than this is put aside."""
    log_files: Annotated[int, msgspec.Meta(ge=1)] = 5
    """How many of them are kept, a process."""
