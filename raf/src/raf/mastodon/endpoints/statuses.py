"""`/api/v1/statuses`: posts, and what one does with them."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from raf.entities import Account, Context, Status, StatusEdit, StatusSource
from raf.errors import Missing
from raf.forms import NewPoll
from raf.mastodon.access import person, reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import Asked, delete, get, post, put
from raf.mastodon.endpoints.accounts import Ids
from raf.mastodon.endpoints.media import focus_of
from raf.mastodon.parameters import Tree, convert
from raf.mastodon.promise import one_of
from raf.mastodon.shapes import DeletedStatus
from raf.network import NewPost, PostChange
from raf.scheduling.scheduling import moment_of, open_scheduling

Visibility: TypeAlias = Annotated[str, one_of("public", "unlisted", "private", "direct")]
Quotable: TypeAlias = Annotated[str, one_of("public", "followers", "nobody")]
READER = reader("read:statuses")
WRITE = person("write:statuses")
FAVOURITES = person("write:favourites")
BOOKMARKS = person("write:bookmarks")
MUTES = person("write:mutes")
PINS = person("write:accounts")


class StatusForm(msgspec.Struct):
    """A new post. What this server cannot do yet is refused, not dropped in silence."""

    status: str = ""
    spoiler_text: str = ""
    visibility: Visibility | None = None
    sensitive: bool | None = None
    language: str | None = None
    in_reply_to_id: Id | None = None
    media_ids: list[Id] = []
    scheduled_at: str | None = None
    poll: dict[str, Any] | None = None
    quoted_status_id: Id | None = None
    quote_approval_policy: Quotable | None = None


class PollForm(msgspec.Struct):
    """A question with answers to choose from."""

    options: list[str] = []
    expires_in: float | None = None
    multiple: bool = False
    hide_totals: bool = False


class MediaAttribute(msgspec.Struct):
    """A changed description or focus of a post's picture."""

    id: Id
    description: str | UnsetType = UNSET
    focus: str = ""


class EditForm(msgspec.Struct):
    """A new version of a post."""

    status: str | UnsetType = UNSET
    spoiler_text: str | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    language: str | UnsetType = UNSET
    media_ids: list[Id] | UnsetType = UNSET
    media_attributes: list[MediaAttribute] | UnsetType = UNSET
    poll: dict[str, Any] | UnsetType | None = UNSET


class DeletionQuery(msgspec.Struct):
    """Whether the files go at once, and not in a day, until which they may be posted anew."""

    delete_media: bool = False


class ReblogForm(msgspec.Struct):
    """Who shall see the boost."""

    visibility: Visibility | None = None


@get("/api/v1/statuses", READER, list[Status], query=Ids)
async def index(call: Asked) -> bytes:
    """Several posts at once."""
    ids = call.query(Ids).id[:40]
    return b"[" + b",".join(await call.house.raf.documents(ids, call.viewer_id)) + b"]"


async def publish(call: Call) -> bytes:
    """`POST /api/v1/statuses`: publish. The same `Idempotency-Key` again is the same post again. Answered before Litestar."""
    said = await call.form(StatusForm)
    new = NewPost(
        text=said.status,
        spoiler_text=said.spoiler_text,
        visibility=said.visibility or None,
        sensitive=said.sensitive,
        language=said.language or None,
        in_reply_to_id=said.in_reply_to_id,
        media_ids=tuple(said.media_ids),
        idempotency_key=call.header(b"idempotency-key")[:255] or None,
        application_id=call.access.application_id if call.access else None,
        poll=poll_of(said.poll),
        quoted_id=said.quoted_status_id,
        quote_policy=said.quote_approval_policy or None,
    )
    if said.scheduled_at and (at := moment_of(said.scheduled_at)) > time.time():  # what is past is published now, as there
        return encode(await call.house.application.part(open_scheduling).schedule(call.account_id, new, at))
    identity = await call.house.raf.post(call.account_id, new)
    return await call.house.raf.document(identity, call.account_id)


@get("/api/v1/statuses/{status_id:int}", READER, Status)
async def show(call: Asked, status_id: FromPath[int]) -> bytes:
    """A post."""
    return await call.house.raf.document(status_id, call.viewer_id)


@put("/api/v1/statuses/{status_id:int}", WRITE, Status, form=EditForm, parts={"poll": PollForm})
async def update(call: Asked, status_id: FromPath[int]) -> bytes:
    """Publish a new version."""
    said = await call.form(EditForm)
    change = PostChange(
        text=said.status,
        spoiler_text=said.spoiler_text,
        sensitive=said.sensitive,
        language=(said.language or None) if said.language is not UNSET else UNSET,
        media_ids=tuple(said.media_ids) if said.media_ids is not UNSET else UNSET,
        media_descriptions=(
            {one.id: one.description for one in said.media_attributes if isinstance(one.description, str)}
            if said.media_attributes is not UNSET
            else UNSET
        ),
        media_focus=(
            {one.id: point for one in said.media_attributes if (point := focus_of(one.focus)) is not None}
            if said.media_attributes is not UNSET
            else UNSET
        ),
        poll=poll_of(said.poll) if not isinstance(said.poll, UnsetType) else UNSET,
    )
    await call.house.raf.edit_post(call.account_id, status_id, change)
    return await call.house.raf.document(status_id, call.account_id)


def poll_of(tree: Tree | None) -> NewPoll | None:
    """The poll of a form; None when it has no question at all."""
    said = convert(tree or {}, PollForm)
    if not said.options and said.expires_in is None:
        return None
    return NewPoll(
        options=tuple(said.options), expires_in=said.expires_in, multiple=said.multiple, hide_totals=said.hide_totals
    )


@delete("/api/v1/statuses/{status_id:int}", WRITE, DeletedStatus, query=DeletionQuery)
async def destroy(call: Asked, status_id: FromPath[int]) -> bytes:
    """Take a post away; the answer has its source, to write it anew."""
    raf = call.house.raf
    shown = await raf.status(status_id, call.account_id)
    if shown.account.id != str(call.account_id):
        raise Missing
    source = await raf.status_source(call.account_id, status_id)
    await raf.delete_post(call.account_id, status_id)
    if call.query(DeletionQuery).delete_media:
        for media in shown.media_attachments:
            with suppress(Missing):  # somebody was quicker
                await call.house.library.discard(call.account_id, int(media.id))
    whole = msgspec.to_builtins(shown)
    return encode(whole | {"text": source.text, "spoiler_text": source.spoiler_text})


@get("/api/v1/statuses/{status_id:int}/context", READER, Context)
async def context(call: Asked, status_id: FromPath[int]) -> bytes:
    """What a post replies to, and the replies to it."""
    above, below = await call.house.raf.context(status_id, call.viewer_id)
    ancestors = await call.house.raf.documents(above, call.viewer_id)
    descendants = await call.house.raf.documents(below, call.viewer_id)
    return b'{"ancestors":[' + b",".join(ancestors) + b'],"descendants":[' + b",".join(descendants) + b"]}"


@get("/api/v1/statuses/{status_id:int}/history", READER, list[StatusEdit])
async def history(call: Asked, status_id: FromPath[int]) -> bytes:
    """Every version."""
    return encode(await call.house.raf.status_history(status_id, call.viewer_id))


@get("/api/v1/statuses/{status_id:int}/source", person("read:statuses"), StatusSource)
async def source(call: Asked, status_id: FromPath[int]) -> bytes:
    """What the author typed."""
    return encode(await call.house.raf.status_source(call.account_id, status_id))


@post("/api/v1/statuses/{status_id:int}/favourite", FAVOURITES, Status)
async def favourite(call: Asked, status_id: FromPath[int]) -> bytes:
    """Like."""
    await call.house.raf.favourite(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/unfavourite", FAVOURITES, Status)
async def unfavourite(call: Asked, status_id: FromPath[int]) -> bytes:
    """Like no longer."""
    await call.house.raf.unfavourite(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/reblog", WRITE, Status, form=ReblogForm)
async def reblog(call: Asked, status_id: FromPath[int]) -> bytes:
    """Boost; the boost, which holds the post."""
    said = await call.form(ReblogForm)
    identity = await call.house.raf.reblog(call.account_id, status_id, said.visibility or None)
    return await call.house.raf.document(identity, call.account_id)


@post("/api/v1/statuses/{status_id:int}/unreblog", WRITE, Status)
async def unreblog(call: Asked, status_id: FromPath[int]) -> bytes:
    """Boost no longer; the post."""
    shown = await call.house.raf.status(status_id, call.account_id)
    await call.house.raf.unreblog(call.account_id, status_id)
    return await call.house.raf.document(int(shown.reblog.id) if shown.reblog else status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/bookmark", BOOKMARKS, Status)
async def bookmark(call: Asked, status_id: FromPath[int]) -> bytes:
    """Keep for later."""
    await call.house.raf.bookmark(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/unbookmark", BOOKMARKS, Status)
async def unbookmark(call: Asked, status_id: FromPath[int]) -> bytes:
    """Keep no longer."""
    await call.house.raf.unbookmark(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/mute", MUTES, Status)
async def mute(call: Asked, status_id: FromPath[int]) -> bytes:
    """No more notifications from this thread."""
    await call.house.raf.mute_conversation(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/unmute", MUTES, Status)
async def unmute(call: Asked, status_id: FromPath[int]) -> bytes:
    """Notifications again."""
    await call.house.raf.unmute_conversation(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/pin", PINS, Status)
async def pin(call: Asked, status_id: FromPath[int]) -> bytes:
    """Show first on one's profile."""
    await call.house.raf.pin(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@post("/api/v1/statuses/{status_id:int}/unpin", PINS, Status)
async def unpin(call: Asked, status_id: FromPath[int]) -> bytes:
    """Show in its turn again."""
    await call.house.raf.unpin(call.account_id, status_id)
    return await call.house.raf.document(status_id, call.account_id)


@get("/api/v1/statuses/{status_id:int}/favourited_by", reader("read:accounts"), list[Account], paged=True)
async def favourited_by(call: Asked, status_id: FromPath[int]) -> bytes:
    """Who likes a post."""
    paging = call.paging(40, 80)
    found = await call.house.raf.favourited_by(status_id, call.viewer_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@get("/api/v1/statuses/{status_id:int}/reblogged_by", reader("read:accounts"), list[Account], paged=True)
async def reblogged_by(call: Asked, status_id: FromPath[int]) -> bytes:
    """Who boosts it."""
    paging = call.paging(40, 80)
    found = await call.house.raf.reblogged_by(status_id, call.viewer_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


HANDLERS = [
    *(index, show, update, destroy, context, history, source),
    *(favourite, unfavourite, reblog, unreblog, bookmark, unbookmark),
    *(mute, unmute, pin, unpin, favourited_by, reblogged_by),
]
