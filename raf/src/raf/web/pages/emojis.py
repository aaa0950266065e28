"""The emojis one may write: those of the house and a small choice of others."""

from __future__ import annotations

from itertools import groupby

from litestar import get

from raf.moderation import emojis
from raf.web.answer import Answer
from raf.web.emojis import CHOICE
from raf.web.parameters import Here


@get("/emoji")
async def emoji_page(visit: Here) -> Answer:
    """All of them; scripts draw the composer's picker from it."""
    raf = visit.house.raf
    base = f"{raf.url}/media/"
    found = [picture for picture in await raf.store.read(emojis.every) if picture.visible and not picture.disabled]
    groups = groupby(found, key=lambda picture: picture.category or "")
    own = [(category, [picture.entity(base) for picture in group]) for category, group in groups]
    return await visit.house.page(visit, "emojis.html", own=own, choice=CHOICE)


HANDLERS = (emoji_page,)
