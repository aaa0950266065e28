"""What an operator can do about tasks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ostrov.core.errors import NotFound
from ostrov.core.operations.operation import operation
from ostrov.core.operations.shown import line, moment

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

AnyState = Literal["", "scheduled", "ready", "running", "blocked", "successful", "dead", "cancelled"]
RunId = Annotated[str, "the id of a run"]


@operation("tasks.list", permission="tasks.view", audited=False, by_position=("state",))
async def list_runs(
    application: Ostrov,
    task: Annotated[str, "only runs of this task"] = "",
    state: Annotated[AnyState, "only runs in this state"] = "",
    queue: Annotated[str, "only runs of this queue"] = "",
    text: Annotated[str, "a word in the task's name, the arguments or the error, or an id"] = "",
    since: Annotated[str, "only runs enqueued from this day on (2026-11-24, UTC)"] = "",
    until: Annotated[str, "only runs enqueued up to the end of this day"] = "",
    trace: Annotated[str, "only runs of the trace with this id, or of this traceparent"] = "",
    limit: Annotated[int, "how many, newest first"] = 50,
    before: Annotated[str, "older than the run of this id"] = "",
) -> list[dict[str, Any]]:
    """List runs, newest first."""
    from ostrov.run.tasks.day import span
    from ostrov.run.tasks.history import Filter, runs
    from ostrov.run.tasks.tracing import wanted_trace

    begin, end = span(since, until)
    of = wanted_trace(trace)
    wanted = Filter(task=task, state=state, queue=queue, text=text, trace=of, since=begin, until=end, before=before)
    listing = await application.store.read(runs, wanted, max(1, min(limit, 1000)))
    return [
        {
            "id": run.id,
            "task": run.task,
            "state": str(run.state),
            "queue": run.queue,
            "attempt": run.attempt,
            "created": moment(run.created_at),
            "finished": moment(run.finished_at or 0),
            "took": None if run.took is None else round(run.took, 3),
            "arguments": line(run.arguments)[:100],
            "error": line(run.error)[:100],
        }
        for run in listing.runs
    ]


@operation("tasks.show", permission="tasks.view", audited=False)
async def show(application: Ostrov, run: RunId) -> dict[str, Any]:
    """Show one run with its attempts, logs and result."""
    from ostrov.run.tasks.history import detail

    found = await application.store.read(detail, run)
    if found is None:
        raise NotFound(f"there is no run {run}", tip="see `ostrov tasks list`; old history is pruned")
    row = found.run
    return {
        "id": row.id,
        "task": row.task,
        "state": str(row.state),
        "queue": row.queue,
        "priority": row.priority,
        "arguments": row.arguments,
        "created": moment(row.created_at),
        "due": moment(row.run_after),
        "started": moment(row.started_at or 0),
        "finished": moment(row.finished_at or 0),
        "attempt": row.attempt,
        "attempts_allowed": row.max_attempts,
        "result": None if row.expired else row.result,
        "result_expired": row.expired,
        "error": row.error,
        "progress": row.progress,
        "worker": row.worker_id,
        "dedupe_key": row.dedupe_key,
        "lock_key": row.lock_key,
        "parent": row.parent_id,
        "workflow_run": row.root_id,
        "step": row.step,
        "trace": row.trace_id,
        "schedule": row.schedule_key,
        "attempts": [
            {
                "number": attempt.number,
                "outcome": attempt.outcome,
                "started": moment(attempt.started_at),
                "took": round(attempt.ended_at - attempt.started_at, 3),
                "worker": attempt.worker_id,
                "error": attempt.error,
                "traceback": attempt.traceback,
            }
            for attempt in found.attempts
        ],
        "log": [f"{line_.level} {line_.logger}: {line_.message}" for line_ in reversed(found.logs)],
    }


@operation("tasks.retry", permission="tasks.manage")
async def retry(application: Ostrov, run: RunId) -> str:
    """Run a dead or cancelled run again, with all its attempts anew; bring a scheduled one forward."""
    from ostrov.run.tasks import control

    await application.store.write(control.retry, run, time.time())
    _wake(application)
    return f"run {run} is ready"


@operation("tasks.replay", permission="tasks.manage")
async def replay(application: Ostrov, run: RunId) -> str:
    """Call the task of a run once more, as a new run with the same arguments."""
    from ostrov.run.tasks import control

    made = await application.store.write(control.replay, run, time.time())
    _wake(application)
    return f"run {made} is ready"


@operation("tasks.cancel", permission="tasks.manage", destructive=True)
async def cancel(application: Ostrov, run: RunId) -> str:
    """Cancel a run: at once when it waits; one that runs is told to stop."""
    from ostrov.run.tasks import control

    state = await application.store.write(control.cancel, run, time.time())
    _wake(application)
    return f"run {run} is {state}" if state.over else f"run {run} was told to stop"


@operation("tasks.queues", permission="tasks.view", audited=False)
async def queues(application: Ostrov) -> list[dict[str, Any]]:
    """Show the queues with what waits in them, and how many seconds the newest runs that are over have waited."""
    from ostrov.run.tasks import overview

    now = time.time()
    latencies = await application.store.read(overview.latencies)
    waits = {name: (round(found.median, 4), round(found.p95, 4)) for name, found in latencies.items()}
    return [
        {
            "queue": row.name,
            "state": "paused" if row.paused else "open",
            "ready": row.ready,
            "running": row.running,
            "scheduled": row.scheduled,
            "blocked": row.blocked,
            "oldest_waits": None if row.oldest is None else round(max(0.0, now - row.oldest), 1),
            "wait_median": waits.get(row.name, (None, None))[0],
            "wait_p95": waits.get(row.name, (None, None))[1],
        }
        for row in await application.store.read(overview.queues)
    ]


@operation("tasks.pause", permission="tasks.manage")
async def pause(application: Ostrov, queue: Annotated[str, "the queue's name"]) -> str:
    """Start no more runs of a queue. What runs goes on; what is enqueued waits."""
    from ostrov.run.tasks import control

    await _known_queue(application, queue)
    await application.store.write(control.pause, queue, True, time.time())
    _wake(application)
    return f"queue {queue} is paused"


@operation("tasks.resume", permission="tasks.manage")
async def resume(application: Ostrov, queue: Annotated[str, "the queue's name"]) -> str:
    """Start the runs of a paused queue again."""
    from ostrov.run.tasks import control

    await _known_queue(application, queue)
    await application.store.write(control.pause, queue, False, time.time())
    _wake(application)
    return f"queue {queue} is open"


@operation("tasks.workers", permission="tasks.view", audited=False)
async def workers(application: Ostrov) -> list[dict[str, Any]]:
    """Show the workers that are there, and those that were."""
    from ostrov.run.tasks import overview

    found = await application.store.read(overview.workers, time.time(), application.settings.tasks.lease)
    return [
        {
            "worker": row.id,
            "state": row.state,
            "host": row.host,
            "pid": row.pid,
            "running": row.busy,
            "slots": row.slots,
            "threads": row.threads,
            "queues": ", ".join(row.queues) or "all",
            "started": moment(row.started_at),
            "heartbeat": moment(row.heartbeat_at),
        }
        for row in found
    ]


@operation("tasks.schedules", permission="tasks.view", audited=False)
async def schedules(application: Ostrov) -> list[dict[str, Any]]:
    """Show what runs by the clock, and when next."""
    from ostrov.run.tasks import overview

    return [
        {
            "schedule": row.key,
            "rule": _rule(row.rule),
            "time_zone": row.timezone,
            "next": moment(row.next_tick or 0),
            "last": moment(row.last_tick or 0),
            "last_run": row.last_run_id,
            "its_state": row.last_state,
        }
        for row in await application.store.read(overview.schedules)
    ]


@operation("tasks.run_now", permission="tasks.manage")
async def run_now(
    application: Ostrov, task: Annotated[str, "the name of a schedule, or of a task that needs no arguments"]
) -> str:
    """Run a schedule or a task now, beside its next tick."""
    from ostrov.run.tasks.scheduler import run_now as run_line
    from ostrov.run.tasks.tasks import open_tasks

    line = await run_line(application, task)
    if line is not None:
        return f"run {line.id} is {line.state}"
    found = application.part(open_tasks).get(task)
    run = await found.enqueue()
    return f"run {run.id} is {run.status}"


@operation("tasks.prune", permission="tasks.manage")
async def prune(application: Ostrov) -> str:
    """Forget the history that is older than tasks.keep and tasks.keep_dead say, now."""
    from ostrov.run.tasks.scheduler import prune_history

    return f"{await prune_history(application)} runs were forgotten"


async def _known_queue(application: Ostrov, queue: str) -> None:
    """A mistyped name would pause nothing and look as if it had. Raises NotFound."""
    from ostrov.core.operations.registry import nearest
    from ostrov.run.tasks import overview
    from ostrov.run.tasks.tasks import open_tasks

    known = {row.name for row in await application.store.read(overview.queues)}
    known |= {task.options.queue for task in application.part(open_tasks).registry.values()}
    if queue not in known:
        names = ", ".join(sorted(known)) or "none yet"
        raise NotFound(f"there is no queue {queue!r}", tip=nearest(queue, sorted(known)) or f"there are {names}")


def _wake(application: Ostrov) -> None:
    from ostrov.run.tasks.tasks import open_tasks

    tasks = application.part(open_tasks)
    tasks.engine.knock()
    tasks.telemetry.changed()


def _rule(text: str) -> str:
    """`every 1 h` for `every 3600`; cron as it is written."""
    word, _, rest = text.partition(" ")
    if word != "every":
        return text
    seconds = float(rest)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"every {seconds / size:g} {unit}"
    return f"every {seconds:g} s"
