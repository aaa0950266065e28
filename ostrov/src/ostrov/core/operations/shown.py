"""How results of operations are made readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


def moment(at: float) -> datetime | None:
    """Epoch seconds as a time; 0 is never."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC) if at else None


def line(value: Any) -> str:
    """A value in one line of a table."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={line(member)}" for name, member in value.items() if member not in ("", {}, [], None))
    if isinstance(value, list | tuple):
        return "; ".join(line(member) for member in value)
    return "" if value is None else str(value)
