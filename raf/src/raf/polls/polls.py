"""`Polls`: voting and looking. `polls = application.part(open_polls)`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ostrov import Connection, Ostrov
from raf import entities
from raf.errors import Missing
from raf.network import Raf, open_raf
from raf.polls import reading
from raf.polls.voting import vote
from raf.posts import lookup


class Polls:
    """The polls of one network. A poll's id is that of its post."""

    def __init__(self, raf: Raf) -> None:
        self._raf = raf

    async def poll(self, poll_id: int, viewer_id: int | None) -> entities.Poll:
        """Raises Missing when there is none, or the viewer may not see its post."""

        def read(connection: Connection) -> entities.Poll:
            post = lookup.seen_post(connection, poll_id, viewer_id)
            found = reading.rows(connection, [post.id]).get(post.id)
            if found is None:
                raise Missing
            chosen = reading.votes(connection, viewer_id, [post.id]) if viewer_id is not None else {}
            return reading.entity(found, viewer_id, chosen.get(post.id, ()), time.time())

        return await self._raf.store.read(read)

    async def vote(self, account_id: int, poll_id: int, choices: Sequence[int]) -> None:
        """Choose answers, by their places from 0. Raises Missing, Invalid."""
        await self._raf.command(vote, account_id, poll_id, choices)


def open_polls(application: Ostrov) -> Polls:
    """The polls of an application."""
    return Polls(application.part(open_raf))
