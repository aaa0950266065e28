"""The `raf.previews` section."""

from __future__ import annotations

from typing import Annotated

import msgspec


class PreviewSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Previews of links."""

    enabled: bool = True
    """Whether pages that posts point to are fetched. Without, nothing is asked of other places, and links are plain."""
    allowed_networks: list[str] = []
    """Private networks that may be fetched from all the same, `10.0.0.0/8`: for what runs beside Raf."""
    spread: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 5.0
    """A page is fetched at a moment within so many seconds, chosen at random."""
    timeout: Annotated[float, msgspec.Meta(gt=0, le=120)] = 15.0
    """Seconds for a page with all it redirects to, and as many for its picture."""
    max_page_bytes: Annotated[int, msgspec.Meta(ge=4096)] = 1_048_576
    """Bytes of a page that are read; what follows is not looked at."""
    max_image_bytes: Annotated[int, msgspec.Meta(ge=4096)] = 8_388_608
    """Bytes of a picture; a larger one is left out."""
    redirects: Annotated[int, msgspec.Meta(ge=0, le=20)] = 5
    """How many redirects are followed."""
    fresh_days: Annotated[int, msgspec.Meta(ge=1)] = 14
    """A page that is posted again after so many days is looked at again."""
    user_agent: str = ""
    """What Raf calls itself to the pages it looks at; empty: its name and public address."""
