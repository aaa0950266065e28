"""The `console` section."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class ConsoleSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the console meets its people."""

    language: Literal["en", "ru"] = "en"
    """For a browser that asks for neither."""
    rows: Annotated[int, msgspec.Meta(ge=5, le=1000)] = 50
    """Rows of one page of a list."""
    log_lines: Annotated[int, msgspec.Meta(ge=10, le=5000)] = 300
    """Lines of log a page begins with."""
