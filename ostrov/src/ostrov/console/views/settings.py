"""Settings as they stand, each with where it comes from and what it overrides."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest
    from ostrov.core.settings.shown import Shown

DEFAULT = "default"


class Row(msgspec.Struct, frozen=True):
    """One setting on the page."""

    key: str
    value: str
    masked: bool
    origin: str
    history: tuple[tuple[str, str], ...]
    is_default: bool


async def shown(request: PageRequest) -> dict[str, Any]:
    """Every setting by section; `?q=` keeps those with a word in key, value or origin, `?origin=set|default` by origin."""
    word = request.query.get("q", "").strip().lower()
    origin = request.query.get("origin", "")
    rows = [_row(setting) for setting in request.application.tree.shown(history=True)]
    if origin:
        rows = [row for row in rows if row.is_default == (origin == DEFAULT)]
    if word:
        rows = [row for row in rows if word in f"{row.key} {row.value} {row.origin}".lower()]
    rows.sort(key=lambda row: ("." in row.key, row.key))
    grouped = groupby(rows, key=lambda row: row.key.rpartition(".")[0].partition(".")[0])
    return {"sections": [(section, list(members)) for section, members in grouped]}


def _row(setting: Shown) -> Row:
    return Row(
        key=setting.key,
        value=setting.value,
        masked=setting.masked,
        origin=setting.origin,
        history=setting.history,
        is_default=setting.origin.startswith(DEFAULT),
    )
