"""The home, local, federated and tag timelines, favourites and bookmarks."""

from __future__ import annotations

from urllib.parse import quote

from litestar import get

from raf.domain.text import normal_tag
from raf.network import Paging
from raf.tags.tags import open_tags
from raf.web.answer import Answer
from raf.web.banner import banner_for
from raf.web.drafts import Draft
from raf.web.paging import PAGE, address, older_link, paging
from raf.web.parameters import Here, MaxId, Word
from raf.web.visit import Visit


@get("/home")
async def home(visit: Here, max_id: MaxId = None) -> Answer:
    """What the people one follows wrote, in the order they wrote it."""
    account_id = visit.member()
    asked = paging(max_id)
    ids = await visit.house.raf.home(account_id, asked)
    say = visit.language.say
    return await visit.house.feed_page(
        visit,
        "timeline.html",
        ids,
        where="home",
        place_now="home",
        heading=say("Home"),
        older=older_link("/home", ids),
        newer="/home" if max_id else "",
        stream="" if max_id else "home",
        draft=None if max_id else await Draft.new(visit, back="/home"),
        banner=None if max_id else await banner_for(visit),
        nothing=(
            say("Your cup is empty yet"),
            say("Follow somebody from the local feed, and what they write will come here by itself."),
        ),
    )


@get("/local")
async def local(visit: Here, max_id: MaxId = None) -> Answer:
    """What everybody here wrote for everybody."""
    return await everybody(visit, "local", paging(max_id))


@get("/federated")
async def federated(visit: Here, max_id: MaxId = None) -> Answer:
    """What everybody known here wrote for everybody, on this server or another."""
    return await everybody(visit, "federated", paging(max_id))


async def everybody(visit: Visit, feed: str, asked: Paging) -> Answer:
    ids = await visit.house.raf.public(visit.account_id, asked, local=feed == "local")
    say = visit.language.say
    return await visit.house.feed_page(
        visit,
        "timeline.html",
        ids,
        place_now="local",
        heading=say("Local") if feed == "local" else say("Everywhere"),
        feeds=(("local", say("This island")), ("federated", say("Everywhere"))),
        feed_now=feed,
        older=older_link(f"/{feed}", ids),
        newer=f"/{feed}" if asked.max_id else "",
        stream="" if asked.max_id else feed,
        nothing=(say("Quiet on the island"), say("Nobody has written for everybody yet. You could be the first.")),
    )


@get("/tags/{tag:str}")
async def tagged(visit: Here, tag: Word, max_id: MaxId = None) -> Answer:
    """Public posts with a tag."""
    name = normal_tag(tag)
    ids = await visit.house.raf.tag(visit.account_id, name, paging(max_id))
    path, say = f"/tags/{quote(name)}", visit.language.say
    followed = set[str]()
    if visit.account_id is not None:
        followed = await visit.house.application.part(open_tags).followed_among(visit.account_id, [name])
    return await visit.house.feed_page(
        visit,
        "tag.html",
        ids,
        tag=name,
        followed=bool(followed),
        heading=f"#{name}",
        older=older_link(path, ids),
        newer=path if max_id else "",
        stream="" if max_id else f"tag:{name}",
        nothing=(say("Nobody has used this tag"), say("Write a post with it, and it will be here.")),
    )


@get("/favourites")
async def favourites(visit: Here, max_id: MaxId = None) -> Answer:
    """What one likes, the last liked first."""
    return await kept(visit, "favourites", paging(max_id))


@get("/bookmarks")
async def bookmarks(visit: Here, max_id: MaxId = None) -> Answer:
    """What one keeps, seen by nobody else."""
    return await kept(visit, "bookmarks", paging(max_id))


async def kept(visit: Visit, what: str, asked: Paging) -> Answer:
    account_id = visit.member()
    raf, say = visit.house.raf, visit.language.say
    listing = await (raf.favourites if what == "favourites" else raf.bookmarks)(account_id, asked)
    heading, nothing = (
        (say("Favourites"), (say("Nothing liked yet"), say("Press the heart under a post, and it is kept here.")))
        if what == "favourites"
        else (say("Bookmarks"), (say("No bookmarks"), say("Keep posts for later. Nobody else sees which.")))
    )
    more = listing.older if len(listing.items) >= PAGE else None
    return await visit.house.feed_page(
        visit,
        "timeline.html",
        listing.items,
        where="",
        place_now=what,
        heading=heading,
        older=address(f"/{what}", max_id=str(more)) if more else "",
        newer=f"/{what}" if asked.max_id else "",
        stream="",
        nothing=nothing,
    )


HANDLERS = (home, local, federated, tagged, favourites, bookmarks)
