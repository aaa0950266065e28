"""What the house announces, above one's home timeline until it is read."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from raf.moderation import announcements
from raf.moderation.shapes import Announcement
from raf.web.emojis import REACTIONS
from raf.web.languages import trusted
from raf.web.rendering import pictured
from raf.web.visit import Visit


@dataclass(frozen=True)
class Reaction:
    """`picture` is the address of a picture of the house, "" of a plain emoji."""

    name: str
    count: int
    mine: bool
    picture: str


@dataclass(frozen=True)
class Banner:
    """The oldest announcement that is not read; `others` is how many more there are."""

    id: str
    content: Markup
    reactions: tuple[Reaction, ...]
    offered: tuple[str, ...]
    others: int


async def banner_for(visit: Visit) -> Banner | None:
    """What is to be read, None when all is. Raises LogInFirst."""
    raf = visit.house.raf
    found = await raf.store.read(announcements.shown_to, visit.member(), f"{raf.url}/media/")
    unread = [notice for notice in found if not notice.read]
    return banner_of(unread) if unread else None


def banner_of(unread: list[Announcement]) -> Banner:
    """The first of these, with what can be done about it."""
    notice = unread[0]
    reactions = tuple(Reaction(one.name, one.count, bool(one.me), one.static_url or "") for one in notice.reactions)
    given = {one.name for one in reactions}
    return Banner(
        notice.id,
        pictured(trusted(notice.content), notice.emojis),
        reactions,
        tuple(name for name in REACTIONS if name not in given),
        len(unread) - 1,
    )
