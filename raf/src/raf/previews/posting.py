"""A post with a link is published: the page behind it is looked at later, once for everybody."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from ostrov import Connection, base_url, current
from raf.domain.text import Piece
from raf.domain.visibility import is_open
from raf.identity.secrets import new_id
from raf.moderation.servers import doors
from raf.previews.fetching import LONGEST_URL
from raf.previews.rows import claim
from raf.previews.tasks import look


def first_link(found: Sequence[Piece]) -> str:
    """The first link of a text; empty when it has none that could be fetched."""
    url = next((piece.value for piece in found if piece.kind == "link"), "")
    return url if len(url) <= LONGEST_URL else ""


def look_later(connection: Connection, found: Sequence[Piece], visibility: str) -> None:
    """Let the first link of an open post be looked at, unless it was lately, or its server is blocked."""
    url = first_link(found) if found and is_open(visibility) else ""
    application = current()
    settings = application.settings.raf.previews
    if not url or not settings.enabled:
        return
    try:
        host = urlsplit(url).hostname or ""
        own = urlsplit(url).netloc == urlsplit(base_url(application)).netloc
    except ValueError:
        return
    if not host or own or doors(connection, [host]).shut(host):
        return
    now = time.time()
    identity = claim(connection, new_id(now), url, now, now - settings.fresh_days * 86400)
    if identity:
        wait = timedelta(seconds=random.uniform(0, settings.spread))  # noqa: S311 - spreads load, hides nothing
        look.using(run_after=wait).enqueue_in(connection, identity, host.lower())
