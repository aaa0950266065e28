"""Writing, changing and deleting posts."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from litestar import get, post
from litestar.params import FromQuery
from msgspec import UNSET

from ostrov import OstrovError
from raf.domain.events import PollTerms
from raf.errors import Forbidden, Invalid, Missing, Refused
from raf.forms import PostChange
from raf.identity import csrf
from raf.identity.redirects import safe_next
from raf.polls import reading as polls
from raf.posts.redrafting import redraft
from raf.scheduling.scheduling import open_scheduling
from raf.web import unfinished
from raf.web.answer import Answer, redirect
from raf.web.drafts import Draft
from raf.web.forms import Form, read_fields, read_form
from raf.web.pages.rewriting import redraft_of
from raf.web.pages.scheduled import time_of
from raf.web.parameters import Here, Id
from raf.web.problems import status_of, words_of
from raf.web.visit import LogInFirst, Visit
from raf.web.wording import sentence
from raf.web.written import changed_poll, describe_kept, kept_media, new_post, points_of, refilled, upload_pictures

LARGEST_FORM = 120 * 1024 * 1024
"""Bytes of a post with its pictures or film; each is held to the limits of `raf.media` besides."""


@get("/compose")
async def compose_page(visit: Here, text: FromQuery[str] = "", visibility: FromQuery[str] = "") -> Answer:
    """A page to write on."""
    visit.member()
    draft = await Draft.new(visit, back="/home", text=text[: visit.site.limit], visibility=visibility)
    return await visit.house.page(visit, "compose.html", heading=visit.language.say("New post"), draft=draft, replied=None)


@get("/posts/{post_id:int}/reply")
async def reply_page(visit: Here, post_id: Id) -> Answer:
    """A page to answer a post on."""
    account_id = visit.member()
    return await answer_page(visit, await reply_draft(visit, account_id, post_id), post_id)


@post("/compose", status_code=200, request_max_body_size=LARGEST_FORM)
async def compose(visit: Here) -> Answer:
    """Publish a post with its pictures, or put it aside."""
    if visit.session is None and visit.barred is None and not visit.wants_fragment():
        return await rescue(visit)
    account_id = visit.member()
    form = await read_form(visit)
    if form.ticked("keep"):
        return await put_aside(visit, account_id, form)
    old = form.number("redraft_of")
    kept = kept_media(form)
    sent = [] if old else list(kept)
    try:
        status_id = await publish(visit, account_id, form, old, kept, sent)
    except OstrovError as refusal:  # whatever it is, what somebody wrote comes back to them
        if visit.wants_fragment():
            raise
        return await refuse(visit, account_id, form, refusal, sent)
    unfinished.forget(visit, unfinished.place_of(form))
    if status_id is None:
        return Answer(cookies=visit.cookies) if visit.wants_fragment() else redirect("/scheduled", visit.cookies)
    if visit.wants_fragment():
        document = await visit.house.raf.document(status_id, account_id)
        return Answer(visit.house.fragments.post(document, visit.language, account_id), cookies=visit.cookies)
    visit.tell("posted")
    return redirect(safe_next(form.text("next"), "/home"), visit.cookies)


async def publish(visit: Visit, account_id: int, form: Form, old: int | None, kept: list[int], sent: list[int]) -> int | None:
    """The id of the post; None for one that waits for its time or its film. `sent` grows by the files that have arrived."""
    raf = visit.house.raf
    at = time_of(form)
    if not old:
        await describe_kept(visit, account_id, form, kept)
    fresh: list[int] = []
    try:
        await upload_pictures(visit, account_id, form, fresh)
    finally:
        sent.extend(fresh)
    new = new_post(form, [*kept, *fresh])
    if old:
        descriptions = {media_id: form.text(f"description_of_{media_id}").strip() for media_id in kept}
        return await raf.command(redraft, account_id, old, new, descriptions, points_of(form, kept))
    if at is not None:
        await visit.house.application.part(open_scheduling).schedule(account_id, new, at)
        visit.tell("scheduled")
        return None
    for media_id in new.media_ids:
        if (await raf.media(account_id, media_id)).url is None:
            if await visit.house.application.part(open_scheduling).post_when_ready(account_id, new) is None:
                break
            visit.tell("preparing")
            return None
    return await raf.post(account_id, new)


async def refuse(visit: Visit, account_id: int, form: Form, refusal: OstrovError, sent: list[int]) -> Answer:
    """The composer again, with all that was written and why it is not taken."""
    to = form.number("in_reply_to_id") if not isinstance(refusal, Missing) else None
    if old := form.number("redraft_of"):
        draft = await redraft_of(visit, str(old))
    else:
        draft = await (reply_draft(visit, account_id, to) if to else Draft.new(visit, back="/home"))
    if quoted := form.number("quoted_id"):
        found = await visit.house.raf.statuses([quoted], account_id)
        draft = replace(draft, quoted=found[0] if found else None)
    draft = replace(await refilled(visit, draft, form, sent), wrong=said(visit, refusal))
    return await answer_page(visit, draft, to, status=refusal.status)


async def put_aside(visit: Visit, account_id: int, form: Form) -> Answer:
    """Keep the text in the browser."""
    if not unfinished.put_aside(visit, unfinished.written(form, account_id)):
        to = form.number("in_reply_to_id")
        draft = await (reply_draft(visit, account_id, to) if to else Draft.new(visit, back="/home"))
        wrong = visit.language.say("This is too long for the browser to keep. Make it shorter, or post it")
        return await answer_page(visit, replace(await refilled(visit, draft, form), wrong=wrong), to, status=422)
    visit.tell("put_aside")
    return redirect(safe_next(form.text("next"), "/home"), visit.cookies)


async def rescue(visit: Visit) -> Answer:
    """Somebody's session has ended while they wrote: the text waits in the browser until they are back.

    The dead session's cookie still tells that the form was made for this browser.
    """
    form = await read_fields(visit)
    back = safe_next(form.text("next"), "/home")
    writer = form.number("writer")
    if not writer or not csrf.csrf_valid(visit.session_token(), form.text(csrf.FIELD)):
        raise LogInFirst(back)
    if form.text("text").strip():
        unfinished.put_aside(visit, unfinished.written(form, writer))
    return redirect(f"/log-in?next={quote(back, safe='/@')}", visit.cookies)


@get("/posts/{post_id:int}/edit")
async def edit_page(visit: Here, post_id: Id) -> Answer:
    """A page to change one's own post on."""
    account_id = visit.member()
    status = await visit.house.raf.status(post_id, account_id)
    if status.account.id != str(account_id):
        raise Forbidden
    source = await visit.house.raf.status_source(account_id, post_id)
    draft = Draft.edit(visit, status, source, f"/@{status.account.acct}/{status.id}", await terms_of(visit, post_id))
    return await visit.house.page(visit, "compose.html", heading=visit.language.say("Edit the post"), draft=draft, replied=None)


@post("/posts/{post_id:int}/edit", status_code=200)
async def edit(visit: Here, post_id: Id) -> Answer:
    """Publish a new version."""
    account_id = visit.member()
    form = await read_form(visit)
    raf = visit.house.raf
    status = await raf.status(post_id, account_id)
    terms = await terms_of(visit, post_id)
    kept = [media for media in status.media_attachments if media.id in form.all("keep_media")]
    change = PostChange(
        text=form.text("text").strip(),
        spoiler_text=form.text("spoiler_text").strip(),
        sensitive=form.ticked("sensitive") if form.ticked("sensitive_asked") else UNSET,
        language=form.text("language") or None,
        media_ids=tuple(int(media.id) for media in kept),
        media_descriptions={int(media.id): form.text(f"description_of_{media.id}").strip() for media in kept},
        media_focus=points_of(form, [int(media.id) for media in kept]),
        poll=changed_poll(form, terms),
    )
    back = f"/@{status.account.acct}/{status.id}"
    try:
        await raf.edit_post(account_id, post_id, change)
    except (Invalid, Refused) as refusal:
        source = await raf.status_source(account_id, post_id)
        draft = await refilled(visit, Draft.edit(visit, status, source, back, terms), form)
        draft = replace(draft, wrong=said(visit, refusal))
        heading = visit.language.say("Edit the post")
        return await visit.house.page(visit, "compose.html", status=refusal.status, heading=heading, draft=draft, replied=None)
    visit.tell("edited")
    return redirect(back, visit.cookies)


async def terms_of(visit: Visit, post_id: int) -> PollTerms | None:
    """What the poll of a post asks."""
    return await visit.house.raf.store.read(polls.terms, post_id)


@get("/posts/{post_id:int}/delete")
async def delete_page(visit: Here, post_id: Id) -> Answer:
    """Ask whether to."""
    account_id = visit.member()
    status = await visit.house.raf.status(post_id, account_id)
    if status.account.id != str(account_id):
        raise Forbidden
    posts = await visit.house.posts(visit, [post_id])
    return await visit.house.page(visit, "delete.html", post=posts[0], id=post_id)


@post("/posts/{post_id:int}/delete", status_code=200)
async def delete(visit: Here, post_id: Id) -> Answer:
    """Take a post away."""
    account_id = visit.member()
    form = await read_form(visit)
    await visit.house.raf.delete_post(account_id, post_id)
    if visit.wants_fragment():
        return Answer()
    visit.tell("deleted")
    back = safe_next(form.text("next"), "/home")
    return redirect("/home" if f"/{post_id}" in back else back, visit.cookies)


def said(visit: Visit, refusal: OstrovError) -> str:
    """Why the post is not taken."""
    return sentence(visit.language, refusal) or visit.language.say(words_of(status_of(refusal))[1])


async def reply_draft(visit: Visit, account_id: int, post_id: int) -> Draft:
    status = await visit.house.raf.status(post_id, account_id)
    post = status.reblog or status
    return await Draft.reply(visit, post, back=f"/@{post.account.acct}/{post.id}")


async def answer_page(visit: Visit, draft: Draft, post_id: int | None, status: int = 200) -> Answer:
    replied = (await visit.house.posts(visit, [post_id]))[0] if post_id else None
    heading = visit.language.say("Reply") if post_id else visit.language.say("New post")
    return await visit.house.page(visit, "compose.html", status=status, heading=heading, draft=draft, replied=replied)


HANDLERS = (compose_page, reply_page, compose, edit_page, edit, delete_page, delete)
