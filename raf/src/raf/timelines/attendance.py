"""Who listens to their home is here, however long they ask for nothing: no letter is written to them."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from ostrov import Ostrov, StoreError
from raf.identity.presence import EVERY, open_presence

if TYPE_CHECKING:
    from raf.timelines.memory import Memory


class Attendance:
    """Looks now and then who listens in this process, from the first listener on."""

    def __init__(self, application: Ostrov, memory: Memory) -> None:
        self._application = application
        self._memory = memory
        self._looking: asyncio.Task[None] | None = None
        application.on_close(self.close)

    def begin(self) -> None:
        """Somebody listens."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def note(self) -> None:
        """Write down who listens at the moment."""
        presence = self._application.part(open_presence)
        for account_id in [reader.account_id for reader in self._memory.readers if reader.mailboxes]:
            await presence.seen(account_id)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            with contextlib.suppress(StoreError):  # the database is away or busy; the next look will tell
                await self.note()

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
