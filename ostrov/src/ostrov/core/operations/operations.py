"""The door: whoever calls an operation, from wherever, passes permission, validation, plan, approval and audit here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from ostrov.core.errors import Conflict, Denied, NotFound, UsageError
from ostrov.core.operations import audit as chain
from ostrov.core.operations import runs
from ostrov.core.operations.actor import Actor
from ostrov.core.operations.arguments import MASK, validate
from ostrov.core.operations.call import Call
from ostrov.core.operations.operation import Operation
from ostrov.core.operations.outcome import Outcome
from ostrov.core.operations.plan import SHORT, SHORTEST, invoke, make_plan
from ostrov.core.operations.registry import operations_of, unknown
from ostrov.core.operations.roles import actor_named
from ostrov.core.operations.runner import Later, Runner, bound
from ostrov.core.operations.runs import Run
from ostrov.core.operations.seal import Seal
from ostrov.core.reference import load
from ostrov.core.store import Connection

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

APPROVE = "operations.approve"


class Operations:
    """All operations of a project."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.seal = Seal(application.data_dir / application.settings.operations.key_file)
        self._runner = Runner(application, self.seal)
        self._operations: dict[str, Operation[..., Any]] | None = None

    @property
    def all(self) -> dict[str, Operation[..., Any]]:
        """Every operation by name, whoever may call it."""
        if self._operations is None:
            self._operations = operations_of(self.application.components.values())
        return self._operations

    def visible(self, actor: Actor, surface: str) -> list[Operation[..., Any]]:
        """What an actor may call on a surface, by name."""
        return [o for _, o in sorted(self.all.items()) if surface in o.surfaces and actor.may(o.permission)]

    def find(self, name: str, actor: Actor, surface: str) -> Operation[..., Any]:
        """The operation of a name. Raises NotFound with the nearest name that the actor may call."""
        operation = self.all.get(name)
        if operation is None or surface not in operation.surfaces:
            raise unknown(name, [o.name for o in self.visible(actor, surface)])
        return operation

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        actor: Actor,
        surface: str,
        reference: str = "",
        dry_run: bool = False,
        expect: str = "",
    ) -> Outcome:
        """Call an operation; its outcome. What the operation raises is raised, after its audit entry.

        `arguments` are JSON values or text. `reference` says where an answer goes (a chat thread). `expect` is the digest of
        a plan that was shown before: when the plan is another one by now, nothing is run.
        Raises Denied, ArgumentError, NotFound, Conflict.
        """
        operation = self.find(name, actor, surface)
        if not actor.may(operation.permission):
            await self._denied(operation, actor, surface, reference, operation.permission)
        values = validate(operation, arguments, surface)
        call = Call(self.application, actor, surface, reference)
        if not operation.audited and not dry_run:
            return Outcome(run=0, operation=name, state="finished", result=await invoke(operation.function, values, call))
        plan = await make_plan(operation, values, call, self.seal)
        if expect and not _same(plan.digest, expect):
            raise Conflict(f"{name}: the plan is not the one that was shown", tip="look at the new plan and decide again")
        state = "planned" if dry_run else "pending" if operation.approvals else ""
        state = state or ("queued" if self._runner.goes_later(operation, surface) else "running")
        run = await self._runner.record(operation, plan, call, state)
        if state == "running":
            return await self._runner.perform(await self.run(run), operation, values, plan.secrets, actor)
        return Outcome(run=run, operation=name, state=state, plan=plan.shown, digest=plan.digest, need=operation.approvals)

    async def approve(self, run: int, actor: Actor, digest: str, surface: str) -> Outcome:
        """Approve exactly the plan of this digest (a beginning of it is enough); the last approval needed runs it.

        The plan is made again first: when it changed, the run is over and must be asked anew.
        Raises NotFound, Denied, Conflict, and what the operation raises.
        """
        waiting = await self._waiting(run, actor, surface)
        operation = self._operation_of(waiting)
        if actor.person == Actor(waiting.actor).person:
            reason = "nobody approves what they asked for themselves"
            await self._refuse(operation.name, actor, surface, waiting.reference, reason, run)
            raise Denied(f"run {run} is your own", cause=reason, tip="ask somebody else to approve it")
        if not _same(waiting.digest, digest):
            raise Conflict(
                f"run {run}: {digest!r} is not the digest of its plan",
                tip=f"look at the plan, then give at least {SHORTEST} characters of the digest shown with it",
            )
        values = validate(operation, waiting.arguments | self._opened(waiting), waiting.surface, stored=True)
        asker = await self._asker(waiting, operation, actor, surface)
        call = Call(self.application, asker, waiting.surface, waiting.reference, run)
        plan = await make_plan(operation, values, call, self.seal)
        if plan.digest != waiting.digest:
            await self._close(waiting, actor, surface, "stale", {"digest": plan.digest})
            raise Conflict(
                f"run {run}: the plan has changed since it was asked for",
                cause=f"it was {waiting.digest[:SHORT]}, now it is {plan.digest[:SHORT]}",
                tip="the run is closed; ask again and approve the new plan",
            )
        missing, state = await self.application.store.write(self._approved, waiting, operation, actor, surface)
        self._runner.tell(waiting, state)
        if state == "running":
            return await self._runner.perform(waiting, operation, values, plan.secrets, asker)
        return Outcome(run=run, operation=operation.name, state=state, plan=plan.shown, digest=plan.digest, need=missing)

    async def reject(self, run: int, actor: Actor, surface: str, reason: str = "") -> Outcome:
        """Close a pending run without running it. Whoever asked for it may take it back. Raises NotFound, Denied, Conflict."""
        waiting = await self._waiting(run, actor, surface, own=True)
        await self._close(waiting, actor, surface, "rejected", {"reason": reason} if reason else {})
        return Outcome(run=run, operation=waiting.operation, state="rejected", plan=waiting.plan, digest=waiting.digest)

    def run_later(self, later: Later) -> None:
        """From now on long operations are queued by `later(connection, run)`, which arranges a call of `execute(run)`."""
        self._runner.later = later

    async def execute(self, run: int) -> Outcome:
        """Run a queued run here and now: what `later` arranges. Raises Conflict when it is not queued any more."""
        queued = await self.run(run)
        operation, secrets = self._operation_of(queued), self._opened(queued)
        values = validate(operation, queued.arguments | secrets, queued.surface, stored=True)
        asker = await self._asker(queued, operation, Actor(queued.actor), queued.surface)
        who: dict[str, Any] = {"actor": queued.actor, "surface": queued.surface, "step": "started"}
        if not await self.application.store.write(runs.move, queued, "running", came_from=("queued",), **who):
            raise Conflict(f"run {run} is not queued", cause=f"it is {queued.state}")
        return await self._runner.perform(queued, operation, values, secrets, asker)

    async def replay(self, run: int, actor: Actor, surface: str) -> Outcome:
        """Call again what a run called, through permission, plan and approval again. Raises UsageError when it had secrets."""
        old = await self.run(run)
        operation = self.find(old.operation, actor, surface)
        if any(old.arguments.get(name) == MASK for name in operation.secret):
            raise UsageError(f"run {run} had secret arguments, which are not kept", tip=f"call {operation.name} itself")
        return await self.call(old.operation, old.arguments, actor, surface, f"replay of {run}")

    async def pending(self, actor: Actor) -> list[Run]:
        """What waits for an approval, of what the actor may approve or has asked for."""
        waiting = await self.application.store.read(runs.pending)
        return [run for run in waiting if run.actor == actor.name or self._may_decide(run, actor)]

    async def runs(self, limit: int = 50, before: int = 0) -> list[Run]:
        """Runs newest first, older than run `before`."""
        return await self.application.store.read(runs.recent, limit, before)

    async def run(self, number: int) -> Run:
        """One run. Raises NotFound."""
        run = await self.application.store.read(runs.find, number)
        if run is None:
            raise NotFound(f"there is no run {number}", tip="see ostrov approvals list and ostrov runs list")
        return run

    async def audit(self, limit: int = 50, before: int = 0, query: str = "", step: str = "", run: int = 0) -> list[chain.Entry]:
        """Audit entries newest first, older than entry `before`, that mention `query`, of one step or run when given."""
        return await self.application.store.read(chain.entries, limit, before, query, step, run)

    async def verify_audit(self, expect: str = "") -> chain.Verification:
        """Whether the audit is whole; else the first entry that cannot be trusted. `expect` is a head noted earlier."""
        verifier = chain.Verifier(expect)
        while await self.application.store.read(verifier.step):  # noqa: ASYNC110  others go between two chunks
            await asyncio.sleep(0)
        assert verifier.found is not None
        return verifier.found

    async def close(self, grace: float = 5.0) -> None:
        """Wait for what runs here, and interrupt what takes longer than `grace` seconds."""
        await self._runner.close(grace)

    async def _waiting(self, number: int, actor: Actor, surface: str, *, own: bool = False) -> Run:
        """The pending run of a number that the actor may decide on (or has asked for, with `own`)."""
        await self.application.store.write(runs.tidy)
        run = await self.run(number)
        if not (own and run.actor == actor.name):
            operation = self._operation_of(run)
            for permission in (APPROVE, operation.permission):
                if not actor.may(permission):
                    await self._denied(operation, actor, surface, run.reference, permission, number)
        if run.state != "pending":
            raise Conflict(f"run {number} waits for no approval", cause=f"it is {run.state}")
        return run

    async def _asker(self, run: Run, operation: Operation[..., Any], actor: Actor, surface: str) -> Actor:
        """Whoever asked, with the rights of today. Closes the run when they may not do it any more."""
        asker = await actor_named(self.application, run.actor, run.scope)
        if asker is None or not asker.may(operation.permission):
            reason = f"{run.actor}, who asked for it, may not do this any more"
            await self._close(run, actor, surface, "stale", {"reason": reason})
            raise Denied(f"run {run.id}: {reason}", cause=f"it needs {operation.permission}")
        return asker

    def _approved(
        self, connection: Connection, run: Run, operation: Operation[..., Any], actor: Actor, surface: str
    ) -> tuple[int, str]:
        missing = runs.approve(connection, run, actor.person, surface)
        if missing:
            return missing, "pending"
        state = "queued" if self._runner.goes_later(operation, surface) else "running"
        who: dict[str, Any] = {"actor": run.actor, "surface": run.surface, "step": "queued" if state == "queued" else "started"}
        runs.move(connection, run, state, came_from=("pending",), **who)
        if state == "queued" and self._runner.later is not None:
            self._runner.later(connection, run.id)
        return 0, state

    async def _close(self, run: Run, actor: Actor, surface: str, state: str, detail: dict[str, Any]) -> None:
        who: dict[str, Any] = {"actor": actor.name, "surface": surface}
        moved = await self.application.store.write(runs.move, run, state, came_from=("pending", "queued"), detail=detail, **who)
        if not moved:
            raise Conflict(f"run {run.id} waits for no approval any more")
        self._runner.tell(run, state)

    def _may_decide(self, run: Run, actor: Actor) -> bool:
        operation = self.all.get(run.operation)
        return operation is not None and actor.may(APPROVE) and actor.may(operation.permission)

    def _operation_of(self, run: Run) -> Operation[..., Any]:
        if run.operation not in self.all:
            raise NotFound(f"run {run.id}: this version has no operation {run.operation!r}")
        return self.all[run.operation]

    def _opened(self, run: Run) -> dict[str, Any]:
        """The secret arguments of a waiting run."""
        if run.sealed is None:
            return {}
        opened: dict[str, Any] = msgspec.json.decode(self.seal.open_up(run.sealed, bound(run.operation, run.digest)))
        return opened

    async def _denied(
        self, operation: Operation[..., Any], actor: Actor, surface: str, reference: str, permission: str, run: int = 0
    ) -> NoReturn:
        await self._refuse(operation.name, actor, surface, reference, f"{permission} is missing", run)
        raise Denied(
            f"{actor.name} may not {'approve' if permission == APPROVE else operation.name}",
            cause=f"the permission {permission} is missing",
            tip="ask somebody whose role has it",
        )

    async def _refuse(self, operation: str, actor: Actor, surface: str, reference: str, reason: str, run: int) -> None:
        entry: dict[str, Any] = {
            "operation": operation,
            "actor": actor.name,
            "surface": surface,
            "run": run,
            "reference": reference,
        }
        await self.application.store.write(chain.append, "denied", detail={"reason": reason}, **entry)


def open_operations(application: Ostrov) -> Operations:
    """The door of an application, closed with it."""
    application.store  # noqa: B018  opened first, so closed last: the end of a run is still written
    operations = Operations(application)
    for component in application.components.values():
        if component.later is not None:
            operations.run_later(load(component.later)(application))
    application.on_close(operations.close)
    return operations


def _same(digest: str, given: str) -> bool:
    given = given.strip().lower()
    return len(given) >= SHORTEST and digest.startswith(given)
