"""The `raf.posts` and `raf.timelines` sections."""

from __future__ import annotations

from typing import Annotated

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1)]


class PostSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How long and how much."""

    characters: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 500
    """The longest post, content warning included; a link counts as 23."""
    media: Annotated[int, msgspec.Meta(ge=0, le=16)] = 4
    """Files a post may hold."""
    pins: Annotated[int, msgspec.Meta(ge=0, le=100)] = 5
    """Posts an account may pin."""
    display_name: Positive = 30
    """Characters of a name."""
    note: Positive = 500
    """Characters of the words about oneself."""
    fields: Annotated[int, msgspec.Meta(ge=0, le=32)] = 4
    """Facts on a profile."""
    field_characters: Positive = 255
    """Characters of a fact, and of its name."""
    follows: Positive = 7500
    """Accounts one may follow; whoever has more followers may follow 1.1 times as many (as Mastodon)."""
    idempotency_hours: Positive = 1
    """A post sent again with the same Idempotency-Key within this time is the same post."""


class TimelineSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is kept in the memory of a process."""

    home_entries: Annotated[int, msgspec.Meta(ge=40)] = 400
    """Entries of a home timeline; older ones are read from the database."""
    readers: Positive = 5000
    """People whose relations and home timeline are kept, those who came last."""
    documents: Positive = 10_000
    """Encoded posts kept, about 1.2 KB each."""
    accounts: Positive = 5000
    """Encoded accounts kept, about 1 KB each."""
    catch_up: Annotated[float, msgspec.Meta(gt=0)] = 2.0
    """Seconds between looks for events of a process that was killed before it could tell."""
