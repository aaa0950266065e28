"""What this place is, and its rules."""

from __future__ import annotations

import time
from typing import NamedTuple

from litestar import get

from raf.mastodon.selections.activity import usage
from raf.web.answer import Answer
from raf.web.notices import N_
from raf.web.parameters import Here


class Figures(NamedTuple):
    """How many people are here, and how many posts they wrote."""

    people: int
    posts: int


RULES = (
    N_("Be kind. Argue about roast levels, not about people."),
    N_("No hate, no harassment, no threats, no spreading of other people’s private data."),
    N_("Nothing illegal, and no pictures of children that should not be pictures."),
    N_("Cover what not everybody wants to see at breakfast: use a content warning."),
    N_("Describe your pictures for those who cannot see them."),
    N_("No spam, no undisclosed bots, no pretending to be somebody else."),
)


@get("/about")
async def about(visit: Here) -> Answer:
    """The house, its rules, and what it keeps about people."""
    people, _, _, posts = await visit.house.application.store.read(usage, time.time())
    rules = [visit.language.say(rule) for rule in RULES]
    return await visit.house.page(visit, "about.html", place_now="about", rules=rules, figures=Figures(people, posts))


HANDLERS = (about,)
