"""How the tasks of an engine's receiver end."""

from __future__ import annotations

import asyncio
import contextlib

from ostrov.run.tasks.engines.parts import end


async def test_a_part_that_swallows_a_cancellation_is_told_again() -> None:
    swallowed = asyncio.Event()

    async def deaf() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        swallowed.set()
        await asyncio.Event().wait()

    part = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await end([part], again=0.01)
    assert (swallowed.is_set(), part.cancelled()) == (True, True)


async def test_parts_that_ended_by_themselves_are_left_alone() -> None:
    part = asyncio.create_task(asyncio.sleep(0, "done"))
    await part
    await end([part])
    assert part.result() == "done"
