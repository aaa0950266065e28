"""`/api/v1/instance`, `/api/v2/instance` and what belongs to them."""

from __future__ import annotations

import html
import time
from typing import Any

from litestar.params import FromPath

from raf.domain import polls
from raf.entities import CustomEmoji, Instance, InstanceContact, InstanceThumbnail, InstanceV1, Rule, RuleTranslation
from raf.errors import Missing
from raf.mastodon import API_VERSIONS, VERSION
from raf.mastodon.access import ANYONE
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.house import House
from raf.mastodon.selections.activity import COUNTED, usage, weeks
from raf.mastodon.shapes import InstanceActivity, InstanceText, Language, PublishedBlock, TermsOfService
from raf.media.formats import TAKEN
from raf.media.portraits import default_header
from raf.moderation import blocking, emojis
from raf.moderation import house as house_texts
from raf.push.push import open_push
from raf.tags import featuring
from raf.times import iso
from raf.web.languages import Language as Speech
from raf.web.rules import RULES

LANGUAGES = {"en": "English", "ru": "Russian"}
RUSSIAN = Speech("ru")
SOURCE = ""  # the address of the repository, once it has one
LINK_LENGTH = 23
COUNTED_RULES = 5.0
"""Seconds after which rules that changed are told."""
PRIVACY = (
    "Kept are: your name, e-mail address, posts and pictures, whom you follow, and the network addresses your sessions came "
    "from. Your password is kept as an argon2id hash and every token as a digest. Pictures lose what the camera wrote into "
    "them. There are no trackers and no scripts of others."
)


@get("/api/v2/instance", ANYONE, Instance)
async def v2(call: Asked) -> bytes:
    """The server and what it takes."""
    house, settings = call.house, call.house.application.settings.raf
    _, active_month, _, _ = await house.counted(COUNTED, usage, time.time())
    shown = Instance(
        domain=house.domain,
        title=settings.title,
        version=VERSION,
        source_url=SOURCE,
        description=settings.description,
        usage={"users": {"active_month": active_month}},
        thumbnail=InstanceThumbnail(url=_thumbnail(house)),
        languages=list(LANGUAGES),
        configuration=configuration(house)
        | {
            "urls": {
                "streaming": house.streaming_url,
                "status": None,
                "about": f"{house.url}/about",
                "privacy_policy": None,
                "terms_of_service": None,
            },
            "vapid": {"public_key": (await house.application.part(open_push).vapid()).public},
            "translation": {"enabled": False},
            "limited_federation": True,
        },
        registrations={
            "enabled": settings.identity.registrations,
            "approval_required": settings.identity.approval,
            "reason_required": False,
            "message": None,
            "min_age": None,
            "url": None,
        },
        api_versions=API_VERSIONS,
        contact=InstanceContact(),
        rules=await rules(house),
    )
    return encode(shown)


@get("/api/v1/instance", ANYONE, InstanceV1)
async def v1(call: Asked) -> bytes:
    """The same in the older shape."""
    house, settings = call.house, call.house.application.settings.raf
    users, _, _, posts = await house.counted(COUNTED, usage, time.time())
    shown = InstanceV1(
        uri=house.domain,
        title=settings.title,
        short_description=settings.description,
        description=settings.description,
        version=VERSION,
        urls={"streaming_api": house.streaming_url},
        stats={"user_count": users, "status_count": posts, "domain_count": 0},
        thumbnail=_thumbnail(house),
        languages=list(LANGUAGES),
        registrations=settings.identity.registrations,
        approval_required=settings.identity.approval,
        invites_enabled=settings.identity.invitations,
        configuration=configuration(house),
        rules=await rules(house),
    )
    return encode(shown)


@get("/api/v1/instance/rules", ANYONE, list[Rule])
async def show_rules(call: Asked) -> bytes:
    """The rules that people agree to."""
    return encode(await rules(call.house))


@get("/api/v1/instance/peers", ANYONE, list[str])
async def peers(call: Asked) -> bytes:
    """Servers known to this one: none yet."""
    return b"[]"


@get("/api/v1/instance/activity", ANYONE, list[InstanceActivity])
async def activity(call: Asked) -> bytes:
    """Twelve weeks, this one first."""
    found = await call.house.counted(600, weeks, time.time(), 12)
    return encode(
        [
            {
                "week": str(week.begins),
                "statuses": str(week.posts),
                "logins": str(week.active),
                "registrations": str(week.accounts),
            }
            for week in found
        ]
    )


@get("/api/v1/instance/extended_description", ANYONE, InstanceText)
async def extended_description(call: Asked) -> bytes:
    """What the server is about, as HTML."""
    written = await call.house.store.read(house_texts.text_of, "description")
    if written is not None:
        return encode({"updated_at": iso(written.updated_at), "content": house_texts.drawn(written.text)})
    text = call.house.application.settings.raf.description
    return encode({"updated_at": iso(0), "content": f"<p>{html.escape(text)}</p>"})


@get("/api/v1/instance/privacy_policy", ANYONE, InstanceText)
async def privacy_policy(call: Asked) -> bytes:
    """What is kept about people, as HTML."""
    written = await call.house.store.read(house_texts.text_of, "privacy")
    if written is not None:
        return encode({"updated_at": iso(written.updated_at), "content": house_texts.drawn(written.text)})
    return encode({"updated_at": iso(0), "content": f"<p>{html.escape(PRIVACY)}</p>"})


@get("/api/v1/instance/terms_of_service", ANYONE, TermsOfService, absent=True)
async def terms_of_service(call: Asked) -> bytes:
    """The terms, as HTML. Raises Missing when nobody wrote any."""
    return await _terms(call)


@get("/api/v1/instance/terms_of_service/{date:str}", ANYONE, TermsOfService)
async def terms_of_day(call: Asked, date: FromPath[str]) -> bytes:
    """The terms that began to hold on a day; only those that hold now are kept. Raises Missing."""
    return await _terms(call, date)


async def _terms(call: Call, wanted: str = "") -> bytes:
    written = await call.house.store.read(house_texts.text_of, "terms")
    if written is None:
        raise Missing
    day = iso(written.updated_at)[:10]
    if wanted not in ("", day):
        raise Missing
    content = house_texts.drawn(written.text)
    return encode({"effective_date": day, "effective": True, "content": content, "succeeded_by": None})


@get("/api/v1/instance/domain_blocks", ANYONE, list[PublishedBlock])
async def domain_blocks(call: Asked) -> bytes:
    """The servers this one does not talk to, unless that is nobody's concern."""
    found = await call.house.store.read(blocking.published)
    return encode(found)


@get("/api/v1/instance/translation_languages", ANYONE, dict[str, list[str]])
async def translation_languages(call: Asked) -> bytes:
    """Nothing is translated."""
    return b"{}"


@get("/api/v1/instance/languages", ANYONE, list[Language])
async def languages(call: Asked) -> bytes:
    """What is spoken here."""
    return encode([{"code": code, "name": name} for code, name in LANGUAGES.items()])


@get("/api/v1/custom_emojis", ANYONE, list[CustomEmoji])
async def custom_emojis(call: Asked) -> bytes:
    """The pictures of the house."""
    found = await call.house.store.read(emojis.every)
    return encode([picture.entity(call.house.library.url) for picture in found if not picture.disabled])


def configuration(house: House) -> dict[str, Any]:
    """The limits, as clients count by them."""
    posts, media = house.application.settings.raf.posts, house.library.settings
    return {
        "accounts": {
            "max_featured_tags": featuring.MOST,
            "max_pinned_statuses": posts.pins,
            "max_profile_fields": posts.fields,
            "max_display_name_length": posts.display_name,
            "max_note_length": posts.note,
            "profile_field_name_limit": posts.field_characters,
            "profile_field_value_limit": posts.field_characters,
        },
        "statuses": {
            "max_characters": posts.characters,
            "max_media_attachments": posts.media,
            "characters_reserved_per_url": LINK_LENGTH,
        },
        "media_attachments": {
            "supported_mime_types": list(TAKEN),
            "description_limit": media.description_limit,
            "image_size_limit": media.max_bytes,
            "image_matrix_limit": media.max_pixels,
            "video_size_limit": media.max_film_bytes,
            "video_frame_rate_limit": media.max_frame_rate,
            "video_matrix_limit": media.max_film_pixels,
        },
        "polls": {
            "max_options": polls.OPTIONS,
            "max_characters_per_option": polls.OPTION_CHARACTERS,
            "min_expiration": polls.SHORTEST,
            "max_expiration": polls.LONGEST,
        },
    }


async def rules(house: House) -> list[Rule]:
    """The rules that were written down here, or else the usual ones of the page about this place, numbered."""
    written = await house.counted(COUNTED_RULES, house_texts.rules_of)
    return written or [
        Rule(id=str(number), text=text, translations={"ru": RuleTranslation(text=str(RUSSIAN.say(text)))})
        for number, text in enumerate(RULES, 1)
    ]


def _thumbnail(house: House) -> str:
    return house.library.url + default_header(house.application.settings.raf.title)


HANDLERS = [
    *(terms_of_service, terms_of_day, domain_blocks),
    *(v2, v1, show_rules, peers, activity, extended_description, privacy_policy),
    *(translation_languages, languages, custom_emojis),
]
