"""The `raf.push` section."""

from __future__ import annotations

from typing import Annotated

import msgspec


class PushSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Web Push."""

    contact: str = ""
    """Where the push services may write to about us, `mailto:…` or `https://…`; empty for the server's own address."""
    private_addresses: bool = False
    """Whether a subscription may lead to a private address, and without TLS: for a push server in one's own network."""
    timeout: Annotated[float, msgspec.Meta(gt=0, le=120)] = 15.0
    """Seconds to wait for a push service."""
    ttl: Annotated[int, msgspec.Meta(ge=0)] = 172_800
    """Seconds a push service keeps a message for a phone that is off; after them we do not send it either."""
