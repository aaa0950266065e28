"""Enqueue: what is in the ledger is run, what was rolled back is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov import Component, Connection, TaskContext, run_tasks, task
from ostrov.run.tasks.tasks import open_tasks
from ostrov.testing import running

seen: list[object] = []


@task(queue="mail", retries=5)
async def deliver(message_id: int, note: str = "x") -> str:
    seen.append((message_id, note))
    return f"m{message_id}"


@task
def add(context: TaskContext, numbers: list[int]) -> int:
    seen.append(context.key)
    return sum(numbers)


component = Component(name="demo", tasks=[deliver, add])
HERE = f"{__name__}:component"


async def test_an_enqueued_task_is_run_and_its_result_kept(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        first = await deliver.enqueue(message_id=7)
        second = await add.enqueue([1, 2, 3])
        assert await run_tasks(application) == 2
        assert await first.wait(1) == "successful"
        assert first.result == "m7"
        await second.refresh()
        assert second.result == 6
        assert f"{second.id}:1" in seen


async def test_many_are_enqueued_in_one_transaction(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        runs = await deliver.enqueue_many([{"message_id": i} for i in range(50)])
        assert len({run.id for run in runs}) == 50
        assert [run.id for run in runs] == sorted(run.id for run in runs)
        assert await run_tasks(application) == 50


async def test_a_dedupe_key_holds_while_its_run_is_not_over(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        first = await deliver.using(dedupe_key="a").enqueue(1)
        again = await deliver.using(dedupe_key="a").enqueue(2)
        assert (again.id, again.created) == (first.id, False)
        assert await run_tasks(application) == 1
        later = await deliver.using(dedupe_key="a").enqueue(3)
        assert later.created


async def test_a_rolled_back_transaction_enqueues_nothing(tmp_path: Path, database: list[str]) -> None:
    def change(connection: Connection, fail: bool) -> str:
        run = deliver.enqueue_in(connection, message_id=1)
        if fail:
            raise ValueError("the caller changed its mind")
        return run.id

    async with running(tmp_path, [HERE], database) as application:
        told: list[str] = []
        application.part(open_tasks).telemetry.listen(lambda happening: told.append(happening.verb))
        with pytest.raises(ValueError, match="changed its mind"):
            await application.store.write(change, True)
        assert await run_tasks(application) == 0
        assert told == []
        await application.store.write(change, False)
        assert told == ["enqueued"]
        assert await run_tasks(application) == 1
