"""What an operation may know about the call it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.actor import Actor


@dataclass(frozen=True)
class Call:
    """Filled into a parameter annotated `Call`. `run` is 0 for operations that are not audited."""

    application: Ostrov
    actor: Actor
    surface: str
    reference: str = ""
    run: int = 0
