"""The library: takes in pictures, films and sounds and knows what became of them. `application.part(open_library)`."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ostrov import Connection, Ostrov, base_url
from raf.entities import MediaAttachment
from raf.errors import Invalid, Missing, TooMany
from raf.forms import MediaChange
from raf.identity.secrets import new_id
from raf.identity.windows import Windows
from raf.media import attachments
from raf.media.arriving import check_focus, checked_type, copy_to
from raf.media.attachments import Attachment, Chosen, Kept, entity_of, measures, meta_of
from raf.media.decoding import Decoding, Made
from raf.media.formats import TYPES, guessed_kind, picture_type
from raf.media.formats import content_type as taken_type
from raf.media.settings import MediaSettings
from raf.media.storage import Storage, StorageAway, StorageFull, open_storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

T = TypeVar("T")
GRACE = 3600.0
"""A file put within this time is not deleted: somebody may be about to refer to it."""
LOOK = 0.2
"""Seconds between two looks whether a worker is done with a film."""
FAILED = "Validation failed: File "
WRITERS = 8
"""Files that are put and deleted at the same time: a storage far away keeps nobody else's threads waiting."""


class Library:
    """Pictures, films and sounds of posts, avatars and headers. One that is not `limited` takes as many files as come."""

    def __init__(self, application: Ostrov, *, limited: bool = True) -> None:
        self.application = application
        self.settings: MediaSettings = application.settings.raf.media
        self.storage: Storage = application.part(open_storage)
        self._store = application.store
        self._decoding = Decoding(self.settings)
        self._writers = ThreadPoolExecutor(WRITERS, "raf-media")
        self._uploads = Windows(self.settings.uploads_of_account, 1800) if limited else None

    @property
    def url(self) -> str:
        """The address of the media folder; ends in a slash."""
        return base_url(self.application) + "/media/"

    async def upload(
        self,
        account_id: int,
        data: bytes | Path,
        description: str | None = None,
        focus: tuple[float, float] | None = None,
        *,
        thumbnail: Path | None = None,
        wait: bool | float = True,
    ) -> int:
        """Take a file in; its id. `thumbnail` is a picture that stands for it.

        With `wait` it is processed first, else by a task, and what is kept meanwhile is durable. With a number of seconds
        that holds for pictures, while the task of a film or a sound is awaited for so long: it may be waiting still.

        A file given by path is left where it is. Raises Invalid (not of a kind taken in, too large, description too long),
        StorageFull, TooMany.
        """
        self._check_description(description)
        check_focus(focus)
        async with self._received(account_id, data, taken_type) as (source, folder, content_type):
            chosen = None if thumbnail is None else await self._thumbnail(thumbnail, folder)
            now = time.time()
            identity, kind = new_id(now), guessed_kind(content_type)
            if wait is True or (wait is not False and kind == "image"):
                kept: Kept | None = await self._develop(source, folder, content_type, with_preview=chosen is None)
                about = (identity, account_id, kind, kept, description, focus, now, chosen)
                await self._store.write(attachments.insert_attachment, *about)
            else:
                held = await _in_thread(self.storage.hold, source)
                kept = None
                about = (identity, account_id, kind, kept, description, focus, now, chosen)
                await self._store.write(_insert_waiting, held, about)
        if kept is None and wait is not False:
            row = await self._settled(account_id, identity, wait)
            if row.state == "failed":
                await self.discard(account_id, identity)
                raise Invalid({"file": [("ERR_INVALID", (row.error or "").removeprefix(FAILED) or "is damaged")]})
        return identity

    async def _settled(self, account_id: int, identity: int, seconds: float) -> Attachment:
        """The upload as soon as it is processed, or as it is after so many seconds."""
        end = time.monotonic() + seconds
        while True:
            row = await self.find(account_id, identity)
            if row.state != "waiting" or time.monotonic() >= end:
                return row
            await asyncio.sleep(LOOK)

    async def portrait(self, account_id: int, data: bytes | Path, kind: str) -> str:
        """Make an avatar or a header (`kind`) of a picture; the name to put into the profile. Raises as `upload` does."""
        async with self._received(account_id, data, picture_type) as (source, folder, _):
            developed = await self._decoding.develop(source, folder, kind)
            return await self._put(folder, developed.original)

    async def illustration(self, picture: Path) -> Chosen:
        """Keep a small picture of one that comes from elsewhere. Raises Invalid, StorageFull, TooMany."""
        folder = await _in_thread(self.storage.scratch)
        try:
            return await self._thumbnail(picture, folder)
        finally:
            await _in_thread(shutil.rmtree, folder, True)

    async def find(self, account_id: int, identity: int) -> Attachment:
        """An upload that no post has taken. Raises Missing."""
        row = await self._store.read(attachments.unattached, account_id, identity)
        if row is None:
            raise Missing
        return row

    async def media(self, account_id: int, identity: int) -> MediaAttachment:
        """The same as the API shows it; its `url` is None while it is processed."""
        return entity_of(await self.find(account_id, identity), self.url)

    async def update(self, account_id: int, identity: int, change: MediaChange) -> MediaAttachment:
        """Change the description or the focus of an upload that no post has taken. Raises Missing, Invalid."""
        if isinstance(change.description, str):
            self._check_description(change.description)
        if isinstance(change.focus, tuple):
            check_focus(change.focus)

        def write(connection: Connection) -> Attachment:
            for _ in range(3):  # its processing may finish in between
                row = attachments.unattached(connection, account_id, identity)
                if row is None:
                    raise Missing
                description = row.description if change.description is msgspec.UNSET else change.description or None
                meta: dict[str, Any] = msgspec.json.decode(row.meta)
                if isinstance(change.focus, tuple):
                    meta["focus"] = {"x": change.focus[0], "y": change.focus[1]}
                if attachments.update_attachment(connection, row, description, meta):
                    return row._replace(description=description, meta=msgspec.json.encode(meta).decode())
            raise Missing

        return entity_of(await self._store.write(write), self.url)

    async def choose_thumbnail(self, account_id: int, identity: int, picture: Path) -> None:
        """Give an upload that no post has taken another preview. Raises Missing, Invalid, StorageFull."""
        folder = await _in_thread(self.storage.scratch)
        try:
            chosen = await self._thumbnail(picture, folder)
        finally:
            await _in_thread(shutil.rmtree, folder, True)

        def write(connection: Connection) -> list[str]:
            for _ in range(3):  # its processing may finish in between
                row = attachments.unattached(connection, account_id, identity)
                if row is None:
                    raise Missing
                if (names := attachments.choose_thumbnail(connection, row, chosen)) is not None:
                    return names
            raise Missing

        await self.delete(await self._store.write(write), time.time() - GRACE)

    async def discard(self, account_id: int, identity: int) -> None:
        """Delete an upload that no post has taken. Raises Missing."""
        names = await self._store.write(attachments.delete_attachment, account_id, identity)
        if names is None:
            raise Missing
        await self.delete(names, time.time() - GRACE)

    async def delete(self, names: Iterable[str], unused_since: float | None = None) -> int:
        """Delete files, those alone that were last put before `unused_since`; how many. A task tries again what cannot be
        reached now."""
        from raf.media.tasks import remove

        unused = list(names)
        try:
            return await self._far(self.storage.delete, unused, unused_since)
        except StorageAway:
            await remove.using(run_after=60).enqueue(unused)
            return 0

    async def remove(self, names: list[str]) -> int:
        """Delete those of the files that nothing refers to (the task's work). Raises StorageAway."""
        unused = await self._store.read(attachments.unreferenced, set(names))
        return await self._far(self.storage.delete, unused, time.time() - GRACE)

    async def develop_held(self, identity: int, held: str) -> None:
        """Process an upload that was kept as it came (the task's work). Running it twice does no harm. Raises StorageAway."""
        source = await _in_thread(self.storage.held, held)
        if source is None:
            return
        await self._far(self.storage.reach)
        folder = await _in_thread(self.storage.scratch)
        try:
            with source.open("rb") as file:
                content_type = taken_type(file.read(64)) or "image/*"
            chosen = await self._store.read(attachments.has_preview, identity)
            kept = await self._develop(source, folder, content_type, with_preview=not chosen)
            await self._store.write(attachments.finish_attachment, identity, kept)
        except (Invalid, StorageFull) as problem:
            await self._store.write(attachments.fail_attachment, identity, problem.error)
        finally:
            await _in_thread(shutil.rmtree, folder, True)
        await _in_thread(self.storage.drop, held)

    async def prune(self) -> int:
        """Delete uploads that no post took in time; how many files."""
        now, deleted = time.time(), 0
        before = now - self.settings.unattached_hours * 3600
        while names := await self._store.write(attachments.delete_unattached, before, 200):
            deleted += await self.delete(names, now - GRACE)
        return deleted + await _in_thread(self.storage.prune, before)

    async def sweep(self) -> int:
        """Delete files that nothing refers to: replaced portraits, and what a process that was killed had put; how many."""
        before, deleted = time.time() - GRACE, 0
        names = self.storage.names(before)
        while batch := await self._far(lambda: set(islice(names, 500))):
            unused = await self._store.read(attachments.unreferenced, batch)
            deleted += await self._far(self.storage.delete, unused, before)
        return deleted

    # ---- steps ------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _received(
        self, account_id: int, data: bytes | Path, type_of: Callable[[bytes], str | None]
    ) -> AsyncIterator[tuple[Path, Path, str]]:
        """The file in a scratch folder of its own, checked for size and kind, and its type."""
        size = len(data) if isinstance(data, bytes) else data.stat().st_size
        content_type = await _in_thread(checked_type, data, type_of)
        most = self.settings.max_bytes if content_type.startswith("image/") else self.settings.max_film_bytes
        if size > most:
            raise Invalid({"file": [("ERR_TOO_LONG", f"is too large (maximum is {most // 2**20} MB)")]})
        if self._uploads is not None and self._uploads.take(account_id).remaining < 0:
            raise TooMany(1800, "Too many uploads")
        folder = await _in_thread(self.storage.scratch)
        try:
            source = folder / "upload"
            await _in_thread(copy_to, data, source)
            yield source, folder, content_type
        finally:
            await _in_thread(shutil.rmtree, folder, True)

    async def _develop(self, source: Path, folder: Path, content_type: str, with_preview: bool = True) -> Kept:
        developed = await self._decoding.develop(source, folder, "attachment", content_type)
        small = developed.small if with_preview else None
        file = await self._put(folder, developed.original)
        preview = None if small is None else await self._put(folder, small)
        return Kept(
            developed.kind,
            file,
            preview,
            TYPES[developed.original.extension],
            meta_of(developed),
            developed.blurhash,
            developed.original.bytes + (0 if small is None else small.bytes),
        )

    async def _thumbnail(self, picture: Path, folder: Path) -> Chosen:
        if picture.stat().st_size > self.settings.max_bytes:
            most = self.settings.max_bytes // 2**20
            raise Invalid({"thumbnail": [("ERR_TOO_LONG", f"is too large (maximum is {most} MB)")]})
        made = await self._decoding.thumbnail(picture, folder)
        return Chosen(await self._put(folder, made.small), measures(made.small), made.blurhash)

    async def _put(self, folder: Path, made: Made) -> str:
        return await self._far(self.storage.put, folder / made.file, made.extension)

    async def _far(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writers, partial(function, *arguments))

    def _check_description(self, description: str | None) -> None:
        limit = self.settings.description_limit
        if description is not None and len(description) > limit:
            raise Invalid({"description": [("ERR_TOO_LONG", f"is too long (maximum is {limit} characters)")]})


def _insert_waiting(connection: Connection, held: str, about: tuple[Any, ...]) -> None:
    from raf.media.tasks import develop, encode

    attachments.insert_attachment(connection, *about)
    task = develop if about[2] == "image" else encode
    task.enqueue_in(connection, media_id=about[0], held=held)


async def _in_thread(function: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, partial(function, *arguments))


def open_library(application: Ostrov) -> Library:
    """The library of an application."""
    return Library(application)
