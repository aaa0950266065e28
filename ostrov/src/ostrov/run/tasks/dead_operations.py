"""What an operator does about dead runs: look at them by task, retry all, put away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

from ostrov.core.operations.call import Call
from ostrov.core.operations.operation import operation
from ostrov.core.operations.shown import line, moment

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


@operation("tasks.dead", permission="tasks.view", audited=False)
async def list_dead(application: Ostrov) -> list[dict[str, Any]]:
    """Show the tasks that have dead runs, with the last error of each."""
    from ostrov.run.tasks.dead import dead_tasks

    return [
        {
            "task": row.task,
            "dead": row.dead,
            "last": moment(row.last_at),
            "last_run": row.last_id,
            "error": line(row.error)[:160],
        }
        for row in await application.store.read(dead_tasks)
    ]


def _retry_dead_plan(application: Ostrov, task: str = "") -> str:
    from ostrov.run.tasks.history import Filter, runs

    found = application.store.read_sync(runs, Filter(task=task, state="dead"), 1001).runs
    of = f" of {task}" if task else ""
    return f"{'more than 1000' if len(found) > 1000 else len(found)} dead runs{of} will run again"


@operation("tasks.retry_dead", permission="tasks.manage", plan=_retry_dead_plan)
async def retry_dead(application: Ostrov, task: Annotated[str, "only runs of this task"] = "") -> str:
    """Run all dead runs again."""
    from ostrov.run.tasks import control

    total, after = 0, ""
    while True:
        done, after = await application.store.write(control.retry_dead, task, after, time.time())
        total += done
        if not after:
            break
        _tell(application)
    return f"{total} runs are ready"


@operation("tasks.discard", permission="tasks.manage")
async def discard(application: Ostrov, call: Call, run: Annotated[str, "the id of a dead run"]) -> str:
    """Put a dead run away: it counts as cancelled from then on, and can still be retried."""
    from ostrov.run.tasks import dead

    await application.store.write(dead.discard, run, call.actor.person)
    _tell(application)
    return f"run {run} is put away"


def _discard_plan(application: Ostrov, task: str = "") -> str:
    from ostrov.run.tasks.dead import dead_tasks

    count = sum(row.dead for row in application.store.read_sync(dead_tasks) if task in ("", row.task))
    return f"{count} dead runs{f' of {task}' if task else ''} will count as cancelled; each can still be retried by its id"


@operation("tasks.discard_dead", permission="tasks.manage", plan=_discard_plan)
async def discard_dead(application: Ostrov, call: Call, task: Annotated[str, "only runs of this task"] = "") -> str:
    """Put all dead runs away."""
    from ostrov.run.tasks import dead

    total, after = 0, ""
    while True:
        done, after = await application.store.write(dead.discard_all, task, after, call.actor.person)
        total += done
        if not after:
            break
    _tell(application)
    return f"{total} runs are put away"


def _tell(application: Ostrov) -> None:
    from ostrov.run.tasks.tasks import open_tasks

    tasks = application.part(open_tasks)
    tasks.engine.knock()
    tasks.telemetry.changed()
