"""The `raf.api` section."""

from __future__ import annotations

from typing import Annotated

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1)]


class ApiSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The Mastodon client API."""

    rate_limit: Annotated[int, msgspec.Meta(ge=0)] = 300
    """Requests of one account (or, without a token, of one address) in `rate_period`; 0 for no limit."""
    rate_period: Positive = 300
    """Seconds."""
    max_body: Positive = 1024 * 1024
    """Bytes of a request that is not an upload."""
    applications_of_address: Positive = 60
    """Clients that one address may register in half an hour."""
    streams_of_account: Positive = 32
    """Open streaming connections of one account."""
