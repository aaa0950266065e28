"""The slide's program as it stands, durably: imported by the workers, and run as a program."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Ostrov, run_tasks
from ostrov.run.tasks import schedule as ledger
from ostrov.run.tasks.fluent import BOARD
from ostrov.run.tasks.scheduler import Scheduler, run_now
from ostrov.testing import make_project, running

SLIDE = """import schedule
import time

def job():
    print("I'm working...")

schedule.every(10).minutes.do(job)
schedule.every().hour.do(job)
schedule.every().day.at("10:30").do(job)
schedule.every().monday.do(job)
schedule.every().wednesday.at("13:15").do(job)
schedule.every().minute.at(":17").do(job)

while True:
    schedule.run_pending()
    time.sleep(1)
"""
RULES = [
    ("slide.job every 10 minutes", "every 600", ""),
    ("slide.job every day at 10:30", "cron 30 10 * * *", "Europe/Berlin"),
    ("slide.job every hour", "every 3600", ""),
    ("slide.job every minute at :17", "cron 17 * * * * *", "Europe/Berlin"),
    ("slide.job every monday", "each monday", "Europe/Berlin"),
    ("slide.job every wednesday at 13:15", "cron 15 13 * * 3", "Europe/Berlin"),
]
component = Component(name="slide", tasks=["slide"])
HERE = f"{__name__}:component"
BERLIN = "tasks.timezone=Europe/Berlin"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module `slide` that can be imported; its lines are off the board at the end."""
    monkeypatch.syspath_prepend(tmp_path)
    kept, BOARD.jobs = BOARD.jobs, []
    yield tmp_path / "slide.py"
    BOARD.jobs = kept
    sys.modules.pop("slide", None)


async def rows(application: Ostrov, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql, values))


async def make_due(application: Ostrov, tick: float) -> None:
    await application.store.write(lambda c: c.execute("UPDATE task_schedule SET next_tick = ?", (tick,)))


async def test_the_slide_becomes_six_schedules_that_tick_by_themselves(
    program: Path, database: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    program.write_text(SLIDE.replace("import schedule", "from ostrov import schedule", 1))
    async with running(program.parent / "project", [HERE], [*database, BERLIN]) as application:
        scheduler = Scheduler(application)
        await scheduler.declare()
        assert await rows(application, "SELECT key, rule, timezone FROM task_schedule ORDER BY key") == RULES
        tick = time.time() - 1
        await make_due(application, tick)
        await scheduler.fire_due()
        assert await rows(application, "SELECT schedule_key, task, tick FROM task_run ORDER BY schedule_key") == [
            (key, "slide.job", tick) for key, _, _ in RULES
        ]
        assert await run_tasks(application) == 6
        assert capsys.readouterr().out == "I'm working...\n" * 6
        assert await run_now(application, "slide.job every monday") is not None
        assert await run_now(application, "slide.job every tuesday") is None
        assert await run_tasks(application) == 1
        kept = await application.store.read(ledger.ticks)
        await Scheduler(application).declare()  # a new process
        assert await application.store.read(ledger.ticks) == kept


async def test_arguments_and_ends_hold_over_a_new_start(program: Path, database: list[str]) -> None:
    program.write_text(
        "from datetime import date, timedelta\n"
        "from ostrov import schedule, task\n"
        "seen = []\n"
        "@task(queue='mail')\n"
        "async def greet(name: str, day: date = date(2000, 1, 1)) -> None:\n"
        "    seen.append((name, day))\n"
        "schedule.every().hour.until(timedelta(hours=8)).do(greet, 'ann', day=date(2025, 1, 2))\n"
        "schedule.every(2).to(5).hours.do(greet, 'ben')\n"
    )
    async with running(program.parent / "project", [HERE], database) as application:
        start = time.time()
        scheduler = Scheduler(application)
        await scheduler.declare()
        later = Scheduler(application, lambda: start + 3600 * 7.5)
        await later.declare()
        (ends,) = [one.rule for key, one in later.schedules.items() if "ann" in key]
        assert start + 8 * 3600 - 2 < getattr(ends, "moment", 0) < start + 8 * 3600 + 2
        await make_due(application, start + 1800)
        await later.fire_due()
        assert await rows(application, "SELECT count(*) FROM task_run WHERE queue = 'mail'") == [(2,)]
        assert await rows(application, "SELECT key FROM task_schedule WHERE next_tick IS NULL") == [(ends_key(later),)]
        await run_tasks(application)
        assert {(name, day.isoformat()) for name, day in sys.modules["slide"].seen} == {
            ("ann", "2025-01-02"),
            ("ben", "2000-01-01"),
        }


def ends_key(scheduler: Scheduler) -> str:
    return next(key for key in scheduler.schedules if "ann" in key)


async def test_a_line_that_is_taken_off_by_a_task_ticks_no_more(program: Path) -> None:
    program.write_text(
        "from ostrov import schedule\n"
        "def once() -> None:\n"
        "    schedule.clear('once')\n"
        "schedule.every(10).seconds.do(once).tag('once')\n"
    )
    async with running(program.parent / "project", [HERE]) as application:
        scheduler = Scheduler(application)
        await scheduler.declare()
        await make_due(application, time.time() - 1)
        await scheduler.fire_due()
        assert await run_tasks(application) == 1
        assert await rows(application, "SELECT state FROM task_finished_run") == [("successful",)]
        assert await rows(application, "SELECT key FROM task_schedule") == []


def test_the_slide_runs_as_a_program_and_what_it_did_is_in_the_ledger(program: Path) -> None:
    project = make_project(program.parent / "project")
    slide = SLIDE.replace("import schedule", "from ostrov import schedule", 1).replace("every().hour", "every().second")
    (project / "slide.py").write_text(slide)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OSTROV_")}
    process = subprocess.Popen([sys.executable, "-u", "slide.py"], cwd=project, env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert [process.stdout.readline() for _ in range(2)] == ["I'm working...\n"] * 2
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    application = Ostrov.open(project, environ={})
    keys = application.store.read_sync(lambda c: c.rows("SELECT key FROM task_schedule ORDER BY key"))
    assert [key for (key,) in keys] == sorted(k.replace("every hour", "every second") for k, _, _ in RULES)
    done = application.store.read_sync(
        lambda c: c.rows("SELECT DISTINCT schedule_key, state FROM task_finished_run WHERE schedule_key LIKE '%second'")
    )
    assert done == [("slide.job every second", "successful")]


FAILING = """
import sys, time
from pathlib import Path

from ostrov import schedule


def job() -> None:
    if not Path("begun").exists():
        Path("begun").touch()
        print("begun", flush=True)
        time.sleep(60)
    raise ValueError("no soy milk")


schedule.every().second.do(job)
while True:
    schedule.run_pending()
    time.sleep(0.05)
"""


def test_a_program_that_was_killed_in_a_job_does_it_again_and_says_why_it_failed(program: Path) -> None:
    project = make_project(program.parent / "project")
    (project / "slide.py").write_text(FAILING)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OSTROV_")}
    said = []
    for wanted in ("begun", "slide.job failed: ValueError: no soy milk"):
        process = subprocess.Popen(
            [sys.executable, "-u", "slide.py"],
            cwd=project,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        try:
            said.append(process.stdout.readline().strip())
            assert said[-1] == wanted
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
    application = Ostrov.open(project, environ={})
    outcomes = application.store.read_sync(
        lambda c: c.rows("SELECT run_id, outcome FROM task_attempt ORDER BY run_id, number LIMIT 2")
    )
    assert outcomes[0][1] == "lost"
    assert len({run for run, _ in outcomes}) == 1
