"""A post put aside in the browser, for people without scripts and for those whose session has ended meanwhile.

It is kept in a cookie that scripts cannot read, packed, and is shown to the account that wrote it alone. One at a time: what is
put aside next takes its place. (Scripts keep unfinished texts in the browser by themselves.)
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING

import msgspec

from raf.web.answer import cookie
from raf.web.forms import Form

if TYPE_CHECKING:
    from raf.web.visit import Visit

COOKIE = "raf_unfinished"
LONGEST = 3500
"""Characters of the packed draft: a browser keeps 4,096 bytes a cookie, its name and attributes included (RFC 6265 §6.1)."""
UNPACKED = 64 * 1024
VISIBILITIES = ("public", "unlisted", "private", "direct")
DAYS = 30.0


class Unfinished(msgspec.Struct, array_like=True):
    """`place` is the `keep` of the draft it belongs to, `writer` the account."""

    writer: int
    place: str
    text: str
    spoiler_text: str = ""
    visibility: str = "public"
    language: str = ""
    quote_policy: str = ""


def written(form: Form, writer: int) -> Unfinished:
    """What the composer's form holds."""
    visibility = form.text("visibility")
    return Unfinished(
        writer,
        place_of(form),
        form.text("text"),
        form.text("spoiler_text"),
        visibility if visibility in VISIBILITIES else "public",
        form.text("language")[:8],
        form.text("quote_policy")[:12],
    )


def place_of(form: Form) -> str:
    """Which draft a form is of."""
    answered = form.number("in_reply_to_id")
    return f"to-{answered}" if answered else "new"


def put_aside(visit: Visit, draft: Unfinished) -> bool:
    """Keep it in the browser with the next answer; False when it is too long for that."""
    packed = base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(draft), 9)).decode().rstrip("=")
    if len(packed) > LONGEST:
        return False
    visit.cookies.append(cookie(COOKIE, packed, secure=visit.site.secure, days=DAYS))
    return True


def found(visit: Visit, place: str) -> Unfinished | None:
    """What waits for this draft of the visitor."""
    packed: str = visit.request.cookies.get(COOKIE, "")
    if not packed or not place:
        return None
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), UNPACKED)
        draft = msgspec.json.decode(data, type=Unfinished)
    except (binascii.Error, ValueError, zlib.error, msgspec.MsgspecError):
        return None
    fits = draft.writer == visit.account_id and draft.place == place and draft.visibility in VISIBILITIES
    return draft if fits else None


def forget(visit: Visit, place: str) -> None:
    """It is sent: nothing waits any more."""
    if found(visit, place) is not None:
        visit.cookies.append(cookie(COOKIE, "", secure=visit.site.secure, days=0))
