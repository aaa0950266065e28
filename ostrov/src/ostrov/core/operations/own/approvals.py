"""Deciding on what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ostrov.core.operations.operation import operation
from ostrov.core.operations.shown import line, moment

if TYPE_CHECKING:
    from ostrov.core.operations.call import Call

RunNumber = Annotated[int, "the run's number, as approvals list shows it"]


@operation("approvals.list", permission="operations.approve", audited=False)
async def waiting(call: Call) -> list[dict[str, Any]]:
    """List what waits for an approval, of what you may approve or have asked for."""
    from ostrov.core.operations.operations import open_operations
    from ostrov.core.operations.plan import SHORT

    return [
        {
            "run": run.id,
            "operation": run.operation,
            "asked_by": run.actor,
            "asked": moment(run.created_at),
            "expires": moment(run.expires_at),
            "missing": run.missing,
            "digest": run.digest[:SHORT],
            "plan": line(run.plan),
        }
        for run in await call.application.part(open_operations).pending(call.actor)
    ]


@operation("runs.list", permission="audit.view", audited=False)
async def runs(
    call: Call, limit: Annotated[int, "how many, newest first"] = 50, before: Annotated[int, "older than this run"] = 0
) -> list[dict[str, Any]]:
    """List the runs of operations, newest first."""
    from ostrov.core.operations.operations import open_operations

    return [
        {
            "run": run.id,
            "operation": run.operation,
            "state": run.state,
            "actor": run.actor,
            "surface": run.surface,
            "asked": moment(run.created_at),
            "approved_by": ", ".join(run.approvers),
            "error": line(run.error),
        }
        for run in await call.application.part(open_operations).runs(limit, before)
    ]


@operation("runs.show", permission="audit.view", audited=False)
async def show(call: Call, run: RunNumber) -> dict[str, Any]:
    """Show one run: arguments, plan, approvals, result."""
    from ostrov.core.operations.operations import open_operations

    found = await call.application.part(open_operations).run(run)
    return {
        "run": found.id,
        "operation": found.operation,
        "state": found.state,
        "arguments": found.arguments,
        "actor": found.actor,
        "surface": found.surface,
        "reference": found.reference,
        "asked": moment(found.created_at),
        "started": moment(found.started_at),
        "finished": moment(found.finished_at),
        "plan": found.plan,
        "digest": found.digest,
        "approved_by": list(found.approvers),
        "result": found.result,
        "error": found.error,
    }


@operation("approve", permission="operations.approve", audited=False)
async def approve(
    call: Call, run: RunNumber, digest: Annotated[str, "the digest of the plan you looked at, or its first characters"]
) -> Any:
    """Approve the plan of a run. It must still be the plan, and not your own; the last approval needed runs it."""
    from ostrov.core.operations.operations import open_operations

    return await call.application.part(open_operations).approve(run, call.actor, digest, call.surface)


@operation("reject", permission="console.view", audited=False)
async def reject(call: Call, run: RunNumber, reason: Annotated[str, "for whoever asked"] = "") -> Any:
    """Close a waiting run without running it. Your own you can always take back."""
    from ostrov.core.operations.operations import open_operations

    return await call.application.part(open_operations).reject(run, call.actor, call.surface, reason)


@operation("replay", permission="console.view", audited=False)
async def replay(call: Call, run: RunNumber) -> Any:
    """Call again what a run called, through permission, plan and approval again."""
    from ostrov.core.operations.operations import open_operations

    return await call.application.part(open_operations).replay(run, call.actor, call.surface)
