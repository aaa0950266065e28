"""What this place is, and its rules."""

from __future__ import annotations

import time
from typing import NamedTuple

from litestar import get

from raf.mastodon.selections.activity import usage
from raf.moderation.house import texts_of
from raf.web.answer import Answer
from raf.web.parameters import Here
from raf.web.rules import RULES as RULES


class Figures(NamedTuple):
    """How many people are here, and how many posts they wrote."""

    people: int
    posts: int


@get("/about")
async def about(visit: Here) -> Answer:
    """The house, its rules, and what it keeps about people."""
    people, _, _, posts = await visit.house.application.store.read(usage, time.time())
    rules = await visit.house.rules(visit.language)
    texts = await visit.house.application.store.read(texts_of)
    return await visit.house.page(
        visit, "about.html", place_now="about", rules=rules, texts=texts, figures=Figures(people, posts)
    )


HANDLERS = (about,)
