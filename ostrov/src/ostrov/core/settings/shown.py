"""Settings as a person may see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.settings.keys import Steps
from ostrov.core.settings.secrets import masked

if TYPE_CHECKING:
    from ostrov.core.settings.tree import Leaf


@dataclass(frozen=True)
class Shown:
    """One line of `ostrov config show`. Values are written as JSON; a secret that is not empty is `********`.

    `history` holds what was overridden, the newest first, as (value, origin).
    """

    key: str
    value: str
    masked: bool
    origin: str
    history: tuple[tuple[str, str], ...] = ()
    data: Any = None
    """The value itself, masked in the same way."""


def rows_of(key: str, leaf: Leaf, history: bool) -> Iterator[Shown]:
    """The lines of one setting: one, or one for each value inside a list of tables."""
    older = tuple((shown_text(masked(said.value, leaf.secret)), str(said.origin)) for said in reversed(leaf.said[:-1]))
    for steps, value in [((), leaf.value)] if leaf.secret else _parts(leaf.value, ()):
        name = next((step for step in reversed(steps) if isinstance(step, str)), "")
        safe = masked(value, leaf.secret, name)
        yield Shown(
            key + written(steps), shown_text(safe), safe != value, leaf.origin.inside(steps), older if history else (), safe
        )


def written(steps: Steps) -> str:
    """Steps inside a value, as they follow its key: `[0].path`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def shown_text(value: Any) -> str:
    """A value as JSON."""
    try:
        return msgspec.json.encode(value, enc_hook=str).decode()
    except (OverflowError, ValueError):  # an integer of more than 64 bits
        return str(value)


def _parts(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _parts(item, (*steps, index))
    elif isinstance(value, dict) and value and steps:
        for name, item in value.items():
            yield from _parts(item, (*steps, name))
    else:
        yield steps, value
