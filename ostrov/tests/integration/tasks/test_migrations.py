"""A ledger of the first version, with runs, locks and history in it, is renamed in place and goes on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Connection, Ostrov, Run, task
from ostrov.core.store import migrations
from ostrov.run.tasks import control, history, overview
from ostrov.run.tasks.identifier import new_id
from ostrov.run.tasks.run import State
from ostrov.run.tasks.testing import working
from ostrov.testing import make_project


@pytest.fixture
def components() -> None:
    """The databases are empty."""


@task
async def greets(name: str) -> str:
    return f"hello {name}"


component = Component("demo", tasks=[greets])
NOW = time.time()
RUN = """INSERT INTO run (id, task, queue, priority, state, arguments, created_at, run_after, max_attempts, attempt, worker_id,
 started_at, lease_until, lock_key, dedupe_key) VALUES (?, ?, 'default', 0, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)"""
FINISHED = """INSERT INTO finished_run (id, task, queue, priority, state, arguments, created_at, run_after, max_attempts,
 attempt, failures, losses, started_at, finished_at, result, error)
 VALUES (?, ?, 'default', 0, ?, ?, ?, ?, 1, 1, 0, 0, ?, ?, ?, ?)"""
OTHERS = [
    "INSERT INTO attempt VALUES ('{over}', 1, 'w1', 1.0, 2.0, 'successful', NULL, NULL)",
    "INSERT INTO run_log VALUES ('{over}', 1, 0, 1.5, 'WARNING', 'demo', 'an old line')",
    "INSERT INTO run_lock VALUES ('k', '{holds}')",
    "INSERT INTO task_queue VALUES ('mail', 1, 1.0)",
    "INSERT INTO schedule VALUES ('old', 'demo.old', 'every 600', '', 1e12, NULL, NULL, 1e12)",
    "INSERT INTO worker VALUES ('w1', 'elsewhere', 'boot', 1, '1', 1.0, 1.0, NULL, '[]', 8, 2, '0')",
]


def arguments(name: str) -> str:
    return f'{{"name":"{name}"}}'


def fill(connection: Connection, ids: dict[str, str]) -> None:
    """A ready run, a scheduled one, one that runs and holds a lock, one that waits for it; a successful and a dead one."""
    soon = NOW + 3600
    rows: dict[str, tuple[Any, ...]] = {
        "ready": ("ready", NOW, 0, None, None, None, None, "once"),
        "scheduled": ("scheduled", soon, 0, None, None, None, None, None),
        "holds": ("running", NOW, 1, "w1", NOW, NOW - 1, "k", None),
        "blocked": ("blocked", NOW, 0, None, None, None, "k", None),
    }
    for name, (state, due, *rest) in rows.items():
        connection.execute(RUN, (ids[name], greets.name, state, arguments(name), NOW, due, *rest))
    for name, state, result, error in (("over", "successful", '"hello over"', None), ("dead", "dead", None, "ValueError: no")):
        connection.execute(FINISHED, (ids[name], greets.name, state, arguments(name), NOW, NOW, NOW, NOW, result, error))
    for statement in OTHERS:
        connection.execute(statement.format(**ids))


async def test_an_old_ledger_keeps_its_runs_locks_and_history(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    application = Ostrov.open(make_project(tmp_path / "project", [f"{__name__}:component"]), database, environ={})
    whole = migrations.folder
    monkeypatch.setattr(migrations, "folder", first_only(whole, tmp_path / "first"))
    migrations.migrate(application)
    ids = {name: new_id() for name in ("ready", "scheduled", "holds", "blocked", "over", "dead")}
    await application.store.write(fill, ids)
    monkeypatch.setattr(migrations, "folder", whole)

    assert [step for step in migrations.migrate(application) if step.component == "tasks"]

    await application.channel.start()
    try:
        states = {name: await Run(application, greets, run_id, "ready").refresh() for name, run_id in ids.items()}
        assert states == {
            "ready": State.READY,
            "scheduled": State.SCHEDULED,
            "holds": State.RUNNING,
            "blocked": State.BLOCKED,
            "over": State.SUCCESSFUL,
            "dead": State.DEAD,
        }
        held = "SELECT key, run_id, (SELECT blocked_on FROM task_run WHERE state = 'blocked') FROM task_semaphore"
        assert await application.store.read(lambda c: c.rows(held)) == [("lock k", ids["holds"], "lock k")]
        found = await application.store.read(history.detail, ids["over"])
        assert found is not None
        assert (found.run.result, len(found.attempts), found.logs[0].message) == ('"hello over"', 1, "an old line")
        assert [(row.name, row.paused) for row in await application.store.read(overview.queues)] == [
            ("default", False),
            ("mail", True),
        ]
        assert [row.key for row in await application.store.read(overview.schedules)] == ["old"]
        assert not (await greets.using(dedupe_key="once").enqueue("again")).created, "its key is still held"
        await application.store.write(control.retry, ids["dead"], time.time())
        async with working(application):
            for name in ("ready", "holds", "blocked", "dead"):
                run = Run(application, greets, ids[name], "ready")
                assert await run.wait(20) == State.SUCCESSFUL, f"{name} does not go on"
                assert run.result == f"hello {name}"
        assert await application.store.read(lambda c: c.value("SELECT count(*) FROM task_semaphore")) == 0
    finally:
        await application.close()


def first_only(folder: Callable[[Component], Path], copy: Path) -> Callable[[Component], Path]:
    """The scripts of components as they were: of tasks the first alone."""

    def found(component: Component) -> Path:
        if component.name != "tasks":
            return folder(component)
        copy.mkdir(exist_ok=True)
        shutil.copy(folder(component) / "0001_ledger.py", copy)
        return copy

    return found
