"""What somebody set for themselves has changed (a list, a filter): every process reads anew what it knows of them."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from ostrov import Connection, Message, Ostrov, OstrovError
from raf.timelines.timelines import Timelines

TOPIC = "raf.reader"
LOG = logging.getLogger(__name__)


class Refresh:
    """`announce` in a command tells all processes after the commit; `drop` after it, so that this one knows at once."""

    def __init__(self, application: Ostrov, timelines: Timelines) -> None:
        self._channel = application.channel
        self._timelines = timelines
        self._loading: set[asyncio.Task[None]] = set()
        application.channel.listen(TOPIC, self._heard)

    def announce(self, connection: Connection, account_id: int) -> None:
        """Tell every process, once the transaction is committed."""
        connection.after_commit(partial(self._channel.publish, TOPIC, b"%d" % account_id))

    def drop(self, account_id: int) -> None:
        """Forget what this process knows of somebody. Who is listened for is read again at once."""
        memory = self._timelines.memory
        memory.loads.changed(("reader", account_id))
        memory.readers.drop(account_id)
        if memory.readers.get(account_id) is not None:
            task = asyncio.get_running_loop().create_task(self._load(account_id))
            self._loading.add(task)
            task.add_done_callback(self._loading.discard)

    async def _load(self, account_id: int) -> None:
        try:
            await self._timelines.reader(account_id)
            for ear in self._timelines.memory.readers.ears.of(account_id):
                await ear.reload()
        except OstrovError as problem:
            LOG.warning("what is known of account %d could not be read: %s", account_id, problem)

    def _heard(self, message: Message) -> None:
        if message.body.isdigit():
            self.drop(int(message.body))
