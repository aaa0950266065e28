"""A run from its record to its end: whatever happens to the caller, what was started is told of in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.core.operations import runs
from ostrov.core.operations.actor import Actor
from ostrov.core.operations.arguments import builtins, scrubbed
from ostrov.core.operations.call import Call
from ostrov.core.operations.operation import Operation
from ostrov.core.operations.outcome import Outcome
from ostrov.core.operations.plan import Plan, encode, invoke
from ostrov.core.operations.runs import Run
from ostrov.core.operations.seal import Seal
from ostrov.core.store import Connection

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

TOPIC = "operations"
"""Channel topic: a run changed its state; the body is JSON with run, operation, state, actor, surface and reference."""

Later = Callable[[Connection, int], None]


class Runner:
    """Records runs, performs them, and says how they ended.

    `later`, when set, takes a long operation's run: it enqueues, in the transaction it is given, something that calls
    `Operations.execute(run)`. Without it long operations run where they were called.
    """

    def __init__(self, application: Ostrov, seal: Seal) -> None:
        self.application = application
        self.seal = seal
        self.later: Later | None = None
        self._running: set[asyncio.Task[Outcome]] = set()

    def goes_later(self, operation: Operation[..., Any], surface: str) -> bool:
        """Whether a run of it is put in a queue. Not at the command line: whoever calls there waits for it, and the project's
        workers may be down."""
        return operation.long and self.later is not None and surface != "cli"

    async def record(self, operation: Operation[..., Any], plan: Plan, call: Call, state: str) -> int:
        """Keep a call in its first state: planned, pending, queued or running; the run's number."""
        waits = state in ("pending", "queued")
        sealed = (
            self.seal.close_up(encode(plan.secrets), bound(operation.name, plan.digest)) if waits and plan.secrets else None
        )
        run = await self.application.store.write(self._recorded, operation, plan, call, state, sealed)
        self._tell(run, operation.name, call.actor.name, call.surface, call.reference, state)
        return run

    async def perform(
        self, run: Run, operation: Operation[..., Any], values: Mapping[str, Any], secrets: Mapping[str, Any], actor: Actor
    ) -> Outcome:
        """Run it, in a task of its own: a caller that goes away (a closed browser tab) does not leave it half done."""
        task = asyncio.get_running_loop().create_task(self._perform(run, operation, values, secrets, actor))
        self._running.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def tell(self, run: Run, state: str) -> None:
        """Let the channel know."""
        self._tell(run.id, run.operation, run.actor, run.surface, run.reference, state)

    async def close(self, grace: float = 5.0) -> None:
        """Wait for what runs here, and interrupt what takes longer than `grace` seconds."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _recorded(
        self,
        connection: Connection,
        operation: Operation[..., Any],
        plan: Plan,
        call: Call,
        state: str,
        sealed: bytes | None,
    ) -> int:
        lifetime = self.application.settings.operations.approval_hours * 3600 if state == "pending" else 0.0
        run = runs.create(
            connection,
            operation=operation.name,
            arguments=plan.arguments,
            actor=call.actor,
            surface=call.surface,
            reference=call.reference,
            state=state,
            plan=plan.shown,
            digest=plan.digest,
            need=operation.approvals,
            sealed=sealed,
            lifetime=lifetime,
        )
        if state == "queued" and self.later is not None:
            self.later(connection, run)
        return run

    async def _perform(
        self, run: Run, operation: Operation[..., Any], values: Mapping[str, Any], secrets: Mapping[str, Any], actor: Actor
    ) -> Outcome:
        call = Call(self.application, actor, run.surface, run.reference, run.id)
        try:
            result = await invoke(operation.function, values, call)
            kept = scrubbed(builtins(result), secrets) if operation.keep_result else None
        except BaseException as problem:
            await asyncio.shield(self._ended(run, "failed", error=scrubbed(_said(problem), secrets)))
            raise
        await self._ended(run, "finished", result=kept)
        return Outcome(run=run.id, operation=run.operation, state="finished", result=result, plan=run.plan, digest=run.digest)

    async def _ended(self, run: Run, state: str, result: Any = None, error: str = "") -> None:
        who: dict[str, Any] = {"actor": run.actor, "surface": run.surface}
        await self.application.store.write(runs.move, run, state, came_from=("running",), result=result, error=error, **who)
        self.tell(run, state)

    def _done(self, task: asyncio.Task[Outcome]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # it was raised to the caller, if there still is one

    def _tell(self, run: int, operation: str, actor: str, surface: str, reference: str, state: str) -> None:
        news = {"run": run, "operation": operation, "state": state, "actor": actor, "surface": surface, "reference": reference}
        self.application.channel.publish(TOPIC, encode(news))


def bound(operation: str, digest: str) -> str:
    """What a sealed secret is bound to."""
    return f"{operation} {digest}"


def _said(problem: BaseException) -> str:
    if isinstance(problem, OstrovError):
        return str(problem)
    if isinstance(problem, asyncio.CancelledError):
        return "interrupted; what was under way may have been done"
    name, text = type(problem).__name__, str(problem)
    return f"{name}: {text}" if text else name
