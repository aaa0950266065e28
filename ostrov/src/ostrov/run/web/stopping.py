"""How long-lived responses learn that the web process stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


def open_stopping(application: Ostrov) -> asyncio.Event:
    """Set when the web process begins to stop: `application.part(open_stopping)`. A stream ends then by itself; one that
    goes on is cut after `web.stream_grace` seconds."""
    return asyncio.Event()
