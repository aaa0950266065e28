"""What a person sends: parsed at the edge by the API and the pages, decided on by the domain."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class ProfileChange(Struct, frozen=True, kw_only=True):
    """Only what is set is changed. `avatar` and `header` are paths below the media folder, None takes the picture away."""

    display_name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    avatar: str | UnsetType | None = UNSET
    header: str | UnsetType | None = UNSET
    locked: bool | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET
    fields: list[tuple[str, str]] | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    visibility: str | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET


class NewPoll(Struct, frozen=True, kw_only=True):
    """A question with answers to choose from. `expires_in` is in seconds."""

    options: tuple[str, ...] = ()
    expires_in: float | None = None
    multiple: bool = False
    hide_totals: bool = False


class NewPost(Struct, frozen=True, kw_only=True):
    """`visibility` None and `language` None mean the account's own defaults."""

    text: str = ""
    spoiler_text: str = ""
    visibility: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    in_reply_to_id: int | None = None
    media_ids: tuple[int, ...] = ()
    idempotency_key: str | None = None
    application_id: int | None = None
    poll: NewPoll | None = None
    quoted_id: int | None = None
    quote_policy: str | None = None


class PostChange(Struct, frozen=True, kw_only=True):
    """A new version of a post. What is unset stays as it is; descriptions and focus are by media id."""

    text: str | UnsetType = UNSET
    spoiler_text: str | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    media_ids: tuple[int, ...] | UnsetType = UNSET
    media_descriptions: dict[int, str] | UnsetType = UNSET
    media_focus: dict[int, tuple[float, float]] | UnsetType = UNSET
    poll: NewPoll | UnsetType | None = UNSET


class MediaChange(Struct, frozen=True, kw_only=True):
    """`focus` is (x, y), each from -1 to 1."""

    description: str | UnsetType | None = UNSET
    focus: tuple[float, float] | UnsetType = UNSET
