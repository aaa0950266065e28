"""The one face of export and import that pages use: `application.part(open_archive)`."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from ostrov import Connection, Ostrov
from raf.archive import arriving, jobs, outgoing, sheets
from raf.archive.jobs import Job
from raf.archive.outgoing import Addresses
from raf.errors import Invalid, Missing, Refused
from raf.network import open_raf

AT_ONCE = 25
"""Rows done in one transaction: others write between them."""
MODES = ("merge", "overwrite")
KEPT = 30 * 86400.0
"""Seconds what became of an import can be looked up."""


class Archive:
    """What an account takes along or brings."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.store = application.store

    @property
    def addresses(self) -> Addresses:
        """How accounts and posts of this place are called elsewhere."""
        return Addresses(self.raf.url, urlsplit(self.raf.url).netloc)

    # ---- out --------------------------------------------------------------------------------------------------------

    async def counts(self, account_id: int) -> dict[str, int]:
        """How many rows each CSV file has, by kind."""
        return await self.store.read(outgoing.counts, account_id)

    async def sheet(self, account_id: int, kind: str) -> str:
        """One's CSV file of a kind."""
        rows = await self.store.read(outgoing.rows_of, kind, account_id, self.addresses)
        return sheets.written(kind, rows)

    # ---- in ---------------------------------------------------------------------------------------------------------

    async def bring_sheet(self, account_id: int, kind: str, mode: str, name: str, data: bytes) -> int:
        """Begin to take a CSV file in; the import's id. Raises Invalid, Refused when another one is under way."""
        from raf.archive.tasks import take_in

        if kind not in sheets.SHEETS or mode not in MODES:
            raise Invalid({"kind": [("ERR_INCLUSION", "is not included in the list")]})
        rows = sheets.read(kind, data)

        def write(connection: Connection) -> int:
            now = self.raf.journal.begin(connection)
            if jobs.is_busy(connection, account_id):
                raise Refused("An import is under way")
            identity = self.raf.journal.ids.next(now)
            jobs.insert_job(connection, identity, account_id, kind, mode, name[:200], None, now)
            jobs.insert_rows(connection, identity, rows)
            take_in.enqueue_in(connection, identity, account_id)
            return identity

        return await self.store.write(write)

    async def imports(self, account_id: int) -> list[Job]:
        """An account's imports, the last first."""
        return await self.store.read(jobs.jobs_of, account_id)

    async def failures(self, account_id: int, import_id: int) -> list[tuple[str, str]]:
        """The rows that could not be taken in, as JSON, and the code of why. Raises Missing for everybody else's."""

        def read(connection: Connection) -> list[tuple[str, str]]:
            found = jobs.job(connection, import_id)
            if found is None or found.account_id != account_id:
                raise Missing
            return jobs.failures(connection, import_id)

        return await self.store.read(read)

    async def take_in(self, import_id: int) -> int:
        """Do the rows of an import that are not done yet (the task's work); how many they were."""
        job = await self.store.read(jobs.job, import_id)
        if job is None or job.state in (jobs.DONE, jobs.FAILED):
            return 0
        if job.state == jobs.WAITING:
            await self.store.write(self._begin, job)
        taken = 0
        while number := await self.store.write(self._some, job):
            taken += number
        self.raf.refresh.drop(job.account_id)
        await self.store.write(jobs.set_state, import_id, jobs.DONE, time.time())
        return taken

    async def prune(self) -> int:
        """Delete what is long over; how many imports."""
        return await self.store.write(jobs.prune_jobs, time.time() - KEPT)

    def _begin(self, connection: Connection, job: Job) -> None:
        journal = self.raf.journal
        journal.begin(connection)
        if job.mode == "overwrite":
            rows = [arriving.row_of(data) for data in jobs.all_data(connection, job.id)]
            arriving.clear(connection, journal, job.account_id, job.kind, rows, self.addresses)
        jobs.set_state(connection, job.id, jobs.WORKING)

    def _some(self, connection: Connection, job: Job) -> int:
        journal = self.raf.journal
        journal.begin(connection)
        found = jobs.waiting(connection, job.id, AT_ONCE)
        for unit in found:
            row = arriving.row_of(unit.data)
            error = arriving.arrive(connection, journal, job.account_id, job.kind, row, self.addresses)
            jobs.settle(connection, job.id, unit.position, error)
        jobs.count(connection, job.id)
        if found:
            self.raf.refresh.announce(connection, job.account_id)
        return len(found)


def open_archive(application: Ostrov) -> Archive:
    """The archive of an application."""
    return Archive(application)
