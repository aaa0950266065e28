"""What people are told, and how far they have read."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from raf.entities.account import Account
from raf.entities.status import Status


class Notification(Struct, kw_only=True):
    """`type` is mention, status, reblog, follow, follow_request, favourite, poll, update, admin.sign_up or admin.report."""

    id: str
    type: str
    created_at: str
    group_key: str
    account: Account
    status: Status | UnsetType | None = UNSET
    report: Any | UnsetType = UNSET
    moderation_warning: Any | UnsetType = UNSET


class Marker(Struct, kw_only=True):
    last_read_id: str
    version: int
    updated_at: str
