"""`Scheduling`: posts that wait. `scheduling = application.part(open_scheduling)`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from ostrov import Connection, Ostrov
from raf import entities
from raf.errors import Invalid
from raf.forms import NewPost
from raf.media.attachments import COLUMNS, Attachment, entity_of
from raf.network import Raf, open_raf
from raf.paging import Listing, Paging
from raf.scheduling import rows
from raf.scheduling.rows import ScheduledRow
from raf.times import iso

FILE = f"SELECT {COLUMNS} FROM media WHERE id = ? AND account_id = ?"


class Scheduling:
    """The posts of one network that are not published yet."""

    def __init__(self, raf: Raf) -> None:
        self._raf = raf

    async def schedule(self, account_id: int, new: NewPost, at: float) -> entities.ScheduledStatus:
        """Have a post published at a time (epoch seconds). Raises Invalid, Refused, Missing."""
        identity = await self._raf.command(rows.schedule, account_id, new, at)
        return await self.waiting(account_id, identity)

    async def post_when_ready(self, account_id: int, new: NewPost) -> int | None:
        """Have a post published as soon as its films are processed; None when they are already. Raises Invalid, Refused,
        Missing."""
        return await self._raf.command(rows.wait_for_files, account_id, new)

    async def reschedule(self, account_id: int, identity: int, at: float) -> entities.ScheduledStatus:
        """Raises Missing, Invalid."""
        await self._raf.command(rows.reschedule, account_id, identity, at)
        return await self.waiting(account_id, identity)

    async def cancel(self, account_id: int, identity: int) -> None:
        """Take it back. Raises Missing."""
        await self._raf.store.write(rows.cancel, account_id, identity)

    async def waiting(self, account_id: int, identity: int) -> entities.ScheduledStatus:
        """Raises Missing."""
        return await self._raf.store.read(
            lambda connection: self._entity(connection, rows.row(connection, account_id, identity))
        )

    async def all_waiting(self, account_id: int, paging: Paging) -> Listing[entities.ScheduledStatus]:
        """The last written first."""

        def read(connection: Connection) -> Listing[entities.ScheduledStatus]:
            found = rows.page(connection, account_id, paging)
            return Listing([self._entity(connection, row) for row in found.items], found.older, found.newer)

        return await self._raf.store.read(read)

    def _entity(self, connection: Connection, row: ScheduledRow) -> entities.ScheduledStatus:
        new = row.post
        files = [connection.row(FILE, (media_id, row.account_id)) for media_id in new.media_ids]
        return entities.ScheduledStatus(
            id=str(row.id),
            scheduled_at=iso(row.scheduled_at),
            params=_params(new),
            media_attachments=[entity_of(Attachment(*file), f"{self._raf.url}/media/") for file in files if file is not None],
            error=row.error or rows.failed_file(connection, new, row.account_id) or msgspec.UNSET,
        )


def _params(new: NewPost) -> dict[str, Any]:
    """What was asked for, as Mastodon shows it."""
    poll = new.poll
    return {
        "text": new.text,
        "media_ids": [str(media_id) for media_id in new.media_ids] or None,
        "sensitive": new.sensitive,
        "spoiler_text": new.spoiler_text or None,
        "visibility": new.visibility,
        "language": new.language,
        "in_reply_to_id": new.in_reply_to_id,
        "application_id": new.application_id,
        "scheduled_at": None,
        "idempotency": None,
        "with_rate_limit": False,
        "poll": None
        if poll is None
        else {
            "options": list(poll.options),
            "expires_in": str(int(poll.expires_in or 0)),
            "multiple": poll.multiple,
            "hide_totals": poll.hide_totals,
        },
        "quoted_status_id": None if new.quoted_id is None else str(new.quoted_id),
        "quote_approval_policy": new.quote_policy,
    }


def moment_of(text: str) -> float:
    """An ISO 8601 date and time, without a zone in UTC, as epoch seconds. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as problem:
        raise Invalid({"scheduled_at": [("ERR_INVALID", "is not a date and time")]}) from problem


def open_scheduling(application: Ostrov) -> Scheduling:
    """The posts that wait, of an application."""
    return Scheduling(application.part(open_raf))
