"""The one face of departures that pages use: `application.part(open_departure)`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from ostrov import Connection, Ostrov, StoreIntegrity, VersionConflict
from raf.archive.archive import open_archive
from raf.departure import leaving
from raf.errors import Missing
from raf.identity.identity import open_identity
from raf.identity.recognized import TOPIC as REVOKED
from raf.journal import Journal
from raf.media import attachments
from raf.media.library import GRACE, open_library
from raf.media.tasks import sweep
from raf.network import open_raf

T = TypeVar("T")
AT_ONCE = 25
TRIES = 3


class Departure:
    """Deletes accounts: at their persons' wish, or because moderators say so."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.store = application.store

    async def close(self, account_id: int, password: str) -> None:
        """Delete an account. Raises WrongPassword, TooMany, Missing, Refused (the only owner)."""
        await self.application.part(open_identity).check_password(account_id, password)
        await self.close_for(account_id, lambda connection, journal: None)

    async def close_for(self, account_id: int, decide: Callable[[Connection, Journal], object]) -> None:
        """The same without a password; `decide` is called first, in the same transaction, and may raise."""
        from raf.departure.tasks import leave

        def write(connection: Connection) -> list[str]:
            decide(connection, self.raf.journal)
            archives, pictures = leaving.close(connection, self.raf.journal, account_id)
            leave.enqueue_in(connection, account_id, pictures)
            connection.after_commit(partial(self.application.channel.publish, REVOKED, b""))
            return archives

        archives = await self._again(write)
        await self.application.part(open_archive).remove(archives)

    async def leave(self, account_id: int, pictures: Sequence[str]) -> int:
        """Take back and forget all that a closed account left (the task's work); how much it was. Run again, it goes on."""
        if await self.store.read(leaving.state, account_id) != "leaving":
            return 0
        taken = 0
        while number := await self._again(partial(self._leave_some, account_id)):
            taken += number
        after = 0
        while True:
            last = await self.store.write(leaving.forget_some, self.raf.events, account_id, after, AT_ONCE)
            if not last:
                break
            after = last
        await self._unsign_votes(account_id)
        await self.store.write(leaving.forget_profile, self.raf.events, account_id)
        await self._remove_files(account_id, pictures)
        await self.store.write(leaving.finish, account_id, time.time())
        return taken

    async def unsign_votes(self) -> int:
        """Make the votes of all who have left nobody's, for those who left before leaving did so; how many."""
        return sum([await self._unsign_votes(account_id) for account_id in await self.store.read(leaving.gone)])

    async def _unsign_votes(self, account_id: int) -> int:
        votes = await self.store.read(leaving.votes, self.raf.events, account_id)
        for start in range(0, len(votes), AT_ONCE):
            await self.store.write(leaving.unsign_votes, self.raf.events, votes[start : start + AT_ONCE])
        return len(votes)

    def _leave_some(self, account_id: int, connection: Connection) -> int:
        return leaving.leave_some(connection, self.raf.journal, account_id, AT_ONCE)

    async def _remove_files(self, account_id: int, pictures: Sequence[str]) -> None:
        """At once what nobody can be uploading just now; the rest, and portraits of long ago, goes with the sweep."""
        library = self.application.part(open_library)
        while found := await self.store.read(leaving.uploads, account_id, AT_ONCE):
            for media_id in found:
                try:
                    await library.discard(account_id, media_id)
                except Missing:
                    continue
        unused = await self.store.read(attachments.unreferenced, set(pictures))
        await library.delete(unused)
        await sweep.using(run_after=datetime.now(UTC) + timedelta(seconds=GRACE + 60)).enqueue()

    async def _again(self, write: Callable[[Connection], T]) -> T:
        """In a transaction, again when another process took a stream's version."""
        for _ in range(TRIES - 1):
            try:
                return await self.store.write(write)
            except (VersionConflict, StoreIntegrity):
                continue
        return await self.store.write(write)


def open_departure(application: Ostrov) -> Departure:
    """The departures of an application."""
    return Departure(application)
