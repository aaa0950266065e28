"""What an endpoint takes and gives, said beside its path. The OpenAPI document is made of it; nothing else reads it."""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict

import msgspec


class Nothing(msgspec.Struct):
    """An empty object."""


class Page:
    """HTML for a person, in place of an entity."""


class Stream:
    """Server-sent events, in place of an entity."""


class Words:
    """Plain text, in place of an entity."""


class Takes(TypedDict, total=False):
    """What a request may carry.

    `query` are the parameters of the address, `form` those of the body. `parts` are what a form has beside its fields, or in
    place of one that is read apart: a Struct, a list of it, or `UploadedFile`. `paged` lists take `max_id` and its like and
    answer a `Link`; `linked` ones only answer it. `also` are further good answers by their status. `absent` says that there
    may be nothing to answer with, though no id is asked for.
    """

    query: type[msgspec.Struct]
    form: type[msgspec.Struct]
    parts: dict[str, Any]
    paged: bool
    linked: bool
    also: dict[int, Any]
    absent: bool


class Promise(NamedTuple):
    """What is said of an endpoint: the entity it answers with, and what it takes."""

    gives: Any = Nothing
    takes: Takes = {}  # noqa: RUF012 - never written to


def one_of(*words: str) -> msgspec.Meta:
    """Beside a text's type: the document lists these words. What is sent is held to them further inside, in Mastodon's way."""
    return msgspec.Meta(extra_json_schema={"enum": list(words)})
