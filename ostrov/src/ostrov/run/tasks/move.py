"""Moving a project from one engine to another. The ledger has every run, so only messages move: the old broker is emptied, and
what it carried is noted as untold, for the publisher of the new engine to find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from ostrov.core.errors import Conflict, OstrovError
from ostrov.core.operations.operation import operation

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection

LIVE = "SELECT count(*) FROM task_run"
STATES = "SELECT state, count(*) FROM task_run GROUP BY state"
UNTOLD = "UPDATE task_run SET unpublished = 1 WHERE state = 'ready'"
TOLD = "SELECT count(*) FROM task_run WHERE state = 'ready' AND unpublished <> 1"
OWN = "tasks.broker empty for the project's own PostgreSQL, or tasks.broker=postgresql://user:password@host/database"


@operation("tasks.move", permission="tasks.manage", by_position=("engine",))
async def move(
    application: Ostrov,
    engine: Annotated[Literal["embedded", "procrastinate", "taskiq", "celery"], "the engine to move to"],
) -> str:
    """Empty the broker of the present engine and have the next one told of every ready run. Stop the workers first."""
    from ostrov.run.tasks.engines.choice import ADDRESSES, load
    from ostrov.run.tasks.engines.remote import RemoteEngine
    from ostrov.run.tasks.tasks import open_tasks

    old = application.settings.tasks.engine
    if engine == old:
        raise Conflict(f"tasks.engine is {engine} already")
    load(engine)
    if working := await application.store.read(_working):
        raise Conflict(
            f"{working} workers are at work with the engine {old}",
            cause="they would tell its broker of the runs again",
            tip="stop them (ostrov down), then move",
        )
    present, taken = application.part(open_tasks).engine, ""
    if isinstance(present, RemoteEngine):
        try:
            taken = f"{await present.call(present.purge())} messages were taken from the broker of {old}; "
        except OstrovError as problem:
            taken = f"the broker of {old} does not answer, what it holds stays there and does no harm ({problem.cause}); "
    states: dict[str, int] = await application.store.write(_hand_over)
    listed = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
    where = (
        f" and tasks.broker={ADDRESSES[engine]}" if engine in ADDRESSES else f" and {OWN}" if engine == "procrastinate" else ""
    )
    return f"{taken}no run is lost (not over: {listed}). Now set tasks.engine={engine}{where}, and start again: ostrov up"


def _hand_over(connection: Connection) -> dict[str, int]:
    """Note every ready run as untold; the runs by state. Raises Conflict, and changes nothing, when these do not add up."""
    before = connection.value(LIVE)
    connection.execute(UNTOLD)
    states: dict[str, int] = dict(connection.rows(STATES))
    if sum(states.values()) != before or connection.value(TOLD):
        raise Conflict("the ledger changes while it is handed over", tip="stop what enqueues runs, and move again")
    return states


def _working(connection: Connection) -> int:
    """Workers that are not known to be gone."""
    from ostrov.run.tasks import roster
    from ostrov.run.tasks.liveness import dead

    identities: dict[str, Any] = roster.present(connection)
    return sum(not dead(identity) for identity in identities.values())
