"""One event a verb: whoever counts or logs what happens hears of each thing once, from wherever it is done."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ostrov import Backoff, Component, Ostrov, approval, run_tasks, task, when, workflow
from ostrov.core.store import Connection
from ostrov.core.trace import current, fresh
from ostrov.run.tasks import control, dead, reaper, roster
from ostrov.run.tasks.claim import claim
from ostrov.run.tasks.liveness import Identity, this_process
from ostrov.run.tasks.rounds import Rounds
from ostrov.run.tasks.scheduler import Scheduler
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.telemetry import VERBS, Happening
from ostrov.run.tasks.testing import working
from ostrov.run.tasks.workflows.approvals import decide, pending
from ostrov.testing import running

HERE = f"{__name__}:component"
NOW = Backoff("fixed", first=0, jitter=0)


@task(name="plain")
async def plain(number: int = 0) -> int:
    return number


@task(name="fails", retries=1, backoff=NOW)
async def fails() -> None:
    raise ValueError("no")


@task(name="sleeps")
async def sleeps() -> None:
    await asyncio.sleep(60)


@task(name="ticks", every="1 hour")
async def ticks() -> None:
    pass


@task(name="threes")
async def threes() -> list[int]:
    return [1, 2, 3]


@workflow(name="fans")
def fans() -> Any:
    return plain.map(threes())


@workflow(name="branches")
def branches() -> None:
    with when(plain(0)):
        plain(5)


@workflow(name="asks")
def asks() -> None:
    answer = approval("Go on?")
    plain(1).after(answer)


@workflow(name="breaks")
def breaks() -> None:
    plain(2).after(fails())


component = Component(name="verbs", tasks=[plain, fails, sleeps, ticks, threes, fans, branches, asks, breaks])


class Heard:
    """What was told since the last look."""

    def __init__(self, application: Ostrov) -> None:
        self.happenings: list[Happening] = []
        application.part(open_tasks).telemetry.listen(self.happenings.append)

    def take(self) -> list[tuple[str, str]]:
        """(verb, task), in order."""
        taken = [(happening.verb, happening.task) for happening in self.happenings]
        self.happenings.clear()
        return taken


async def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


# Each scenario does one thing to runs and says what is to be heard of it.


async def enqueueing(application: Ostrov, heard: Heard) -> None:
    await plain.enqueue(1)
    assert heard.take() == [("enqueued", "plain")]
    await plain.enqueue_many([{"number": 1}, {"number": 2}])
    assert heard.take() == [("enqueued", "plain")] * 2
    await run_tasks(application)
    assert heard.take() == [("started", "plain"), ("successful", "plain")] * 3


async def deduplicating(application: Ostrov, heard: Heard) -> None:
    first = await plain.using(dedupe_key="a").enqueue()
    assert heard.take() == [("enqueued", "plain")]
    await plain.using(dedupe_key="a").enqueue()
    assert [happening.run_id for happening in heard.happenings] == [first.id]
    assert heard.take() == [("deduplicated", "plain")]
    await plain.using(dedupe_key="a").enqueue_many([{}, {}])
    assert heard.take() == [("deduplicated", "plain")] * 2


async def ticking(application: Ostrov, heard: Heard) -> None:
    moment = time.time()
    scheduler = Scheduler(application, lambda: moment)
    await scheduler.declare()
    moment += 3700
    await scheduler.fire_due()
    assert heard.take() == [("enqueued", "ticks")]
    moment += 3700
    await scheduler.fire_due()
    assert heard.take() == [("deduplicated", "ticks")]


async def delaying(application: Ostrov, heard: Heard) -> None:
    await plain.using(run_after=0.01).enqueue()
    later = await plain.using(run_after=3600).enqueue()
    assert heard.take() == [("enqueued", "plain")] * 2
    await asyncio.sleep(0.02)
    await run_tasks(application)
    assert heard.take() == [("promoted", "plain"), ("started", "plain"), ("successful", "plain")]
    await application.store.write(control.retry, later.id, time.time())
    assert heard.take() == [("promoted", "plain")]


async def failing(application: Ostrov, heard: Heard) -> None:
    run = await fails.enqueue()
    await run_tasks(application)
    assert heard.take() == [
        *(("enqueued", "fails"), ("started", "fails"), ("retried", "fails")),
        *(("started", "fails"), ("dead", "fails")),
    ]
    await application.store.write(control.retry, run.id, time.time())
    assert heard.take() == [("revived", "fails")]
    await run_tasks(application)
    heard.take()
    await application.store.write(control.retry_dead, "", "", time.time())
    assert heard.take() == [("revived", "fails")]
    await application.store.write(control.replay, run.id, time.time())
    assert heard.take() == [("enqueued", "fails")]
    await run_tasks(application)
    heard.take()
    await application.store.write(dead.discard, run.id, "ann")
    assert heard.take() == [("discarded", "fails")]
    await application.store.write(dead.discard_all, "", "", "ann")
    assert heard.take() == [("discarded", "fails")]


async def cancelling(application: Ostrov, heard: Heard) -> None:
    waiting = await plain.using(run_after=3600).enqueue()
    heard.take()
    await application.store.write(control.cancel, waiting.id, time.time())
    assert heard.take() == [("cancelled", "plain")]
    async with working(application):
        going = await sleeps.enqueue()
        await until(lambda: len(heard.happenings) == 2)
        assert heard.take() == [("enqueued", "sleeps"), ("started", "sleeps")]
        await application.store.write(control.cancel, going.id, time.time())
        await going.wait(20)
        await until(lambda: len(heard.happenings) == 2)
        assert heard.take() == [("cancelling", "sleeps"), ("cancelled", "sleeps")]


async def stopping(application: Ostrov, heard: Heard) -> None:
    application.settings.tasks.drain = 0.01
    async with working(application):
        await sleeps.enqueue()
        await until(lambda: len(heard.happenings) == 2)
        heard.take()
    assert heard.take() == [("interrupted", "sleeps")]


async def giving_back(application: Ostrov, heard: Heard) -> None:
    run = await plain.enqueue()
    await application.store.write(lambda connection: connection.execute("UPDATE task_run SET task = 'gone'"))
    heard.take()
    async with working(application):
        await until(lambda: len(heard.happenings) >= 2)
    assert [(happening.verb, happening.run_id) for happening in heard.happenings] == [("started", run.id), ("returned", run.id)]


async def dying(application: Ostrov, heard: Heard) -> None:
    gone = Identity(this_process().host, this_process().boot_id, 2**22 + 1, "0")
    await plain.enqueue()
    for losses, verb in ((2, "reaped"), (1, "dead")):
        worker_id = f"gone {losses}"
        await application.store.write(roster.add, worker_id, gone, time.time(), (), 1, 1, "")
        await application.store.write(claim, worker_id, (), 1, time.time(), time.time() + 60)
        heard.take()
        application.settings.tasks.losses = losses
        async with working(application) as worker:
            assert isinstance(worker.rounds, Rounds)
            worker.stop()
        assert [told for told in heard.take() if told[0] in ("reaped", "dead")] == [(verb, "plain")]
        assert not await application.store.read(lambda connection: reaper.missing(connection, time.time()).gone)
        if verb == "reaped":
            await application.store.write(_ready)


def _ready(connection: Connection) -> None:
    connection.execute("UPDATE task_run SET state = 'ready', worker_id = NULL")


async def mapping(application: Ostrov, heard: Heard) -> None:
    await fans.enqueue()
    await run_tasks(application)
    told = heard.take()
    assert told[:4] == [("enqueued", "fans"), ("started", "fans"), ("enqueued", "threes"), ("enqueued", "plain")]
    assert sorted(told[4:]) == sorted(
        [
            ("expanded", "fans"),
            *[("started", "threes"), ("successful", "threes")],
            ("mapped", "plain"),
            *[("enqueued", "plain"), ("started", "plain"), ("successful", "plain")] * 3,
            ("successful", "plain"),
            ("successful", "fans"),
        ]
    )


async def skipping(application: Ostrov, heard: Heard) -> None:
    await branches.enqueue()
    await run_tasks(application)
    assert sorted(heard.take()) == sorted(
        [
            *[("enqueued", "branches"), ("started", "branches"), ("expanded", "branches"), ("successful", "branches")],
            *[("enqueued", "plain"), ("started", "plain"), ("successful", "plain")],
            *[("enqueued", "plain"), ("skipped", "plain")],
        ]
    )


async def approving(application: Ostrov, heard: Heard) -> None:
    await asks.enqueue()
    await run_tasks(application)
    heard.take()
    ((step, *_),) = await application.store.read(pending)
    await application.store.write(decide, step, True, "ann", "", time.time())
    assert heard.take() == [("approved", "ostrov.approval")]
    await run_tasks(application)
    assert sorted(heard.take()) == [("started", "plain"), ("successful", "asks"), ("successful", "plain")]


async def rejecting(application: Ostrov, heard: Heard) -> None:
    await asks.enqueue()
    await run_tasks(application)
    heard.take()
    ((step, *_),) = await application.store.read(pending)
    await application.store.write(decide, step, False, "ann", "not today", time.time())
    assert heard.take() == [("rejected", "ostrov.approval"), ("skipped", "plain"), ("dead", "asks")]


async def repeating(application: Ostrov, heard: Heard) -> None:
    run = await breaks.enqueue()
    await run_tasks(application)
    told = heard.take()
    assert told[-3:] == [("skipped", "plain"), ("dead", "breaks"), ("dead", "fails")]
    await application.store.write(control.retry, run.id, time.time())
    assert sorted(heard.take()) == [("revived", "breaks"), ("revived", "fails"), ("revived", "plain")]
    await application.store.write(control.cancel, run.id, time.time())
    assert sorted(heard.take()) == [("cancelled", "breaks"), ("cancelled", "fails"), ("cancelled", "plain")]


async def pausing(application: Ostrov, heard: Heard) -> None:
    await application.store.write(control.pause, "mail", True, time.time())
    await application.store.write(control.pause, "mail", False, time.time())
    assert [(happening.verb, happening.queue) for happening in heard.happenings] == [("paused", "mail"), ("resumed", "mail")]


SCENARIOS = [
    *(enqueueing, deduplicating, ticking, delaying, failing, cancelling, stopping, giving_back, dying, mapping, skipping),
    *(approving, rejecting, repeating, pausing),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_each_verb_is_told_once(tmp_path: Path, database: list[str], scenario: Any) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await scenario(application, Heard(application))


def test_every_verb_is_walked_here() -> None:
    source = Path(__file__).read_text()
    assert [verb for verb in VERBS if f'"{verb}"' not in source] == []


async def test_failures_are_logged_with_task_run_and_attempt(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ostrov.tasks")
    async with running(tmp_path, [HERE]) as application:
        run = await fails.enqueue()
        await run_tasks(application)
    told = [record for record in caplog.records if hasattr(record, "task_event")]
    assert [(record.levelname, record.task_event["verb"]) for record in told] == [
        ("DEBUG", "enqueued"),
        *(("DEBUG", "started"), ("WARNING", "retried")),
        *(("DEBUG", "started"), ("ERROR", "dead")),
    ]
    assert re.fullmatch(rf"dead fails {run.id} attempt 2 after 0\.\d\d\d s: ValueError: no", told[-1].getMessage())
    event = told[-1].task_event
    assert (event["run_id"], event["task"], event["attempt"], event["error"]) == (run.id, "fails", 2, "ValueError: no")


async def test_a_log_line_of_an_event_names_the_trace(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ostrov.tasks")
    async with running(tmp_path, [HERE]) as application:
        token = current.set(trace := fresh())
        await plain.enqueue()
        current.reset(token)
        await run_tasks(application)
    told = [record.getMessage() for record in caplog.records if hasattr(record, "task_event")]
    assert len(told) == 3
    assert all(message.endswith(f"trace {trace.trace_id}") for message in told)


async def test_what_was_rolled_back_is_not_told(tmp_path: Path, database: list[str]) -> None:
    def change(connection: Connection, run_id: str) -> None:
        control.cancel(connection, run_id, time.time())
        raise ValueError("the operator changed his mind")

    async with running(tmp_path, [HERE], database) as application:
        heard = Heard(application)
        run = await plain.using(run_after=3600).enqueue()
        heard.take()
        with pytest.raises(ValueError, match="changed his mind"):
            await application.store.write(change, run.id)
        assert heard.take() == []


async def test_a_listener_that_fails_breaks_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Happening) -> None:
        raise LookupError("nobody listens")

    async with running(tmp_path, [HERE]) as application:
        application.part(open_tasks).telemetry.listen(fail)
        run = await plain.enqueue()
        async with working(application):
            assert await run.wait(20) == "successful"
    assert f"a listener failed at successful of run {run.id}" in caplog.text
