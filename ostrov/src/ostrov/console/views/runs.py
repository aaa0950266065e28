"""Runs of operations: one with its plan, result and audit, those that wait for approval, and the audit of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ostrov.core.errors import NotFound
from ostrov.core.operations import open_operations
from ostrov.core.operations.audit import STEPS

if TYPE_CHECKING:
    from ostrov.core.operations.actor import Actor
    from ostrov.core.operations.operations import Operations
    from ostrov.core.operations.runs import Run
    from ostrov.core.page import PageRequest

APPROVE = "operations.approve"
AUDIT = "audit.view"


async def one(request: PageRequest) -> dict[str, Any]:
    """One run. Raises NotFound for a run that is not the person's own, when they may neither see the audit nor decide."""
    operations = request.application.part(open_operations)
    number = request.parameters["run"]
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise NotFound("there is no such run")
    run = await operations.run(int(number))
    mine, decides = run.actor == request.actor.name, may_decide(operations, run, request.actor)
    if not (mine or decides or request.actor.may(AUDIT)):
        raise NotFound(f"there is no run {run.id} for you")
    steps = await operations.audit(limit=50, run=run.id) if request.actor.may(AUDIT) else []
    return {"run": run, "mine": mine, "may_decide": decides and not mine, "steps": steps, "problem": None}


async def waiting(request: PageRequest) -> dict[str, Any]:
    """The runs that wait for an approval, of those the person may decide on or has asked for."""
    operations = request.application.part(open_operations)
    found = await operations.pending(request.actor)
    return {"waiting": found, "may_decide": {run.id for run in found if may_decide(operations, run, request.actor)}}


async def audit(request: PageRequest) -> dict[str, Any]:
    """The audit, newest first; `?q=` keeps what mentions a word, `?step=` one kind of step."""
    operations = request.application.part(open_operations)
    rows = request.application.settings.console.rows
    before = request.query.get("before", "")
    word, step = request.query.get("q", "").strip(), request.query.get("step", "")
    entries = await operations.audit(rows + 1, int(before) if before.isascii() and before.isdigit() else 0, word, step)
    return {
        "entries": entries[:rows],
        "older": entries[rows - 1].id if len(entries) > rows else 0,
        "steps": STEPS,
    }


async def chain(request: PageRequest) -> dict[str, Any]:
    """Whether the whole chain of the audit holds. A page of its own: a live one would walk the chain again and again."""
    return {"checked": await request.application.part(open_operations).verify_audit()}


def may_decide(operations: Operations, run: Run, actor: Actor) -> bool:
    """Whether an actor could approve a run: four eyes, and the permissions of both approving and the operation itself."""
    operation = operations.all.get(run.operation)
    return operation is not None and actor.may(APPROVE) and actor.may(operation.permission)
