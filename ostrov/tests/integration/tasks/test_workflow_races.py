"""Two transactions of PostgreSQL end steps of the same workflows at once: one waits for the other, nothing happens twice."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Ostrov, Run, run_tasks, task, workflow
from ostrov.core.store.postgresql import PostgresConnection
from ostrov.run.tasks.run import State
from ostrov.run.tasks.workflows import settle as module
from ostrov.run.tasks.workflows.complete import complete
from ostrov.run.tasks.workflows.settle import settle
from ostrov.testing import running

pytestmark = pytest.mark.server("postgresql")


@task
async def part(number: int) -> int:
    return number


@task
async def both(left: int, right: int) -> int:
    return left + right


@workflow
def pair() -> Any:
    return both(part(1), part(2))


component = Component("demo", tasks=[__name__])


async def built(application: Ostrov, count: int) -> list[tuple[Run[Any], dict[str, str]]]:
    """Runs whose two first steps are ready, each with the ids of its steps."""
    runs = [await pair.enqueue() for _ in range(count)]
    await run_tasks(application, limit=count)
    sql = "SELECT step, id FROM task_run WHERE root_id = ?"

    async def ids(run: Run[Any]) -> dict[str, str]:
        return dict(await application.store.read(lambda connection: connection.rows(sql, (run.id,))))

    return [(run, await ids(run)) for run in runs]


async def test_the_later_of_two_parents_starts_the_child(tmp_path: Path, postgresql: list[str], two_transactions: Any) -> None:
    async with running(tmp_path, [f"{__name__}:component"], postgresql) as application:
        ((run, ids),) = await built(application, 1)
        now = time.time()
        with two_transactions(application) as (one, two):
            complete(one, ids["part"], State.SUCCESSFUL, "1", None, now)
            complete(two, ids["part_2"], State.SUCCESSFUL, "2", None, now)
            settle(one, [(ids["part"], run.id)], now)
            later = asyncio.create_task(asyncio.to_thread(settle, two, [(ids["part_2"], run.id)], now))
            done, _ = await asyncio.wait([later], timeout=0.3)
            assert not done, "it did not wait for the other"
            one.commit()
            await later
            two.commit()
        assert await run_tasks(application) == 1
        await run.refresh()
        assert run.result == 3


async def test_two_batches_in_opposite_order_do_not_wait_for_each_other(
    tmp_path: Path, postgresql: list[str], two_transactions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, [f"{__name__}:component"], postgresql) as application:
        (first, of_first), (second, of_second) = await built(application, 2)
        now, advance = time.time(), module._advance

        def slowly(*arguments: Any) -> Any:
            ended = advance(*arguments)
            time.sleep(0.3)  # holds its locks while the other takes its own
            return ended

        monkeypatch.setattr(module, "_advance", slowly)
        with two_transactions(application) as pair_of:
            steps = [[("part", first, of_first), ("part", second, of_second)]]
            steps.append([("part_2", second, of_second), ("part_2", first, of_first)])
            for connection, batch in zip(pair_of, steps, strict=True):
                for step, _, ids in batch:
                    complete(connection, ids[step], State.SUCCESSFUL, "1", None, now)

            def end(connection: PostgresConnection, batch: list[Any]) -> None:
                settle(connection, [(ids[step], run.id) for step, run, ids in batch], now)
                connection.commit()

            await asyncio.gather(*(asyncio.to_thread(end, *both_) for both_ in zip(pair_of, steps, strict=True)))
        assert await run_tasks(application) == 2
        assert (await first.refresh(), await second.refresh()) == (State.SUCCESSFUL, State.SUCCESSFUL)
