"""What several ask for in one turn of the loop is read at once: thirty-two posts that one commit wrote are answered by two
queries instead of sixty-four."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

V = TypeVar("V")
MOST = 256
"""Ids that are read at once."""


class Together(Generic[V]):
    """`read(ids)`, once for all who ask `get(ids)` in a turn of the loop. An error of it is everybody's."""

    def __init__(self, read: Callable[[list[int]], Awaitable[dict[int, V]]]) -> None:
        self._read = read
        self._asked: set[int] = set()
        self._waiting: list[asyncio.Future[dict[int, V]]] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def get(self, ids: Iterable[int]) -> dict[int, V]:
        """What there is of these ids, and of others that were asked for meanwhile."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._begin)
        waiter: asyncio.Future[dict[int, V]] = loop.create_future()
        self._waiting.append(waiter)
        self._asked.update(ids)
        if len(self._asked) > MOST:
            self._begin()
        return await waiter

    def _begin(self) -> None:
        if self._waiting:
            task = asyncio.ensure_future(self._answer(padded(self._asked), self._waiting))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
            self._asked, self._waiting = set(), []

    async def _answer(self, ids: list[int], waiting: list[asyncio.Future[dict[int, V]]]) -> None:
        try:
            found = await self._read(ids)
        except BaseException as problem:
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_exception(problem)
            if not isinstance(problem, Exception):
                raise
        else:
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(found)


def padded(ids: Iterable[int]) -> list[int]:
    """The ids, the last one repeated until they are two, four, eight …: a database keeps few different statements ready."""
    found = list(ids)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))
