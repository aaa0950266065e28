"""`/api/v1/media` and `/api/v2/media`: pictures, films and sounds for posts to come."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from raf.entities import MediaAttachment
from raf.errors import Invalid
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import JSON, Asked, delete, get, post, put
from raf.mastodon.parameters import convert
from raf.mastodon.uploads import UploadedFile
from raf.media.attachments import entity_of
from raf.network import MediaChange

WRITE = person("write:media")
OVERHEAD = 2**20
"""Bytes that a form may have beside its file."""
FILES = {"file": UploadedFile, "thumbnail": UploadedFile}


class MediaForm(msgspec.Struct):
    """`focus` is `x,y`, each from -1 to 1."""

    description: str | None = None
    focus: str = ""


class MediaEdit(msgspec.Struct):
    """What may be changed of an upload."""

    description: str | UnsetType | None = UNSET
    focus: str | UnsetType = UNSET


@post("/api/v1/media", WRITE, MediaAttachment, form=MediaForm, parts=FILES, also={202: MediaAttachment})
async def create_now(call: Asked) -> Response[bytes]:
    """Upload; back when it is processed, or with 202 when a film takes longer than `raf.media.wait_seconds`."""
    return await _answer(call, call.house.library.settings.wait_seconds)


@post("/api/v2/media", WRITE, MediaAttachment, form=MediaForm, parts=FILES, also={202: MediaAttachment})
async def create(call: Asked) -> Response[bytes]:
    """Upload; a worker processes it, and `GET /api/v1/media/{id}` says when it is ready."""
    return await _answer(call, wait=False)


@get("/api/v1/media/{media_id:int}", WRITE, MediaAttachment, also={206: MediaAttachment})
async def show(call: Asked, media_id: FromPath[int]) -> Response[bytes]:
    """An upload that no post has taken: 206 while it is processed, 422 when it cannot be."""
    row = await call.house.library.find(call.account_id, media_id)
    if row.state == "failed":
        return Response(encode({"error": row.error or "The file could not be processed"}), status_code=422, media_type=JSON)
    status = 200 if row.state == "ready" else 206
    return Response(encode(entity_of(row, call.house.library.url)), status_code=status, media_type=JSON)


@put("/api/v1/media/{media_id:int}", WRITE, MediaAttachment, form=MediaEdit, parts={"thumbnail": UploadedFile})
async def update(call: Asked, media_id: FromPath[int]) -> bytes:
    """Describe it, or say where to look."""
    tree = await call.tree(call.house.library.settings.max_bytes + OVERHEAD)
    said = convert(tree, MediaEdit)
    if isinstance(picture := tree.get("thumbnail"), UploadedFile):
        await call.house.library.choose_thumbnail(call.account_id, media_id, picture.path)
    change = MediaChange(
        description=said.description, focus=focus_of(said.focus) or UNSET if isinstance(said.focus, str) else UNSET
    )
    return encode(await call.house.library.update(call.account_id, media_id, change))


@delete("/api/v1/media/{media_id:int}", WRITE)
async def destroy(call: Asked, media_id: FromPath[int]) -> bytes:
    """Throw an upload away that no post has taken."""
    await call.house.library.discard(call.account_id, media_id)
    return b"{}"


async def _answer(call: Call, wait: bool | float) -> Response[bytes]:
    shown = await call.house.library.media(call.account_id, await _upload(call, wait))
    return Response(encode(shown), status_code=202 if shown.url is None else 200, media_type=JSON)


async def _upload(call: Call, wait: bool | float) -> int:
    settings = call.house.library.settings
    tree = await call.tree(max(settings.max_bytes, settings.max_film_bytes) + settings.max_bytes + OVERHEAD)
    said = convert(tree, MediaForm)
    file, thumbnail = tree.get("file"), tree.get("thumbnail")
    if not isinstance(file, UploadedFile):
        raise Invalid({"file": [("ERR_BLANK", "can't be blank")]})
    return await call.house.library.upload(
        call.account_id,
        file.path,
        said.description or None,
        focus_of(said.focus),
        thumbnail=thumbnail.path if isinstance(thumbnail, UploadedFile) else None,
        wait=wait,
    )


def focus_of(text: str) -> tuple[float, float] | None:
    """`x,y` as two numbers; None when it is empty."""
    if not text.strip():
        return None
    x, _, y = text.partition(",")
    try:
        return float(x), float(y)
    except ValueError as problem:
        raise Invalid({"focus": [("ERR_INVALID", "must be two numbers from -1 to 1")]}) from problem


HANDLERS = [create_now, create, show, update, destroy]
