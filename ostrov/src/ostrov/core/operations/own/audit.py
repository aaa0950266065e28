"""Looking at the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ostrov.core.errors import OstrovError
from ostrov.core.operations.operation import operation
from ostrov.core.operations.shown import line, moment

if TYPE_CHECKING:
    from ostrov.core.operations.call import Call


@operation("audit.show", permission="audit.view", audited=False, by_position=("query",))
async def show(
    call: Call,
    query: Annotated[str, "part of an actor's, operation's or step's name"] = "",
    limit: Annotated[int, "how many, newest first"] = 50,
    before: Annotated[int, "older than the entry of this number"] = 0,
) -> list[dict[str, Any]]:
    """Show who did what, newest first."""
    from ostrov.core.operations.operations import open_operations

    return [
        {
            "id": entry.id,
            "at": moment(entry.at),
            "step": entry.step,
            "run": entry.run or None,
            "operation": entry.operation,
            "actor": entry.actor,
            "surface": entry.surface,
            "detail": line(entry.detail),
        }
        for entry in await call.application.part(open_operations).audit(limit, before, query)
    ]


@operation("audit.verify", permission="audit.view", audited=False)
async def verify(
    call: Call, expect: Annotated[str, "a head (number:hash) that was noted earlier and must still be in the chain"] = ""
) -> dict[str, Any]:
    """Check that no entry of the audit was changed or taken away; prints the head, to be noted somewhere else."""
    from ostrov.core.operations.operations import open_operations

    found = await call.application.part(open_operations).verify_audit(expect)
    if not found.ok:
        raise AuditBroken(
            f"the audit is broken at entry {found.broken}",
            cause=found.reason,
            tip="compare with a backup; entries before it can be trusted",
        )
    return {"entries": found.entries, "head": found.head, "whole": True}


class AuditBroken(OstrovError):
    """The chain does not hold."""

    status = 409
