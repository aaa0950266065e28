"""What people are told, how far they have read, and what happens just now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ostrov import Mailbox, Message
from raf import entities, live
from raf.errors import Missing
from raf.live import Stream
from raf.network.ground import Ground
from raf.notifications import reading as notices
from raf.paging import FIRST_PAGE, Paging


class Notifications(Ground):
    """What people are told."""

    async def notifications(
        self,
        account_id: int,
        paging: Paging = FIRST_PAGE,
        types: Iterable[str] = (),
        exclude_types: Iterable[str] = (),
        from_account_id: int | None = None,
        filtered: bool = False,
    ) -> list[entities.Notification]:
        """Newest first; with `filtered` those too that the account's policy kept aside."""
        which = (tuple(types), tuple(exclude_types), from_account_id, filtered)
        rows = await self.store.read(notices.rows, account_id, paging, *which)
        return await self._notifications(account_id, rows)

    async def notification(self, account_id: int, notification_id: int) -> entities.Notification:
        """Raises Missing."""
        row = await self.store.read(notices.row, account_id, notification_id)
        found = await self._notifications(account_id, [row] if row else [])
        if not found:
            raise Missing
        return found[0]

    async def dismiss_notification(self, account_id: int, notification_id: int) -> None:
        if not await self.store.write(notices.dismiss, account_id, notification_id):
            raise Missing

    async def clear_notifications(self, account_id: int) -> None:
        await self.store.write(notices.clear, account_id)

    async def unread_notifications(self, account_id: int, limit: int = 100) -> int:
        """How many there are above the marker, counted up to the limit."""
        return await self.store.read(notices.unread, account_id, limit)

    async def markers(
        self, account_id: int, timelines: Iterable[str] = ("home", "notifications")
    ) -> dict[str, entities.Marker]:
        """How far the account has read, by timeline; only those that were ever set."""
        return await self.store.read(notices.markers, account_id, tuple(timelines))

    async def set_markers(self, account_id: int, last_read: dict[str, int]) -> dict[str, entities.Marker]:
        return await self.store.write(notices.set_markers, account_id, last_read)

    # ---- live updates -----------------------------------------------------------------------------------------------

    async def live(self, account_id: int | None, streams: Iterable[Stream], limit: int = 500) -> Mailbox:
        """A mailbox of what happens on these streams from now on; close it (it is a context manager). See `raf.live`."""
        if account_id is not None:
            self.attendance.begin()
        return await self.timelines.listen(account_id, streams, limit)

    async def streamed(self, status_id: int, account_id: int | None = None) -> bytes | None:
        """The document of a status without a viewer, unchecked: for who was told of it by a stream. None when it is gone.

        For an account that has filters it says which of them match.
        """
        return await self.timelines.streamed(status_id, account_id)

    # ---- inside -----------------------------------------------------------------------------------------------------

    async def _notifications(self, account_id: int, rows: Sequence[notices.NotificationRow]) -> list[entities.Notification]:
        """With accounts and statuses; those whose status may not be seen any more are left out."""
        authors = {account.id: account for account in await self.timelines.accounts({row.from_account_id for row in rows})}
        ids = sorted({row.status_id for row in rows if row.status_id and row.kind not in notices.SUBJECTS})
        statuses = {status.id: status for status in await self.timelines.statuses(ids, account_id)}
        subjects = await self.notified_of(rows)
        made = (notices.entity(row, authors, statuses, subjects) for row in rows)
        return [notification for notification in made if notification is not None]

    async def notified_of(self, rows: Sequence[notices.NotificationRow]) -> dict[tuple[str, int], Any]:
        """The reports and judgements that notifications speak of, as entities, by kind and id."""
        if not any(row.kind in notices.SUBJECTS for row in rows):
            return {}
        from raf.notifications.house import subjects

        return await subjects(self.application, rows)

    def _notified(self, message: Message) -> None:
        for account_id, identity in notices.decode_told(message.body):
            event = notices.CHANGED.get(identity, "notification")
            self.memory.board.post(f"raf.notifications.{account_id}", live.body(event, identity))
