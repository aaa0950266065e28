"""What a search finds."""

from __future__ import annotations

from msgspec import Struct, field

from raf.entities.account import Account
from raf.entities.status import Status
from raf.entities.tag import Tag


class Search(Struct, kw_only=True):
    accounts: list[Account] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    hashtags: list[Tag] = field(default_factory=list)
