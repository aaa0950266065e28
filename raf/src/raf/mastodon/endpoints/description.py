"""`/api/openapi.json`: this API, for programs that read descriptions of APIs."""

from __future__ import annotations

from typing import Any

from raf.mastodon.access import ANYONE
from raf.mastodon.endpoint import Asked, get


@get("/api/openapi.json", ANYONE, dict[str, Any])
async def show(call: Asked) -> bytes:
    """This document (OpenAPI 3.1)."""
    from raf.mastodon.openapi import packed  # what few ask for is not kept in every process

    return packed(call.house.url)


HANDLERS = [show]
