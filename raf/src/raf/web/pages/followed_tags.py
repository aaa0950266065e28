"""Hashtags one follows or shows, and a profile's posts with one of them."""

from __future__ import annotations

from urllib.parse import quote

from litestar import get, post

from raf.acquaintance.acquaintance import open_acquaintance
from raf.errors import Invalid, Missing
from raf.identity.redirects import safe_next
from raf.network import Paging
from raf.tags.tags import Tags, named, open_tags
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.pages.profile import account_at
from raf.web.pages.signing import FilledIn, wrong_with
from raf.web.paging import older_link, paging
from raf.web.parameters import Here, Id, MaxId, Word
from raf.web.visit import Visit

MOST = Paging(limit=200)


def tags_of(visit: Visit) -> Tags:
    return visit.house.application.part(open_tags)


@get("/followed-tags")
async def index(visit: Here) -> Answer:
    """The tags one follows, the last followed first."""
    account_id = visit.member()
    found = await tags_of(visit).followed(account_id, MOST)
    return await visit.house.page(visit, "followed_tags.html", place_now="lists", followed=found.items)


@post("/followed-tags", status_code=200)
async def add(visit: Here) -> Answer:
    """Follow a tag by its word."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        await tags_of(visit).follow(account_id, form.text("name").strip().lstrip("#＃"))
    except Missing:
        visit.tell("no_tag")
    return redirect("/followed-tags", visit.cookies)


@post("/tags/{tag:str}/{action:str}", status_code=200)
async def relate(visit: Here, tag: Word, action: Word) -> Answer:
    """Follow a tag or stop."""
    account_id, tags = visit.member(), tags_of(visit)
    form = await read_form(visit)
    if action not in ("follow", "unfollow"):
        raise Missing
    await (tags.follow if action == "follow" else tags.unfollow)(account_id, tag)
    return redirect(safe_next(form.text("next"), visit.back), visit.cookies)


@get("/{handle:str}/tagged/{tag:str}")
async def tagged(visit: Here, handle: Word, tag: Word, max_id: MaxId = None) -> Answer:
    """What somebody posted with a tag."""
    account = await account_at(visit, handle)
    name = named(tag)
    ids = await visit.house.raf.account_statuses(int(account.id), visit.account_id, paging(max_id), tagged=name)
    path, say = f"/@{account.acct}/tagged/{quote(name)}", visit.language.say
    return await visit.house.feed_page(
        visit,
        "timeline.html",
        ids,
        where="account",
        heading=f"#{name} · @{account.acct}",
        older=older_link(path, ids),
        newer=path if max_id else "",
        nothing=(say("Nobody has used this tag"), say("Write a post with it, and it will be here.")),
    )


# ---- what one's profile shows ---------------------------------------------------------------------------------------


@get("/settings/featured")
async def featured_page(visit: Here) -> Answer:
    """Tags and people on one's profile."""
    return await draw_featured(visit, FilledIn({"name": ""}))


@post("/settings/featured", status_code=200)
async def feature(visit: Here) -> Answer:
    """Show one more tag."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        await tags_of(visit).feature(account_id, form.text("name"), once=True)
    except Invalid as refusal:
        wrong = wrong_with(visit, refusal)
        wrong["name"] = [*wrong.get("name", ()), *wrong.pop("tag", ())]
        return await draw_featured(visit, FilledIn({"name": form.text("name")}, wrong), refusal.status)
    visit.tell("saved")
    return redirect("/settings/featured", visit.cookies)


@post("/settings/featured/{featured_id:int}/remove", status_code=200)
async def unfeature(visit: Here, featured_id: Id) -> Answer:
    """Show a tag no more."""
    account_id = visit.member()
    await read_form(visit)
    await tags_of(visit).unfeature_id(account_id, featured_id)
    visit.tell("saved")
    return redirect("/settings/featured", visit.cookies)


async def draw_featured(visit: Visit, form: FilledIn, status: int = 200) -> Answer:
    account_id, tags = visit.member(), tags_of(visit)
    found = await visit.house.application.part(open_acquaintance).endorsements(account_id, account_id, MOST)
    return await visit.house.page(
        visit,
        "settings_featured.html",
        status=status,
        place_now="settings",
        tab="featured",
        heading=visit.language.say("On the profile"),
        form=form,
        featured=await tags.featured(account_id),
        suggested=await tags.suggested(account_id),
        recommended=found.items,
    )


HANDLERS = (index, add, relate, tagged, featured_page, feature, unfeature)
