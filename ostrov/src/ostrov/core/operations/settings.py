"""The `operations` section."""

from __future__ import annotations

from typing import Annotated

import msgspec

Positive = Annotated[float, msgspec.Meta(gt=0)]


class OperationsSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who may do what, and for how long."""

    roles: dict[str, list[str]] = {}
    """Roles beside owner, operator and viewer: name → permissions (`tasks.manage`, `tasks.*`, `*.view`)."""
    approval_hours: Positive = 24.0
    """How long a plan waits for its approval."""
    session_days: Positive = 7.0
    """How long an operator stays logged in to the console."""
    link_minutes: Positive = 15.0
    """How long a one-time log-in link can be used."""
    key_file: str = "keys/operations.key"
    """The key that seals secret arguments, relative to `data_dir`, made at first use. Several machines share one file."""
