"""The one face of export and import that pages use: `application.part(open_archive)`."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ostrov import Connection, Ostrov
from raf.archive import arriving, exports, jobs, outgoing, sheets
from raf.archive.box import as_zip
from raf.archive.exports import Export
from raf.archive.jobs import ARCHIVE, Job, Unit
from raf.archive.outgoing import Addresses
from raf.archive.packing import Packing
from raf.archive.unpacking import BOOKMARK, BOOST, PROFILE, Item, Unpacking, items_of
from raf.errors import Invalid, Missing, Refused
from raf.media.storage import open_storage
from raf.network import open_raf

AT_ONCE = 25
"""Rows done in one transaction: others write between them."""
MODES = ("merge", "overwrite")
IDLE = 86400.0
"""Seconds after which a file that a killed process left behind goes."""
KEPT = 30 * 86400.0
"""Seconds what became of an import can be looked up."""


class Archive:
    """What an account takes along or brings."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.store = application.store
        self.clock = time.time

    @property
    def folder(self) -> Path:
        """Where archives lie, beside the database."""
        folder = self.application.data_dir / "archives"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

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

    async def order(self, account_id: int) -> None:
        """Ask for one's whole archive; a task packs it. Raises Refused when the last one was asked for a moment ago."""
        from raf.archive.tasks import pack

        def write(connection: Connection) -> list[str]:
            now = self.clock()
            last = exports.latest(connection, account_id)
            if last is not None and now - last.created_at < exports.EVERY:
                raise Refused("An archive was asked for today")
            gone = exports.delete_exports(connection, now, account_id)
            identity = self.raf.journal.ids.next(now)
            exports.insert_export(connection, identity, account_id, now)
            pack.enqueue_in(connection, identity)
            return gone

        await self.remove(await self.store.write(write))

    async def export(self, account_id: int) -> Export | None:
        """The archive an account asked for last."""
        return await self.store.read(exports.latest, account_id)

    async def packed(self, account_id: int) -> Path:
        """The file of an account's archive. Raises Missing."""
        last = await self.export(account_id)
        path = self.folder / last.file if last is not None and last.file else None
        if path is None or not path.is_file():
            raise Missing
        return path

    async def pack(self, export_id: int) -> int:
        """Pack an archive (the task's work); how many posts are in it. Run again, it packs anew."""
        export = await self.store.read(exports.export, export_id)
        if export is None or export.state == "ready":
            return 0
        name = f"{secrets.token_hex(16)}.zip"
        packing = Packing(self.store, self.application.part(open_storage), self.addresses, export.account_id)
        target = self.folder / f"{name}.part"
        try:
            await _in_thread(packing.pack, target)
            target.replace(self.folder / name)
        finally:
            target.unlink(missing_ok=True)
        size = (self.folder / name).stat().st_size
        await self.store.write(exports.finish, export_id, name, size, packing.posts, self.clock())
        return packing.posts

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

    async def bring_archive(self, account_id: int, name: str, source: Path, *, profile: bool = False) -> int:
        """Begin to take an archive in, whose file is taken over; the import's id. Raises Invalid, Refused.

        With `profile` the one of the archive stands in place of the one here.
        """
        from raf.archive.tasks import take_in

        held, mode = f"in-{secrets.token_hex(16)}.zip", "overwrite" if profile else "merge"
        try:
            await _in_thread(as_zip, source, self.folder / held)

            def write(connection: Connection) -> int:
                now = self.raf.journal.begin(connection)
                if jobs.is_busy(connection, account_id):
                    raise Refused("An import is under way")
                identity = self.raf.journal.ids.next(now)
                jobs.insert_job(connection, identity, account_id, ARCHIVE, mode, name[:200], held, now)
                take_in.enqueue_in(connection, identity, account_id)
                return identity

            return await self.store.write(write)
        except BaseException:
            (self.folder / held).unlink(missing_ok=True)
            raise

    async def imports(self, account_id: int) -> list[Job]:
        """An account's imports, the last first."""
        return await self.store.read(jobs.jobs_of, account_id)

    async def failures(self, account_id: int, import_id: int, limit: int = 10_000) -> list[tuple[str, str]]:
        """The rows that could not be taken in, as JSON, and the code of why. Raises Missing for everybody else's."""

        def read(connection: Connection) -> list[tuple[str, str]]:
            found = jobs.job(connection, import_id)
            if found is None or found.account_id != account_id:
                raise Missing
            return jobs.failures(connection, import_id, limit)

        return await self.store.read(read)

    async def take_in(self, import_id: int) -> int:
        """Do the rows of an import that are not done yet (the task's work); how many they were."""
        job = await self.store.read(jobs.job, import_id)
        if job is None or job.state in (jobs.DONE, jobs.FAILED):
            return 0
        if job.kind == ARCHIVE:
            return await self._take_in_archive(job)
        if job.state == jobs.WAITING:
            await self.store.write(self._begin, job)
        taken = 0
        while number := await self.store.write(self._some, job):
            taken += number
        self.raf.refresh.drop(job.account_id)
        await self.store.write(jobs.set_state, import_id, jobs.DONE, self.clock())
        return taken

    async def _take_in_archive(self, job: Job) -> int:
        path = self.folder / (job.file or "")
        try:
            if job.state == jobs.WAITING:
                items = await _in_thread(lambda: list(items_of(path, self.addresses, profile=job.mode == "overwrite")))
                if not items:
                    raise Invalid({"file": [("ERR_EMPTY", "has nothing in it that could be imported")]})
                await self.store.write(self._lay_out, job, items)
            unpacking = Unpacking(self.application, job.account_id, path)
        except Invalid as problem:
            code = next(code for found in problem.details.values() for code, _ in found)
            await self.store.write(jobs.set_state, job.id, jobs.FAILED, self.clock(), code)
            path.unlink(missing_ok=True)
            return 0
        taken = 0
        try:
            while found := await self.store.read(jobs.waiting, job.id, AT_ONCE):
                for unit in found:
                    await self._unpack(job, unpacking, unit)
                    taken += 1
        finally:
            unpacking.close()
        await self.store.write(jobs.set_state, job.id, jobs.DONE, self.clock())
        path.unlink(missing_ok=True)
        return taken

    async def _unpack(self, job: Job, unpacking: Unpacking, unit: Unit) -> None:
        item = msgspec.json.decode(unit.data, type=Item)
        if item.kind == PROFILE:
            error = await unpacking.profile(item)
        elif item.kind == BOOST:
            error = await unpacking.boost(item, self.addresses)
        else:
            error = await unpacking.post(item) if item.kind != BOOKMARK else ""

        def write(connection: Connection) -> None:
            journal, failed = self.raf.journal, error
            journal.begin(connection)
            if item.kind == BOOKMARK:
                failed = arriving.arrive(connection, journal, job.account_id, "bookmarks", (item.uri,), self.addresses)
            jobs.settle(connection, job.id, unit.position, failed)
            jobs.count(connection, job.id)

        await self.store.write(write)

    def _lay_out(self, connection: Connection, job: Job, items: list[Item]) -> None:
        jobs.insert_rows(connection, job.id, items)
        jobs.set_state(connection, job.id, jobs.WORKING)

    async def prune(self) -> int:
        """Delete what is long over, and files that nobody refers to any more; how many imports and archives."""
        now = self.clock()
        gone = await self.store.write(exports.delete_exports, now - exports.KEPT)
        wanted = await self.store.read(exports.files)
        idle = [path.name for path in self.folder.iterdir() if path.name not in wanted and now - path.stat().st_mtime > IDLE]
        await self.remove([*gone, *idle])
        return len(gone) + await self.store.write(jobs.prune_jobs, now - KEPT)

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

    async def remove(self, names: list[str]) -> None:
        """Delete files of archives."""
        for name in names:
            with contextlib.suppress(OSError):
                await _in_thread((self.folder / name).unlink, True)


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, partial(function, *arguments))


def open_archive(application: Ostrov) -> Archive:
    """The archive of an application."""
    return Archive(application)
