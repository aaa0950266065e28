"""What the composer's form says."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from msgspec import UNSET, UnsetType

from raf.domain.events import PollTerms
from raf.domain.focus import PLACES
from raf.domain.quotes import POLICIES
from raf.errors import Missing
from raf.forms import MediaChange, NewPoll, NewPost
from raf.web.drafts import AS_IT_IS, DAY, STRICTNESS, Draft, PollDraft
from raf.web.forms import Form
from raf.web.visit import Visit

PICTURES = 4


def new_post(form: Form, media_ids: Sequence[int]) -> NewPost:
    """The post to publish."""
    visibility, policy = form.text("visibility"), form.text("quote_policy")
    return NewPost(
        text=form.text("text").strip(),
        spoiler_text=form.text("spoiler_text").strip(),
        visibility=visibility if visibility in STRICTNESS else None,
        sensitive=form.ticked("sensitive") if form.ticked("sensitive_asked") else None,
        language=form.text("language") or None,
        in_reply_to_id=form.number("in_reply_to_id"),
        media_ids=tuple(media_ids),
        poll=poll_of(form),
        quoted_id=form.number("quoted_id"),
        quote_policy=policy if policy in POLICIES else None,
        idempotency_key=form.text("idempotency_key")[:100] or None,
    )


def poll_of(form: Form, before: PollTerms | None = None) -> NewPoll | None:
    """The poll of the form; None when it has no answers. One that stays as long as it was ends when `before` does."""
    options = tuple(option.strip() for option in form.all("option") if option.strip())
    if not options:
        return None
    length: float | None = form.number("poll_for") if form.text("poll_for") != AS_IT_IS else None
    if length is None and before is not None and before.expires_at is not None:
        length = before.expires_at - time.time()
    return NewPoll(
        options=options,
        expires_in=length,
        multiple=form.ticked("poll_multiple"),
        hide_totals=form.ticked("poll_secret"),
    )


def changed_poll(form: Form, before: PollTerms | None) -> NewPoll | UnsetType | None:
    """The poll of a new version; unset when nothing about it was changed, so that its votes stay and nobody is told."""
    poll = poll_of(form, before)
    if poll is None or before is None:
        return UNSET if before is None and poll is None else poll
    same = (poll.options, poll.multiple, poll.hide_totals) == (before.options, before.multiple, before.hide_totals)
    return UNSET if same and form.text("poll_for") == AS_IT_IS else poll


def points_of(form: Form, kept: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Where to look in the pictures that stay, by their ids."""
    chosen = {media_id: PLACES.get(form.text(f"focus_of_{media_id}")) for media_id in kept}
    return {media_id: point for media_id, point in chosen.items() if point is not None}


def kept_media(form: Form) -> list[int]:
    """The pictures that were there already and stay."""
    return [int(found) for found in form.all("keep_media")[:PICTURES] if found.isdecimal() and len(found) < 19]


async def describe_kept(visit: Visit, account_id: int, form: Form, kept: Sequence[int]) -> None:
    """What the form says of pictures that were sent before, when the post itself was refused. Raises Missing, Invalid."""
    points = points_of(form, kept)
    for media_id in kept:
        words = form.text(f"description_of_{media_id}").strip() or None
        await visit.house.raf.update_media(
            account_id, media_id, MediaChange(description=words, focus=points.get(media_id, UNSET))
        )


async def upload_pictures(visit: Visit, account_id: int, form: Form, sent: list[int]) -> None:
    """Take in the form's pictures; their ids are added to `sent` one by one, so that those before a bad one are known.
    A film may be in the making still."""
    raf, patience = visit.house.raf, visit.house.application.settings.raf.media.wait_seconds
    for place in range(PICTURES):
        if picture := await form.upload(f"media_{place}"):
            words, point = form.text(f"alt_{place}").strip() or None, PLACES.get(form.text(f"focus_{place}"))
            sent.append(await raf.upload(account_id, picture, words, point, wait=patience))


async def refilled(visit: Visit, draft: Draft, form: Form, sent: Sequence[int] = ()) -> Draft:
    """A draft with all that was written into its form. `sent` are pictures that have arrived."""
    options = tuple(form.all("option"))
    visibility, policy = form.text("visibility"), form.text("quote_policy")
    media = list(draft.media)
    for media_id in sent:
        try:
            media.append(await visit.house.raf.media(visit.member(), media_id))
        except Missing:  # it belongs to the post already: the draft has it
            continue
    poll = PollDraft(
        options,
        form.text("poll_for", DAY),
        form.ticked("poll_multiple"),
        form.ticked("poll_secret"),
        draft.poll.ends if draft.poll else 0.0,
    )
    return replace(
        draft,
        text=form.text("text"),
        spoiler_text=form.text("spoiler_text"),
        visibility=visibility if visibility in STRICTNESS and draft.may_choose_visibility else draft.visibility,
        quote_policy=policy if policy in POLICIES else draft.quote_policy,
        sensitive=form.ticked("sensitive"),
        language=form.text("language") or draft.language,
        scheduled_at=form.text("scheduled_at"),
        media=tuple(media),
        poll=poll if any(options) else None,
    )
