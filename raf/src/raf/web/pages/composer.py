"""Writing, changing and deleting posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from litestar import get, post
from litestar.params import FromQuery

from ostrov import OstrovError
from raf.domain.focus import PLACES
from raf.errors import Forbidden, Invalid, Missing, Refused
from raf.forms import NewPoll, NewPost, PostChange
from raf.identity.redirects import safe_next
from raf.posts.redrafting import redraft
from raf.scheduling.scheduling import open_scheduling
from raf.web.answer import Answer, redirect
from raf.web.drafts import STRICTNESS, Draft
from raf.web.forms import Form, read_form
from raf.web.pages.rewriting import redraft_of
from raf.web.pages.scheduled import time_of
from raf.web.parameters import Here, Id
from raf.web.problems import status_of, words_of
from raf.web.visit import Visit
from raf.web.wording import sentence

PICTURES = 4
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
    """Publish a post with its pictures."""
    account_id = visit.member()
    form = await read_form(visit)
    raf = visit.house.raf
    to = form.number("in_reply_to_id")
    visibility = form.text("visibility")
    old = form.number("redraft_of")
    try:
        kept = [int(media_id) for media_id in form.all("keep_media") if media_id.isdecimal()]
        media_ids = [*kept, *await upload_pictures(visit, account_id, form)]
        at = time_of(form)
        new = NewPost(
            text=form.text("text").strip(),
            spoiler_text=form.text("spoiler_text").strip(),
            visibility=visibility if visibility in STRICTNESS else None,
            language=form.text("language") or None,
            in_reply_to_id=to,
            media_ids=tuple(media_ids),
            poll=poll_of(form),
            quoted_id=form.number("quoted_id"),
            idempotency_key=form.text("idempotency_key")[:100] or None,
        )
        if at is not None and not old:
            await visit.house.application.part(open_scheduling).schedule(account_id, new, at)
            visit.tell("scheduled")
            return Answer(cookies=visit.cookies) if visit.wants_fragment() else redirect("/scheduled", visit.cookies)
        if old:
            descriptions = {media_id: form.text(f"description_of_{media_id}").strip() for media_id in kept}
            status_id = await raf.command(redraft, account_id, old, new, descriptions, points_of(form, kept))
        else:
            status_id = await raf.post(account_id, new)
    except OstrovError as refusal:  # whatever it is, what somebody wrote comes back to them
        if visit.wants_fragment():
            raise
        to = to if not isinstance(refusal, Missing) else None
        if old:
            draft = await redraft_of(visit, str(old))
        else:
            draft = await (reply_draft(visit, account_id, to) if to else Draft.new(visit, back="/home"))
        if quoted := form.number("quoted_id"):
            found = await raf.statuses([quoted], account_id)
            draft = replace(draft, quoted=found[0] if found else None)
        draft = replace(
            draft,
            text=form.text("text"),
            spoiler_text=form.text("spoiler_text"),
            poll=tuple(form.all("option")) if any(form.all("option")) else (),
            visibility=visibility if visibility in STRICTNESS else draft.visibility,
            wrong=said(visit, refusal),
        )
        return await answer_page(visit, draft, to, status=refusal.status)
    if visit.wants_fragment():
        document = await raf.document(status_id, account_id)
        return Answer(visit.house.fragments.post(document, visit.language, account_id))
    visit.tell("posted")
    return redirect(safe_next(form.text("next"), "/home"), visit.cookies)


@get("/posts/{post_id:int}/edit")
async def edit_page(visit: Here, post_id: Id) -> Answer:
    """A page to change one's own post on."""
    account_id = visit.member()
    status = await visit.house.raf.status(post_id, account_id)
    if status.account.id != str(account_id):
        raise Forbidden
    source = await visit.house.raf.status_source(account_id, post_id)
    draft = Draft.edit(visit, status, source, back=f"/@{status.account.acct}/{status.id}")
    return await visit.house.page(visit, "compose.html", heading=visit.language.say("Edit the post"), draft=draft, replied=None)


@post("/posts/{post_id:int}/edit", status_code=200)
async def edit(visit: Here, post_id: Id) -> Answer:
    """Publish a new version."""
    account_id = visit.member()
    form = await read_form(visit)
    raf = visit.house.raf
    status = await raf.status(post_id, account_id)
    kept = [media for media in status.media_attachments if media.id in form.all("keep_media")]
    change = PostChange(
        text=form.text("text").strip(),
        spoiler_text=form.text("spoiler_text").strip(),
        language=form.text("language") or None,
        media_ids=tuple(int(media.id) for media in kept),
        media_descriptions={int(media.id): form.text(f"description_of_{media.id}").strip() for media in kept},
        media_focus=points_of(form, [int(media.id) for media in kept]),
    )
    back = f"/@{status.account.acct}/{status.id}"
    try:
        await raf.edit_post(account_id, post_id, change)
    except (Invalid, Refused) as refusal:
        source = await raf.status_source(account_id, post_id)
        draft = replace(
            Draft.edit(visit, status, source, back),
            text=form.text("text"),
            spoiler_text=form.text("spoiler_text"),
            wrong=said(visit, refusal),
        )
        heading = visit.language.say("Edit the post")
        return await visit.house.page(visit, "compose.html", status=refusal.status, heading=heading, draft=draft, replied=None)
    visit.tell("edited")
    return redirect(back, visit.cookies)


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


async def upload_pictures(visit: Visit, account_id: int, form: Form) -> list[int]:
    """The media ids of the form's pictures."""
    found = []
    for place in range(PICTURES):
        if picture := await form.upload(f"media_{place}"):
            description = form.text(f"alt_{place}").strip() or None
            found.append(
                await visit.house.raf.upload(account_id, picture, description, PLACES.get(form.text(f"focus_{place}")))
            )
    return found


def poll_of(form: Form) -> NewPoll | None:
    """The poll of the form; None when it has no answers."""
    options = tuple(option.strip() for option in form.all("option") if option.strip())
    if not options:
        return None
    return NewPoll(
        options=options,
        expires_in=form.number("poll_for"),
        multiple=form.ticked("poll_multiple"),
        hide_totals=form.ticked("poll_secret"),
    )


def points_of(form: Form, kept: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Where to look in the pictures that stay, by their ids."""
    chosen = {media_id: PLACES.get(form.text(f"focus_of_{media_id}")) for media_id in kept}
    return {media_id: point for media_id, point in chosen.items() if point is not None}


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
