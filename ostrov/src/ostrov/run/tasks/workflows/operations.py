"""What an operator does about workflows: decide on manual steps, and look at graphs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

from ostrov.core.errors import NotFound
from ostrov.core.operations.call import Call
from ostrov.core.operations.operation import operation
from ostrov.core.operations.shown import moment

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

StepId = Annotated[str, "the id of the step that waits"]


@operation("tasks.approvals", permission="tasks.view", audited=False)
async def approvals(application: Ostrov) -> list[dict[str, Any]]:
    """List the manual steps of workflows that wait for somebody."""
    from ostrov.run.tasks.workflows.approvals import pending

    rows = await application.store.read(pending)
    return [{"step": run_id, "text": text, "workflow_run": root, "since": moment(at)} for run_id, root, text, at in rows]


@operation("tasks.approve", permission="tasks.manage")
async def approve(application: Ostrov, call: Call, step: StepId, reason: Annotated[str, "why"] = "") -> str:
    """Let a workflow go on past a manual step."""
    return await _decide(application, call, step, True, reason)


@operation("tasks.reject", permission="tasks.manage")
async def reject(application: Ostrov, call: Call, step: StepId, reason: Annotated[str, "why"] = "") -> str:
    """Do not let a workflow go on past a manual step: the step has failed."""
    return await _decide(application, call, step, False, reason)


@operation("tasks.workflows", permission="tasks.view", audited=False)
async def workflows(
    application: Ostrov,
    workflow: Annotated[str, "only runs of this workflow"] = "",
    state: Annotated[str, "only runs in this state"] = "",
    text: Annotated[str, "a word in the name, the arguments or the error, or an id"] = "",
    since: Annotated[str, "only runs enqueued from this day on (2026-11-24, UTC)"] = "",
    until: Annotated[str, "only runs enqueued up to the end of this day"] = "",
    limit: Annotated[int, "how many, newest first"] = 25,
    before: Annotated[str, "older than the run of this id"] = "",
) -> list[dict[str, Any]]:
    """List the runs of workflows, newest first."""
    from ostrov.run.tasks.day import span
    from ostrov.run.tasks.workflows.history import WorkflowFilter, workflow_runs

    begin, end = span(since, until)
    wanted = WorkflowFilter(workflow=workflow, state=state, text=text, since=begin, until=end, before=before)
    now = time.time()
    listing = await application.store.read(workflow_runs, wanted, max(1, min(limit, 1000)))
    return [
        {
            "id": run.id,
            "workflow": run.task,
            "version": run.version,
            "state": run.status,
            "steps_left": run.waiting_on,
            "created": moment(run.created_at),
            "finished": moment(run.finished_at or 0),
            "took": None if (took := run.lasted(now)) is None else round(took, 3),
            "error": None if run.finished_at is None else run.error,
        }
        for run in listing.runs
    ]


@operation("tasks.graph", permission="tasks.view", audited=False)
async def graph(application: Ostrov, run: Annotated[str, "the id of a workflow's run"]) -> list[dict[str, Any]]:
    """Show the steps of a workflow's run, and what each waits for."""
    from ostrov.run.tasks.workflows.history import graph_of

    found = await application.store.read(graph_of, run)
    if not found.steps:
        raise NotFound(f"run {run} has no steps", tip="see `ostrov tasks workflows`; its graph is built when it starts")
    names = {step.id: step.step for step in found.steps}
    after: dict[str, list[str]] = {}
    for edge in found.edges:
        if edge.parent_id in names:
            said = names[edge.parent_id] + ("" if edge.condition == "success" else f" ({edge.condition})")
            after.setdefault(edge.child_id, []).append(said)
    return [
        {
            "step": step.step,
            "state": step.state,
            "after": f"{step.expanded} elements" if step.expanded is not None else ", ".join(after.get(step.id, [])),
            "id": step.id,
            "error": step.error,
        }
        for step in found.steps
    ]


async def _decide(application: Ostrov, call: Call, step: str, approved: bool, reason: str) -> str:
    from ostrov.run.tasks.tasks import open_tasks
    from ostrov.run.tasks.workflows.approvals import decide

    root = await application.store.write(decide, step, approved, call.actor.person, reason, time.time())
    tasks = application.part(open_tasks)
    tasks.engine.knock()
    tasks.telemetry.changed()
    return f"workflow run {root} goes on" if approved else f"step {step} of workflow run {root} is rejected"
