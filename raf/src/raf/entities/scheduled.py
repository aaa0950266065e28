"""Posts that wait, as the API shows them."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from raf.entities.media import MediaAttachment


class ScheduledStatus(Struct, kw_only=True):
    """A post that waits. `params` is what was asked for; `error`, our own, says why it could not be published."""

    id: str
    scheduled_at: str
    params: dict[str, Any]
    media_attachments: list[MediaAttachment] = field(default_factory=list)
    error: str | UnsetType = UNSET
