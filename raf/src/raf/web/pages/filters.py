"""Filters: words and posts one does not want to see, kept with forms alone."""

from __future__ import annotations

import time
from typing import Any

from litestar import get, post

from raf.domain.filters import ACTIONS, CONTEXTS
from raf.errors import Invalid
from raf.filters.filters import Filters, open_filters
from raf.filters.forms import FilterChange, KeywordChange
from raf.filters.records import Filter
from raf.web.answer import Answer, redirect
from raf.web.forms import Form, read_form
from raf.web.pages.signing import FilledIn, wrong_with
from raf.web.pages.thread import status_at
from raf.web.parameters import Here, Id
from raf.web.rendering import excerpt
from raf.web.visit import Visit

FREE_ROWS = 3
PERIODS = (1800, 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400)
"""Seconds a filter may hold for, beside for good."""


def filters_of(visit: Visit) -> Filters:
    return visit.house.application.part(open_filters)


@get("/settings/filters")
async def index(visit: Here) -> Answer:
    """One's filters."""
    found = await filters_of(visit).of(visit.member())
    return await page(visit, "settings_filters.html", filters=found, now=time.time())


@get("/settings/filters/new")
async def new_page(visit: Here) -> Answer:
    """An empty form."""
    visit.member()
    values: dict[str, Any] = {"title": "", "contexts": ("home", "public"), "effect": "warn", "expires": ""}
    return await draw(visit, None, FilledIn({**values, "rows": empty_rows()}))


@post("/settings/filters/new", status_code=200)
async def create(visit: Here) -> Answer:
    """A new filter."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        await filters_of(visit).create(account_id, change_of(form))
    except Invalid as refusal:
        return await draw(visit, None, FilledIn(typed(form), wrong_with(visit, refusal)), refusal.status)
    visit.tell("saved")
    return redirect("/settings/filters", visit.cookies)


@get("/settings/filters/{filter_id:int}")
async def edit_page(visit: Here, filter_id: Id) -> Answer:
    """A filter with its words and posts."""
    found = await filters_of(visit).find(visit.member(), filter_id)
    rows = [(str(word.id), word.keyword, word.whole_word) for word in found.keywords] + empty_rows()
    values = {"title": found.title, "contexts": found.contexts, "effect": found.action, "expires": "keep", "rows": rows}
    return await draw(visit, found, FilledIn(values))


@post("/settings/filters/{filter_id:int}", status_code=200)
async def edit(visit: Here, filter_id: Id) -> Answer:
    """Change a filter."""
    account_id, filters = visit.member(), filters_of(visit)
    form = await read_form(visit)
    found = await filters.find(account_id, filter_id)
    try:
        await filters.update(account_id, filter_id, change_of(form))
    except Invalid as refusal:
        return await draw(visit, found, FilledIn(typed(form), wrong_with(visit, refusal)), refusal.status)
    visit.tell("saved")
    return redirect("/settings/filters", visit.cookies)


@post("/settings/filters/{filter_id:int}/delete", status_code=200)
async def delete(visit: Here, filter_id: Id) -> Answer:
    """Delete a filter."""
    account_id = visit.member()
    await read_form(visit)
    await filters_of(visit).delete(account_id, filter_id)
    visit.tell("filter_gone")
    return redirect("/settings/filters", visit.cookies)


@post("/settings/filters/posts/{filtered_id:int}/remove", status_code=200)
async def unfilter(visit: Here, filtered_id: Id) -> Answer:
    """Filter a post no longer."""
    account_id = visit.member()
    await read_form(visit)
    await filters_of(visit).delete_post(account_id, filtered_id)
    visit.tell("saved")
    return redirect(visit.back, visit.cookies)


@get("/posts/{post_id:int}/filter")
async def filter_post_page(visit: Here, post_id: Id) -> Answer:
    """Which filter a post shall stand in."""
    account_id = visit.member()
    status = await status_at(visit, "", post_id)
    found = await filters_of(visit).of(account_id)
    words = status.spoiler_text or excerpt(status.content, 120)
    return await page(visit, "filter_post.html", filters=found, post_id=post_id, author=status.account, words=words)


@post("/posts/{post_id:int}/filter", status_code=200)
async def filter_post(visit: Here, post_id: Id) -> Answer:
    """Put a post into a filter, an old one or one made for it."""
    account_id, filters = visit.member(), filters_of(visit)
    form = await read_form(visit)
    filter_id = form.number("filter_id")
    if filter_id is None:
        title = form.text("title").strip() or str(visit.language.say("Filtered posts"))
        made = await filters.create(account_id, FilterChange(title=title, contexts=CONTEXTS, action="hide"))
        filter_id = made.id
    known = {one.status_id for one in (await filters.find(account_id, filter_id)).statuses}
    if post_id not in known:
        await filters.add_post(account_id, filter_id, post_id)
    visit.tell("filtered")
    return redirect("/home", visit.cookies)


def change_of(form: Form) -> FilterChange:
    """What the form of a filter says. Only rows with a word are new."""
    keywords = []
    for identity, keyword, whole in rows_of(form):
        known = int(identity) if identity.isdecimal() else None
        if known is not None or keyword.strip():
            keywords.append(KeywordChange(id=known, keyword=keyword, whole_word=whole, gone=not keyword.strip()))
    change = FilterChange(
        title=form.text("title"),
        contexts=tuple(form.all("contexts")),
        action=form.text("effect") if form.text("effect") in ACTIONS else "warn",
        keywords=tuple(keywords),
    )
    expires = form.text("expires")
    if expires == "keep":
        return change
    seconds = int(expires) if expires.isdecimal() and int(expires) in PERIODS else None
    return FilterChange(
        title=change.title, contexts=change.contexts, action=change.action, keywords=change.keywords, expires_in=seconds
    )


def rows_of(form: Form) -> list[tuple[str, str, bool]]:
    """(id, word, whole) of each row of the form."""
    numbers = sorted({int(name.removeprefix("word_")) for name in form.names() if name.removeprefix("word_").isdecimal()})
    return [(form.text(f"id_{row}"), form.text(f"word_{row}"), form.ticked(f"whole_{row}")) for row in numbers[:250]]


def typed(form: Form) -> dict[str, Any]:
    rows = rows_of(form)
    return {
        "title": form.text("title"),
        "contexts": form.all("contexts"),
        "effect": form.text("effect"),
        "expires": form.text("expires"),
        "rows": rows or empty_rows(),
    }


def empty_rows() -> list[tuple[str, str, bool]]:
    return [("", "", True)] * FREE_ROWS


async def draw(visit: Visit, found: Filter | None, form: FilledIn, status: int = 200) -> Answer:
    """The form of a filter."""
    posts = []
    for one in found.statuses if found else ():
        statuses = await visit.house.raf.statuses([one.status_id], visit.account_id)
        posts += [(one, status.account, status.spoiler_text or excerpt(status.content, 100)) for status in statuses]
    return await page(
        visit, "filter_edit.html", status, found=found, form=form, posts=posts, periods=PERIODS, where=CONTEXTS, now=time.time()
    )


async def page(visit: Visit, template: str, status: int = 200, **context: Any) -> Answer:
    heading = visit.language.say("Filters")
    return await visit.house.page(
        visit, template, status=status, place_now="settings", tab="filters", heading=heading, **context
    )


HANDLERS = (index, new_page, create, edit_page, edit, delete, unfilter, filter_post_page, filter_post)
