"""A run: one call of a task that the ledger keeps. Its states, and the handle that `enqueue` returns."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ostrov.core.errors import NotFound
from ostrov.run.tasks.errors import ResultExpired, RunFailed
from ostrov.run.tasks.terms import EXPIRED

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.task import Task

R = TypeVar("R")


class State(StrEnum):
    """scheduled → ready → running → successful | dead | cancelled; a failed attempt with attempts left is scheduled again.

    blocked: a semaphore, other steps of its workflow, its own steps or an approval hold it. skipped: a step whose turn does not
    come, because of how the steps before it ended.
    """

    SCHEDULED = "scheduled"
    READY = "ready"
    RUNNING = "running"
    BLOCKED = "blocked"
    SUCCESSFUL = "successful"
    DEAD = "dead"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"

    @property
    def over(self) -> bool:
        """Whether the run has left the hot table."""
        return self in OVER


OVER = frozenset((State.SUCCESSFUL, State.DEAD, State.CANCELLED, State.SKIPPED))


class NewRun(NamedTuple):
    """A row of `task_run` to insert, in the order of its statement."""

    id: str
    task: str
    queue: str
    priority: int
    state: str
    arguments: str
    created_at: float
    run_after: float
    max_attempts: int
    dedupe_key: str | None
    lock_key: str | None
    parent_id: str | None
    schedule_key: str | None = None
    tick: float | None = None
    kind: str | None = None
    version: str | None = None
    limit_key: str | None = None
    trace: str | None = None
    plan: str | None = None


class Run(Generic[R]):
    """The handle of an enqueued run. `created` is False when a run with the same dedupe key was there already."""

    __slots__ = ("_application", "_error", "_result", "_task", "created", "id", "status")

    def __init__(self, application: Ostrov, task: Task[Any, R], run_id: str, status: str, created: bool = True) -> None:
        self._application = application
        self._task = task
        self._result: str | None = None
        self._error = ""
        self.id = run_id
        self.status = State(status)
        self.created = created

    def __repr__(self) -> str:
        return f"<Run {self.id} of {self._task.name}: {self.status}>"

    @property
    def result(self) -> R:
        """What the task returned, as of the last `refresh` or `wait`. Raises RunFailed when it did not, or not
        yet, and ResultExpired when it is no longer kept."""
        if self.status is not State.SUCCESSFUL:
            raise RunFailed(f"run {self.id} of {self._task.name} is {self.status}", cause=self._error)
        if self._result == EXPIRED:
            raise ResultExpired(
                f"the result of run {self.id} of {self._task.name} has expired",
                cause="it is kept for as long as keep_result says",
                tip="replay the run to have its task called once more",
            )
        result: R = self._task.codec.decode_result(self._result)
        return result

    @property
    def error(self) -> str:
        """The last error, or an empty text."""
        return self._error

    async def refresh(self) -> State:
        """Ask the ledger; the state now. Raises NotFound when the run's history was pruned."""
        from ostrov.run.tasks.ledger import outcome

        return self._known(await self._application.store.read(outcome, self.id))

    def refresh_sync(self) -> State:
        """The same from a thread or a program without an event loop."""
        from ostrov.run.tasks.ledger import outcome

        return self._known(self._application.store.read_sync(outcome, self.id))

    def wait_sync(self, timeout: float | None = None) -> State:
        """As `wait`, from a thread or a program without an event loop: it asks the ledger 20 times a second at first, then
        once a second."""
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = 0.05
        while not self.refresh_sync().over:
            left = pause if deadline is None else min(pause, deadline - time.monotonic())
            if left <= 0:
                raise TimeoutError(f"run {self.id} of {self._task.name} is still {self.status} after {timeout} s")
            time.sleep(left)
            pause = min(pause * 1.5, 1.0)
        return self.status

    def _known(self, found: tuple[str, str | None, str | None] | None) -> State:
        if found is None:
            raise NotFound(f"there is no run {self.id}", tip="its history was pruned")
        state, self._result, error = found
        self._error = error or ""
        self.status = State(state)
        return self.status

    async def wait(self, timeout: float | None = None) -> State:
        """Wait until the run is over; its final state. Raises TimeoutError after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = 0.05
        with self._application.channel.subscribe([FINISHED], limit=1000) as mailbox:
            while not (await self.refresh()).over:
                left = pause if deadline is None else min(pause, deadline - time.monotonic())
                if left <= 0:
                    raise TimeoutError(f"run {self.id} of {self._task.name} is still {self.status} after {timeout} s")
                until = time.monotonic() + left
                while (rest := until - time.monotonic()) > 0:
                    messages = await mailbox.take(rest)
                    if mailbox.lost or any(self.id.encode() in message.body for message in messages):
                        mailbox.lost = False
                        break
                pause = min(pause * 1.5, 1.0)
        return self.status


FINISHED = "tasks.finished"
"""The channel topic of runs that were just finished: their ids, separated by spaces."""
