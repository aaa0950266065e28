"""One's own account: `verify_credentials`, `update_credentials`, preferences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from raf.domain.quotes import EVERYBODY
from raf.entities import CredentialAccount
from raf.errors import Invalid
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, delete, get, patch
from raf.mastodon.parameters import Tree, convert
from raf.mastodon.promise import one_of
from raf.mastodon.shapes import Preferences
from raf.mastodon.uploads import UploadedFile
from raf.network import ProfileChange
from raf.preferences.preferences import reading_of

WRITE = person("write:accounts")
VISIBILITIES = ("public", "unlisted", "private", "direct")


class Credentials(msgspec.Struct):
    """What may be changed, texts and flags; pictures, fields and `source` are read apart."""

    display_name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET


class SourceChange(msgspec.Struct):
    """The defaults of new posts."""

    privacy: Annotated[str, one_of(*VISIBILITIES)] | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    language: str | UnsetType | None = UNSET


class FieldChange(msgspec.Struct):
    """A row of the profile's table."""

    name: str = ""
    value: str = ""


PARTS = {
    "avatar": UploadedFile,
    "header": UploadedFile,
    "source": SourceChange,
    "fields_attributes": list[FieldChange],
}


@get("/api/v1/accounts/verify_credentials", person("read:accounts", "profile"), CredentialAccount)
async def verify_credentials(call: Asked) -> bytes:
    """One's own account."""
    return encode(await call.house.raf.credential_account(call.account_id))


@patch("/api/v1/accounts/update_credentials", WRITE, CredentialAccount, form=Credentials, parts=PARTS)
async def update_credentials(call: Asked) -> bytes:
    """Change one's profile."""
    tree = await call.tree(2 * call.house.library.settings.max_bytes + 2**20)
    said = convert(tree, Credentials)
    source = convert(tree["source"], SourceChange) if isinstance(tree.get("source"), dict) else SourceChange()
    if isinstance(source.privacy, str) and source.privacy not in VISIBILITIES:
        raise Invalid({"privacy": [("ERR_INCLUSION", "is not included in the list")]})
    change = ProfileChange(
        display_name=said.display_name,
        note=said.note,
        locked=said.locked,
        bot=said.bot,
        discoverable=said.discoverable,
        indexable=said.indexable,
        hide_collections=said.hide_collections,
        avatar=await _portrait(call, tree, "avatar"),
        header=await _portrait(call, tree, "header"),
        fields=_fields(tree.get("fields_attributes", UNSET)),
        visibility=source.privacy,
        sensitive=source.sensitive,
        language=source.language or None if source.language is not UNSET else UNSET,
    )
    await call.house.raf.update_profile(call.account_id, change)
    return encode(await call.house.raf.credential_account(call.account_id))


@delete("/api/v1/profile/avatar", WRITE, CredentialAccount)
async def delete_avatar(call: Asked) -> bytes:
    """Go back to the cup that everybody begins with."""
    await call.house.raf.update_profile(call.account_id, ProfileChange(avatar=None))
    return encode(await call.house.raf.credential_account(call.account_id))


@delete("/api/v1/profile/header", WRITE, CredentialAccount)
async def delete_header(call: Asked) -> bytes:
    """The same for the picture across the top."""
    await call.house.raf.update_profile(call.account_id, ProfileChange(header=None))
    return encode(await call.house.raf.credential_account(call.account_id))


@get("/api/v1/preferences", person("read:accounts"), Preferences)
async def preferences(call: Asked) -> bytes:
    """The defaults of new posts, in Mastodon's names."""
    source = (await call.house.raf.credential_account(call.account_id)).source
    reading = await call.house.raf.store.read(reading_of, call.account_id)
    return encode(
        {
            "posting:default:visibility": source.privacy,
            "posting:default:sensitive": source.sensitive,
            "posting:default:language": source.language,
            "posting:default:quote_policy": EVERYBODY,
            "reading:expand:media": reading.media,
            "reading:expand:spoilers": reading.spoilers,
            "reading:autoplay:gifs": reading.gifs,
        }
    )


async def _portrait(call: Call, tree: Tree, kind: str) -> str | UnsetType:
    """The name of the picture that was sent as `kind`; unset without one."""
    sent = tree.get(kind)
    if not isinstance(sent, UploadedFile) or sent.path.stat().st_size == 0:
        return UNSET
    try:
        return await call.house.library.portrait(call.account_id, sent.path, kind)
    except Invalid as problem:
        raise Invalid({kind: [found for several in problem.details.values() for found in several]}) from problem


def _fields(given: Any) -> list[tuple[str, str]] | UnsetType:
    """The rows of `fields_attributes`, a list or a mapping of places; unset when there was none. Empty rows are dropped."""
    if isinstance(given, Mapping):
        given = [given[place] for place in sorted(given, key=lambda place: (len(str(place)), str(place)))]
    if not isinstance(given, list):
        return UNSET
    rows = [convert(row, FieldChange) for row in given[:32] if isinstance(row, dict)]
    return [(row.name, row.value) for row in rows if row.name.strip() or row.value.strip()]


HANDLERS = [verify_credentials, update_credentials, delete_avatar, delete_header, preferences]
