"""Operations: everything an operator can do, behind one door with one permission, one plan and one audit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ostrov.core.operations.operations import Operations as Operations
    from ostrov.core.operations.operations import open_operations as open_operations
    from ostrov.core.operations.outcome import Outcome as Outcome

_HOMES = {"Operations": "operations", "open_operations": "operations", "Outcome": "outcome"}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
