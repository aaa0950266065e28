"""Workers that are killed in the midst of workflows forget no step and start none twice. Real processes, real SIGKILL."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ostrov.run.tasks.run import State
from ostrov.testing import running

WORKFLOWS, WIDE, KILLS = 60, 6, 4
HELD = """SELECT count(*) FROM task_run JOIN task_worker ON task_worker.id = task_run.worker_id
 WHERE task_run.state = 'running' AND task_worker.pid = ?"""


async def test_workflows_go_to_their_end_however_often_a_worker_is_killed(
    tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    overrides = [*database, "tasks.slots=10", "tasks.losses=100"]
    notes = tmp_path / "notes"
    notes.mkdir()
    async with running(tmp_path, ["crew:component"], overrides) as application:
        runs = await crew.sum_of_squares.enqueue_many([{"folder": str(notes), "count": WIDE}] * WORKFLOWS)
        crowd = [start_worker(overrides), start_worker(overrides)]

        def count(sql: str, *values: Any) -> Any:
            return application.store.read_sync(lambda connection: connection.value(sql, values))

        for _ in range(KILLS):
            victim = crowd.pop(random.randrange(2))
            await room.until(lambda pid=victim.pid: count(HELD, pid) >= 3)  # they take 0.2 s
            victim.kill()
            crowd.append(start_worker(overrides))
        for run in runs:
            assert await run.wait(60) is State.SUCCESSFUL
            assert run.result == sum(number * number for number in range(WIDE))

        assert count("SELECT count(*) FROM task_run") == 0
        assert count("SELECT count(*) FROM task_attempt WHERE outcome = 'lost'") > 0, "no kill hit a running run"
        steps = WORKFLOWS * (1 + 1 + 1 + WIDE + 1)  # the run, numbers, the map, its elements, summed
        assert count("SELECT count(*) FROM task_finished_run WHERE state = 'successful'") == steps
        twice = "SELECT run_id FROM task_attempt WHERE outcome = 'successful' GROUP BY run_id HAVING count(*) > 1"
        assert count(f"SELECT count(*) FROM ({twice}) AS twice") == 0
