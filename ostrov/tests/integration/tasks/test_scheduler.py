"""The scheduler: each tick becomes one run, however many schedulers there are and whatever was missed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from ostrov import Component, Ostrov, run_tasks, task
from ostrov.core.supervisor.context import ServiceContext
from ostrov.run.tasks import control, schedule
from ostrov.run.tasks.identifier import id_at
from ostrov.run.tasks.scheduler import Scheduler, prune_history, serve
from ostrov.run.tasks.testing import working
from ostrov.testing import running

ran: list[str] = []


@task(every="10 minutes")
async def often() -> None:
    ran.append("often")


@task(every=0.1, overlap=True)
async def at_once() -> None:
    ran.append("at once")


@task(cron="0 0 1 1 *", misfire="skip", timezone="Europe/Berlin")
async def yearly() -> None:
    ran.append("yearly")


component = Component(name="demo", tasks=[often, at_once, yearly])
HERE = f"{__name__}:component"


async def rows(application: Ostrov, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql, values))


async def set_tick(application: Ostrov, name: str, tick: float) -> None:
    await application.store.write(lambda c: c.execute("UPDATE task_schedule SET next_tick = ? WHERE key = ?", (tick, name)))


async def test_a_tick_is_run_once_by_any_number_of_schedulers(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        schedulers = [Scheduler(application) for _ in range(4)]
        for one in schedulers:
            await one.declare()
        tick = time.time() - 1
        await set_tick(application, often.name, tick)
        await set_tick(application, at_once.name, time.time() + 99)
        await asyncio.gather(*(one.fire_due() for one in schedulers))
        assert await rows(application, "SELECT task, schedule_key, tick FROM task_run") == [(often.name, often.name, tick)]
        following = await rows(application, "SELECT next_tick, last_tick FROM task_schedule WHERE key = ?", often.name)
        assert following == [(tick + 600, tick)]
        assert await run_tasks(application) == 1


async def test_a_tick_is_taken_once_also_where_runs_may_overlap(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        scheduler, tick = Scheduler(application), time.time() - 1
        await scheduler.declare()
        await set_tick(application, at_once.name, tick)
        declared = scheduler.schedules[at_once.name]
        first = await application.store.write(schedule.fire, declared, tick, time.time())
        assert first is not None
        assert await run_tasks(application) == 1  # it is over, so only the tick itself can tell
        assert await application.store.write(schedule.fire, declared, tick, time.time()) is None
        assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]


async def test_many_missed_ticks_are_one_run(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        scheduler = Scheduler(application)
        await scheduler.declare()
        await set_tick(application, often.name, time.time() - 86400)
        await set_tick(application, at_once.name, time.time() + 99)
        assert await scheduler.fire_due() > 1
        assert len(await rows(application, "SELECT id FROM task_run")) == 1
        ((tick,),) = await rows(application, "SELECT next_tick FROM task_schedule WHERE key = ?", often.name)
        assert time.time() < tick <= time.time() + 600


async def test_missed_ticks_are_skipped_where_the_task_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, [HERE]) as application:
        scheduler = Scheduler(application)
        await scheduler.declare()
        await set_tick(application, yearly.name, time.time() - 3600)
        await set_tick(application, at_once.name, time.time() + 99)
        await scheduler.fire_due()
        assert await rows(application, "SELECT id FROM task_run") == []
        ((tick,),) = await rows(application, "SELECT next_tick FROM task_schedule WHERE key = ?", yearly.name)
        assert time.gmtime(tick)[1:5] == (12, 31, 23, 0)


async def test_no_tick_starts_while_the_run_before_is_not_over(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        scheduler = Scheduler(application)
        await scheduler.declare()
        await set_tick(application, at_once.name, time.time() + 99)
        for _ in range(2):
            await set_tick(application, often.name, time.time() - 1)
            await scheduler.fire_due()
        assert len(await rows(application, "SELECT id FROM task_run")) == 1


async def test_a_changed_rule_begins_anew_and_an_unchanged_one_goes_on(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        scheduler = Scheduler(application)
        await scheduler.declare()
        await set_tick(application, often.name, 5.0)
        await set_tick(application, yearly.name, 5.0)
        changed = "UPDATE task_schedule SET rule = 'every 5' WHERE key = ?"
        await application.store.write(lambda c: c.execute(changed, (often.name,)))
        await scheduler.declare()
        ticks = await application.store.read(schedule.ticks)
        assert ticks[often.name] > time.time() + 590
        assert ticks[yearly.name] == 5.0


async def test_the_scheduler_service_feeds_a_worker(tmp_path: Path, database: list[str]) -> None:
    ran.clear()
    async with running(tmp_path, [HERE], database) as application, working(application):
        context = ServiceContext(application, "scheduler")
        service = asyncio.create_task(serve(context))
        deadline = time.monotonic() + 10
        while len(ran) < 3:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        context.stopping.set()
        await service
        assert set(ran) == {"at once"}


async def test_old_history_is_pruned_and_dead_runs_are_kept_longer(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        runs = [await often.enqueue() for _ in range(5)]
        assert await run_tasks(application) == 5
        long_ago = time.time() - 20 * 86400

        def age(connection: Any) -> None:
            for number, run in enumerate(runs[:4]):
                old = id_at(long_ago)[:-1] + str(number)
                connection.execute("UPDATE task_finished_run SET id = ?, finished_at = ? WHERE id = ?", (old, long_ago, run.id))
                connection.execute("UPDATE task_attempt SET run_id = ? WHERE run_id = ?", (old, run.id))
            connection.execute("UPDATE task_finished_run SET state = 'dead' WHERE id = ?", (id_at(long_ago)[:-1] + "3",))

        await application.store.write(age)
        assert await prune_history(application) == 3
        assert await rows(application, "SELECT state, count(*) FROM task_finished_run GROUP BY state ORDER BY state") == [
            ("dead", 1),
            ("successful", 1),
        ]
        assert await rows(application, "SELECT count(*) FROM task_attempt") == [(2,)]


async def test_dead_runs_are_retried_in_bulk(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        runs = [await often.enqueue() for _ in range(3)]
        await run_tasks(application)
        await application.store.write(lambda c: c.execute("UPDATE task_finished_run SET state = 'dead'"))
        done, last = await application.store.write(control.retry_dead, often.name, "", time.time())
        assert (done, last) == (3, max(run.id for run in runs))
        assert await application.store.write(control.retry_dead, often.name, last, time.time()) == (0, "")
        assert await run_tasks(application) == 3
        assert await rows(application, "SELECT max(number), count(*) FROM task_attempt") == [(2, 6)]
