"""Limits in the ledger: what no test of a running worker sees."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ostrov import Component, Ostrov, run_tasks, task
from ostrov.run.tasks.claim import claim
from ostrov.run.tasks.errors import NotATask, Refused
from ostrov.run.tasks.limits import Limits, limits, release, strayed
from ostrov.run.tasks.prune import prune
from ostrov.testing import running


@task(rate="2 per hour", limit_by="host")
async def call(host: str = "none") -> str:
    return host


@task(concurrency=1)
async def alone(number: int) -> int:
    return number


component = Component("demo", tasks=[call, alone])
HERE = f"{__name__}:component"


async def value(application: Ostrov, sql: str, *values: Any) -> Any:
    return await application.store.read(lambda connection: connection.value(sql, values))


@pytest.mark.parametrize("rate", ["ten/minute", "0/minute", "5", "5/fortnight", "/hour", "5/0s"])
def test_a_rate_that_cannot_be_read_is_refused_where_it_stands(rate: str) -> None:
    with pytest.raises(NotATask, match="cannot be read"):
        task(rate=rate)(lambda: None)


def test_a_rate_is_a_number_in_a_time() -> None:
    assert limits(None, "10/minute", None) == Limits(None, 10, 60.0)
    assert limits(3, "5 per 2 hours", "host") == Limits(3, 5, 7200.0, "host")


async def test_a_rate_holds_for_each_value_and_the_rest_is_promised_its_moment(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await call.enqueue_many([{"host": "a"}] * 4 + [{"host": "b"}] * 2)
        begun = time.time()
        assert await run_tasks(application) == 4
        waits = "SELECT run_after FROM task_run WHERE state = 'scheduled' ORDER BY run_after"
        moments = [row[0] - begun for row in await application.store.read(lambda c: c.rows(waits))]
        assert [round(moment / 1800, 1) for moment in moments] == [1.0, 2.0]


async def test_the_argument_that_limits_go_by_cannot_be_left_out(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        with pytest.raises(Refused, match="host"):
            await call.enqueue()
        assert await value(application, "SELECT count(*) FROM task_run") == 0


async def test_more_runs_go_when_the_code_allows_more(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await alone.enqueue_many([{"number": number} for number in range(4)])
        now = time.time()

        def take(allowed: int) -> Any:
            return lambda connection: claim(
                connection, "w1", (), 10, now, now + 60, limits_of=lambda _: Limits(concurrency=allowed)
            )

        assert len(await application.store.write(take(1))) == 1
        assert await value(application, "SELECT count(*) FROM task_run WHERE state = 'blocked'") == 3
        found = await application.store.read(lambda connection: strayed(connection, lambda _: Limits(concurrency=3)))
        assert found == [f"limit {alone.name}"] * 2


async def test_runs_that_wait_for_a_limit_do_not_stand_in_the_way_of_others(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await alone.using(priority=5).enqueue_many([{"number": number} for number in range(300)])
        last = await call.enqueue("a")
        now = time.time()

        def take(connection: Any) -> Any:
            return claim(connection, "w1", (), 50, now, now + 60, limits_of=lambda _: Limits(concurrency=1))

        assert len(await application.store.write(take)) == 1
        assert [run.id for run in await application.store.write(take)] == [last.id]


async def test_buckets_that_are_full_again_are_forgotten(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await call.enqueue("a")
        await run_tasks(application)
        assert await value(application, "SELECT count(*) FROM task_bucket") == 1
        await application.store.write(prune, time.time(), time.time())
        await application.store.write(prune, time.time(), time.time())
        assert await value(application, "SELECT count(*) FROM task_bucket") == 1, "it still counts"
        await application.store.write(prune, time.time() + 7200, time.time())
        await application.store.write(prune, time.time() + 7200, time.time())
        assert await value(application, "SELECT count(*) FROM task_bucket") == 0


def starts(application: Ostrov, moment: float) -> Any:
    """What a worker claims at a moment: the numbers in the names of the hosts."""

    def take(connection: Any) -> list[str]:
        found = claim(connection, "w1", (), 10, moment, moment + 60, limits_of=lambda _: call_limits)
        return [msgspec.json.decode(run.arguments)["host"] for run in found]

    return application.store.write(take)


call_limits = Limits(starts=2, period=3600.0)


async def enqueue_call(application: Ostrov, name: str, priority: int = 0) -> None:
    run = await call.using(priority=priority).enqueue(name)
    await application.store.write(lambda c: c.execute("UPDATE task_run SET limit_key = 'one' WHERE id = ?", (run.id,)))


async def test_a_newcomer_does_not_take_the_moment_that_was_promised_to_another(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        for name in "abcd":
            await enqueue_call(application, name)
        begun = time.time()
        assert await starts(application, begun) == ["a", "b"]
        await enqueue_call(application, "newcomer", priority=10)
        assert await starts(application, begun + 1801) == ["c"]
        assert await starts(application, begun + 3601) == ["d"]
        assert await starts(application, begun + 5401) == ["newcomer"]


async def test_promises_that_come_due_while_nobody_works_are_made_up_for_within_the_rate(
    tmp_path: Path, database: list[str]
) -> None:
    async with running(tmp_path, [HERE], database) as application:
        for name in "abcdef":
            await enqueue_call(application, name)
        begun = time.time()
        assert await starts(application, begun) == ["a", "b"]
        later = begun + 40000
        assert await starts(application, later) == ["c", "d"], "as many as at any time, and no more"
        assert await starts(application, later + 1801) == ["e"]
        assert await starts(application, later + 3601) == ["f"]


async def test_a_promised_moment_outlives_a_wait_for_a_slot(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        for name in "abc":
            await enqueue_call(application, name)
        begun = time.time()
        assert await starts(application, begun) == ["a", "b"]
        await application.store.write(lambda c: c.execute("UPDATE task_run SET lock_key = 'k' WHERE state = 'scheduled'"))
        await application.store.write(lambda c: c.execute("INSERT INTO task_semaphore VALUES ('lock k', 0, 'another')"))
        assert await starts(application, begun + 1801) == [], "it has its moment, and no slot"
        await application.store.write(lambda c: release(c, "another", "k", None))
        await enqueue_call(application, "newcomer", priority=10)
        assert await starts(application, begun + 1802) == ["c"]


@pytest.mark.parametrize("seed", range(3))
async def test_every_promise_is_kept_and_the_rate_holds_whoever_comes(tmp_path: Path, seed: int) -> None:
    """3 in 30 seconds, a worker that is there at each moment, and callers of all priorities."""
    chance, allowed = random.Random(seed), Limits(starts=3, period=30.0)
    begun, promised = time.time(), dict[str, float]()
    started: list[tuple[float, str]] = []

    def look(moment: float) -> Any:
        def take(connection: Any) -> list[float]:
            for run in claim(connection, "w1", (), 100, moment, moment + 60, limits_of=lambda _: allowed):
                started.append((moment, run.id))
            waiting = connection.rows("SELECT id, run_after FROM task_run WHERE state = 'scheduled'")
            for run_id, due in waiting:
                assert promised.setdefault(run_id, due) == due, "another moment than the one that was promised"
            return [due for _, due in waiting]

        return take

    async with running(tmp_path, [HERE]) as application:
        arrivals, due = sorted(begun + chance.uniform(0, 300) for _ in range(40)), list[float]()
        while arrivals or due:
            moment = min([*arrivals[:1], *due])
            if arrivals and moment == arrivals[0]:
                arrivals.pop(0)
                await enqueue_call(application, "any", chance.choice([-5, 0, 0, 10]))
            due = await application.store.write(look(moment))
    assert len(started) == 40
    assert len(promised) > 10
    assert all(moment == promised.get(run_id, moment) for moment, run_id in started)
    for first, (early, _) in enumerate(started):
        for count, (late, _) in enumerate(started[first:], 1):
            assert count <= 3 + (late - early) / 10 + 1e-6
