"""The procrastinate engine: run ids as procrastinate's jobs in PostgreSQL.

When the ledger is in the same database a job is added in the transaction that adds its run, so that there is never one without
the other. A job is in progress while a worker has it on offer, and deleted when its run's start is committed; jobs of a
worker that was not heard of for a while go to another.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from procrastinate import PsycopgConnector, SyncPsycopgConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from ostrov.core.errors import SettingsError
from ostrov.run.tasks.engines.parts import end
from ostrov.run.tasks.engines.procrastinate_schema import prepare
from ostrov.run.tasks.engines.remote import RemoteEngine

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection
    from ostrov.run.tasks.engine import Publication
    from ostrov.run.tasks.run import NewRun
    from ostrov.run.tasks.worker import Worker

log = logging.getLogger("ostrov.tasks")
BEAT = 1.0
"""Seconds between two heartbeats of a worker."""
SILENT = 4.0
"""Seconds without a heartbeat after which a worker's jobs are another's."""
LOOK = 1.0
"""Seconds after which a worker looks for jobs that it was not told of: those of the moment before it began to listen."""
GOODBYE = 1.0
"""Seconds to close connections in."""
LONGEST = 40
"""Bytes of a queue's name: with procrastinate's prefix it names a channel of PostgreSQL, which has 63."""
DEPTH = "SELECT count(*) AS count FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
PURGE = "WITH gone AS (DELETE FROM procrastinate_jobs WHERE status = 'todo' RETURNING 1) SELECT count(*) AS count FROM gone"


class Told(Protocol):
    """What a job is made of: a Publication or a NewRun."""

    @property
    def id(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def queue(self) -> str: ...
    @property
    def priority(self) -> int: ...


class ProcrastinateEngine(RemoteEngine):
    """An Engine over procrastinate's job manager. Without tasks.broker it is in the project's own database."""

    name = "procrastinate"

    def __init__(self, application: Ostrov) -> None:
        super().__init__(application)
        database = application.settings.db
        own = database.url if database.engine == "postgresql" else ""
        self._url = self.settings.broker or own
        if not self._url.startswith(("postgresql://", "postgres://")):
            raise SettingsError(
                "the engine procrastinate needs a PostgreSQL database",
                cause="tasks.broker is no postgresql:// address"
                if self._url
                else "tasks.broker is empty and db.engine is sqlite",
                tip="set tasks.broker=postgresql://user:password@host/database, or db.engine=postgresql",
            )
        self._shared = self._url == own
        self._prepared = False
        self._inside = JobManager(SyncPsycopgConnector())  # never opened: it only writes on connections of ours
        self._connector: PsycopgConnector | None = None
        self._manager: JobManager | None = None

    def enlist(self, connection: Connection, runs: Sequence[NewRun]) -> bool:
        if not self._shared:
            return False
        ready = [_job(run) for run in runs if run.state == "ready"]
        if ready:
            if not self._prepared:
                prepare(self._url)
                self._prepared = True
            raw: Any = connection
            self._inside.batch_defer_jobs(ready, connection=raw.raw)
        return True

    async def open(self) -> None:
        await asyncio.to_thread(prepare, self._url)
        self._connector, self._manager = await _connect(self._url, 1)

    async def publish(self, runs: Sequence[Publication]) -> None:
        assert self._manager is not None
        await self._manager.batch_defer_jobs_async([_job(run) for run in runs])

    async def depth(self) -> int:
        assert self._connector is not None
        return int((await self._connector.execute_query_one_async(DEPTH))["count"])

    async def purge(self) -> int:
        assert self._connector is not None
        return int((await self._connector.execute_query_one_async(PURGE))["count"])

    async def shut(self) -> None:
        connector, self._connector, self._manager = self._connector, None, None
        if connector is not None:
            await _close(connector)

    async def receive(self, worker: Worker) -> None:
        await asyncio.to_thread(prepare, self._url)
        connector, manager = await _connect(self._url, 4)
        try:
            await Receiver(manager, worker, self.settings.poll).go()
        finally:
            await _close(connector)


class Receiver:
    """Fetches jobs for a worker, deletes what it has started, and takes the jobs of silent workers from them."""

    def __init__(self, manager: JobManager, worker: Worker, poll: float) -> None:
        self._manager = manager
        self._worker = worker
        self._poll = poll
        self._id = 0
        self._turn = 0
        self._held: dict[int, Job] = {}
        self._done: list[Job] = []
        self._acknowledge = asyncio.Event()

    async def go(self) -> None:
        """Until cancelled, or until the database is away: then raises what the library raises."""
        self._id = await self._manager.register_worker()
        listening = self._manager.listen_for_jobs(on_notification=self._rung)
        parts = [asyncio.create_task(part) for part in (self._fetch(), self._finish(), self._beat(), listening)]
        try:
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in ended:
                part.result()
        finally:
            await end(parts)
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._leave(), 2)

    async def _fetch(self) -> None:
        """A job of each queue in turn, while there is room: procrastinate itself would go by age."""
        while True:
            self._worker.roomy.clear()
            queues = deque(sorted(_queue(name) for name in await self._worker.queue_names()))
            queues.rotate(self._turn)
            while queues and self._worker.window > 0:
                self._turn -= 1
                job = await self._manager.fetch_job([queues[0]], self._id)
                if job is None:
                    queues.popleft()
                else:
                    self._offer(job)
                    queues.rotate(-1)
            with contextlib.suppress(TimeoutError):  # wait_for of Python 3.11 can swallow a cancellation
                async with asyncio.timeout(min(self._poll, LOOK)):
                    await self._worker.roomy.wait()

    def _offer(self, job: Job) -> None:
        assert job.id is not None
        self._held[job.id] = job

        def done(started: bool) -> None:
            self._done.append(job)
            self._acknowledge.set()

        self._worker.offer(str(job.task_kwargs.get("run")), done)

    async def _finish(self) -> None:
        while True:
            await self._acknowledge.wait()
            self._acknowledge.clear()
            while self._done:
                jobs, self._done = self._done[:3], self._done[3:]
                await asyncio.gather(*(self._manager.finish_job(job, Status.SUCCEEDED, delete_job=True) for job in jobs))
                for job in jobs:
                    assert job.id is not None
                    self._held.pop(job.id, None)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            await self._manager.update_heartbeat(self._id)
            for job in await self._manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
                log.info(
                    "the job of run %s was held by a worker that is silent; it is offered again", job.task_kwargs.get("run")
                )
                with contextlib.suppress(Exception):  # another was quicker
                    await self._manager.retry_job(job)
            await self._manager.prune_stalled_workers(SILENT * 10)

    async def _leave(self) -> None:
        done = {job.id for job in self._done}
        for job in list(self._held.values()):
            if job.id in done:
                await self._manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
            else:
                await self._manager.retry_job(job)
        await self._manager.unregister_worker(self._id)

    async def _rung(self, **_: Any) -> None:
        self._worker.roomy.set()


async def _connect(url: str, size: int) -> tuple[PsycopgConnector, JobManager]:
    connector = PsycopgConnector(conninfo=url, min_size=1, max_size=size, timeout=5.0, kwargs={"connect_timeout": 5})
    try:
        await asyncio.wait_for(connector.open_async(), 8)
    except BaseException:
        await _close(connector)
        raise
    return connector, JobManager(connector)


async def _close(connector: PsycopgConnector) -> None:
    """Leave the database. Where it is away the pool would wait five seconds for its attempts to connect."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(connector.close_async(), GOODBYE)


def _job(run: Told) -> Job:
    return Job(
        id=None,
        queue=_queue(run.queue),
        priority=run.priority,
        lock=None,
        queueing_lock=None,
        task_name=run.task[:128],
        task_kwargs={"run": run.id},
    )


def _queue(name: str) -> str:
    """The queue as procrastinate calls it: the same, unless it is too long for PostgreSQL."""
    encoded = name.encode()
    if len(encoded) <= LONGEST:
        return name
    return f"{encoded[:20].decode(errors='ignore')}~{hashlib.sha256(encoded).hexdigest()[:16]}"
