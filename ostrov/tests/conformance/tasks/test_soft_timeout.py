"""A soft timeout tells the task's own code, which cleans up; the hard one stays behind it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from ostrov import Backoff, Component, Ostrov, OstrovError, Run, SoftTimeout, run_tasks, task
from ostrov.run.tasks.errors import NotATask
from ostrov.run.tasks.run import State
from ostrov.run.tasks.testing import working
from ostrov.testing import running

NOW = Backoff("fixed", first=0.01, jitter=0)
seen: list[str] = []


@task(soft_timeout=0.1, timeout=20)
async def tidies() -> str:
    try:
        await asyncio.sleep(30)
    except SoftTimeout:
        return "tidy"
    return "late"


@task(soft_timeout=0.1, retries=1, backoff=NOW)
async def lets_through() -> None:
    await asyncio.sleep(30)


@task(soft_timeout=0.1, timeout=0.4)
async def goes_on() -> None:
    try:
        await asyncio.sleep(30)
    except SoftTimeout:
        seen.append("soft")
        await asyncio.sleep(30)


@task(soft_timeout=0.1, timeout=20)
async def has_children() -> None:
    async def child() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            seen.append("child ended")

    async with asyncio.TaskGroup() as group:
        group.create_task(child())
        group.create_task(child())


@task(soft_timeout=0.1, timeout=20)
def tidies_in_a_thread() -> str:
    try:
        while True:
            time.sleep(0.01)
    except SoftTimeout:
        return "tidy"


@task(soft_timeout=0.1, timeout=20)
def is_told_once() -> int:
    told, until = 0, time.monotonic() + 1.5
    while time.monotonic() < until:
        try:
            time.sleep(0.01)
        except SoftTimeout:
            told += 1
    return told


@task(soft_timeout=0.1, retries=1, backoff=NOW)
def lets_through_in_a_thread() -> None:
    while True:
        time.sleep(0.01)


class SlowPath(PurePosixPath):
    """A result that takes its time to be written down."""

    def __str__(self) -> str:
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            time.sleep(0.001)
        return "/"


@task(soft_timeout=0.1)
def returns_slowly() -> PurePosixPath:
    return SlowPath("/")


@task
def plain(number: int) -> int:
    return number


@task(timeout=20)
async def waits() -> None:
    await asyncio.sleep(30)


component = Component(
    name="demo",
    tasks=[
        *(tidies, lets_through, goes_on, has_children, waits),
        *(tidies_in_a_thread, lets_through_in_a_thread, is_told_once, returns_slowly, plain),
    ],
)
HERE = f"{__name__}:component"
MODULE = """
import time
from ostrov import Backoff, Component, SoftTimeout, task

@task(process=True, soft_timeout=0.2, timeout=20)
def tidies() -> str:
    try:
        time.sleep(30)
    except SoftTimeout:
        return "tidy"
    return "late"

@task(process=True, soft_timeout=0.1, timeout=20)
def is_told_once() -> int:
    told, until = 0, time.monotonic() + 1.5
    while time.monotonic() < until:
        try:
            time.sleep(0.01)
        except SoftTimeout:
            told += 1
    return told

@task(process=True, soft_timeout=0.2, retries=1, backoff=Backoff("fixed", first=0.01, jitter=0))
def lets_through() -> None:
    time.sleep(30)

component = Component(name="soft_crew", tasks=[tidies, is_told_once, lets_through])
"""


@pytest.fixture(autouse=True)
def fresh() -> None:
    seen.clear()


@pytest.fixture
def soft_crew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "soft_crew.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("soft_crew")
    del sys.modules["soft_crew"]


async def outcomes(application: Ostrov, run: Run[Any]) -> list[str]:
    sql = "SELECT outcome FROM task_attempt WHERE run_id = ? ORDER BY number"
    return [outcome for (outcome,) in await application.store.read(lambda connection: connection.rows(sql, (run.id,)))]


@pytest.mark.parametrize("kind", [tidies, tidies_in_a_thread], ids=["async", "thread"])
async def test_a_task_that_tidies_up_at_its_soft_timeout_ends_as_it_says(tmp_path: Path, house: list[str], kind: Any) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await kind.enqueue()
        assert await run.wait(10) == State.SUCCESSFUL
        assert run.result == "tidy"


@pytest.mark.parametrize("kind", [lets_through, lets_through_in_a_thread], ids=["async", "thread"])
async def test_a_task_that_lets_it_through_is_out_of_time_and_tried_again(tmp_path: Path, house: list[str], kind: Any) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await kind.enqueue()
        assert await run.wait(10) == State.DEAD
        assert run.error == "out of time: its soft timeout passed"
        assert await outcomes(application, run) == ["timeout", "timeout"]


async def test_a_process_is_told_too(tmp_path: Path, house: list[str], soft_crew: Any) -> None:
    async with running(tmp_path, ["soft_crew:component"], house) as application, working(application):
        tidy, through = await soft_crew.tidies.enqueue(), await soft_crew.lets_through.enqueue()
        assert await tidy.wait(20) == State.SUCCESSFUL
        assert tidy.result == "tidy"
        assert await through.wait(20) == State.DEAD
        assert await outcomes(application, through) == ["timeout", "timeout"]


async def test_the_hard_timeout_stays_behind_it(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await goes_on.enqueue()
        assert await run.wait(10) == State.DEAD
        assert seen == ["soft"]
        assert run.error == "out of time after 0.4 s"


@pytest.mark.parametrize("kind", ["thread", "process"])
async def test_a_function_is_told_once(tmp_path: Path, soft_crew: Any, kind: str) -> None:
    """It is looked whether it has begun, again and again."""
    where, told = (HERE, is_told_once) if kind == "thread" else ("soft_crew:component", soft_crew.is_told_once)
    async with running(tmp_path, [where]) as application, working(application):
        run = await told.enqueue()
        assert await run.wait(20) == State.SUCCESSFUL
        assert run.result == 1


async def test_what_the_task_has_started_in_a_group_ends_with_it(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await has_children.enqueue()
        assert await run.wait(10) == State.DEAD
        assert await outcomes(application, run) == ["timeout"]
        assert seen == ["child ended", "child ended"]


async def test_a_soft_timeout_that_comes_when_the_function_has_returned_hits_nothing_else(
    tmp_path: Path, house: list[str]
) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.threads=1"]) as application, working(application):
        run, others = await returns_slowly.enqueue(), await plain.enqueue_many([{"number": number} for number in range(20)])
        assert await run.wait(10) == State.DEAD
        assert run.error == "out of time: its soft timeout passed"
        for other in others:
            assert await other.wait(10) == State.SUCCESSFUL


async def test_one_run_may_have_a_soft_timeout_of_its_own(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application:
        runs = [await waits.using(soft_timeout="100 ms").enqueue()]
        runs += await waits.using(soft_timeout=0.1).enqueue_many([{}, {}])
        async with working(application):
            for run in runs:
                assert await run.wait(10) == State.DEAD
                assert run.error == "out of time: its soft timeout passed"


async def test_it_holds_where_tests_run_tasks(tmp_path: Path) -> None:
    async with running(tmp_path, [HERE]) as application:
        run = await tidies.enqueue()
        assert await run_tasks(application) == 1
        assert await run.refresh() == State.SUCCESSFUL


def test_a_soft_timeout_that_does_not_come_first_is_refused_where_it_stands() -> None:
    with pytest.raises(NotATask, match="30 s does not come before its timeout of 30 s"):
        task(soft_timeout="30s", timeout="30s")(lambda: None)
    with pytest.raises(NotATask, match="soft timeout of 30 s does not come before its timeout of 20 s"):
        waits.using(soft_timeout="30s")
    for options in ({"soft_timeout": 0}, {"timeout": 0}, {"timeout": "-1"}):
        with pytest.raises(OstrovError, match="not a length of time"):
            task(**options)(lambda: None)
