"""The library: takes pictures in and knows what became of them. `library = application.part(open_library)`."""

from __future__ import annotations

import asyncio
import math
import shutil
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from functools import partial
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
from raf.media.attachments import Attachment, Kept, entity_of, meta_of
from raf.media.decoding import Decoding, Made
from raf.media.formats import ACCEPTED, TYPES, picture_type
from raf.media.settings import MediaSettings
from raf.media.storage import FULL, Storage, StorageFull, open_storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

T = TypeVar("T")
GRACE = 3600.0
"""A file put within this time is not deleted: somebody may be about to refer to it."""


class Library:
    """Pictures of posts, avatars and headers."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.settings: MediaSettings = application.settings.raf.media
        self.storage: Storage = application.part(open_storage)
        self._store = application.store
        self._decoding = Decoding(self.settings)
        self._uploads = Windows(self.settings.uploads_of_account, 1800)

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
        wait: bool = True,
    ) -> int:
        """Take a picture in; its id. With `wait` it is processed first, else by a task, and what is kept meanwhile is durable.

        A file given by path is left where it is. Raises Invalid (not a picture, too large, description too long),
        StorageFull, TooMany.
        """
        self._check_description(description)
        _check_focus(focus)
        async with self._received(account_id, data) as (source, folder):
            now = time.time()
            identity = new_id(now)
            if wait:
                kept = await self._develop(source, folder, focus)
                await self._store.write(attachments.insert_attachment, identity, account_id, kept, description, focus, now)
            else:
                held = await _in_thread(self.storage.hold, source)
                await self._store.write(_insert_waiting, identity, account_id, held, description, focus, now)
        return identity

    async def portrait(self, account_id: int, data: bytes | Path, kind: str) -> str:
        """Make an avatar or a header (`kind`) of a picture; the name to put into the profile. Raises as `upload` does."""
        async with self._received(account_id, data) as (source, folder):
            developed = await self._decoding.develop(source, folder, kind)
            return await self._put(folder, developed.original)

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
            _check_focus(change.focus)

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

    async def discard(self, account_id: int, identity: int) -> None:
        """Delete an upload that no post has taken. Raises Missing."""
        names = await self._store.write(attachments.delete_attachment, account_id, identity)
        if names is None:
            raise Missing
        await _in_thread(self.storage.delete, names, time.time() - GRACE)

    async def develop_held(self, identity: int, held: str) -> None:
        """Process an upload that was kept as it came (the task's work). Running it twice does no harm."""
        source = await _in_thread(self.storage.find, held)
        if source is None:
            return
        folder = await _in_thread(self.storage.scratch)
        try:
            kept = await self._develop(source, folder, None)
            await self._store.write(attachments.finish_attachment, identity, kept)
        except (Invalid, StorageFull) as problem:
            await self._store.write(attachments.fail_attachment, identity, problem.error)
        finally:
            await _in_thread(shutil.rmtree, folder, True)
        await _in_thread(self.storage.delete, [held])

    async def prune(self) -> int:
        """Delete uploads that no post took in time; how many files."""
        now, deleted = time.time(), 0
        before = now - self.settings.unattached_hours * 3600
        while names := await self._store.write(attachments.delete_unattached, before, 200):
            deleted += await _in_thread(self.storage.delete, names, now - GRACE)
        return deleted + await _in_thread(self.storage.prune, before)

    # ---- steps ------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _received(self, account_id: int, data: bytes | Path) -> AsyncIterator[tuple[Path, Path]]:
        """The picture in a scratch folder of its own, checked for size and kind."""
        size = len(data) if isinstance(data, bytes) else data.stat().st_size
        if size > self.settings.max_bytes:
            raise Invalid({"file": [("ERR_TOO_LONG", f"is too large (maximum is {self.settings.max_bytes // 2**20} MB)")]})
        if self._uploads.take(account_id).remaining < 0:
            raise TooMany(1800, "Too many uploads")
        folder = await _in_thread(self.storage.scratch)
        try:
            source = folder / "upload"
            await _in_thread(_copied, data, source)
            yield source, folder
        finally:
            await _in_thread(shutil.rmtree, folder, True)

    async def _develop(self, source: Path, folder: Path, focus: tuple[float, float] | None) -> Kept:
        developed = await self._decoding.develop(source, folder, "attachment")
        assert developed.small is not None
        assert developed.blurhash is not None
        file = await self._put(folder, developed.original)
        preview = await self._put(folder, developed.small)
        return Kept(
            file,
            preview,
            TYPES[developed.original.extension],
            meta_of(developed, focus),
            developed.blurhash,
            developed.original.bytes + developed.small.bytes,
        )

    async def _put(self, folder: Path, made: Made) -> str:
        return await _in_thread(self.storage.put, folder / made.file, made.extension)

    def _check_description(self, description: str | None) -> None:
        limit = self.settings.description_limit
        if description is not None and len(description) > limit:
            raise Invalid({"description": [("ERR_TOO_LONG", f"is too long (maximum is {limit} characters)")]})


def _insert_waiting(
    connection: Connection,
    identity: int,
    account_id: int,
    held: str,
    description: str | None,
    focus: tuple[float, float] | None,
    now: float,
) -> None:
    from raf.media.tasks import develop

    attachments.insert_attachment(connection, identity, account_id, None, description, focus, now)
    develop.enqueue_in(connection, media_id=identity, held=held)


def _copied(data: bytes | Path, target: Path) -> None:
    """Write the upload to `target`, unless its first bytes are no picture's. Raises Invalid, StorageFull."""
    if isinstance(data, bytes):
        head = data[:64]
    else:
        with data.open("rb") as file:
            head = file.read(64)
    if not head:
        raise Invalid({"file": [("ERR_BLANK", "can't be blank")]})
    if picture_type(head) is None:
        raise Invalid({"file": [("ERR_INVALID", f"is not a picture that can be shown here ({ACCEPTED})")]})
    try:
        if isinstance(data, bytes):
            target.write_bytes(data)
        else:
            shutil.copyfile(data, target)
    except OSError as problem:
        if problem.errno in FULL:
            raise StorageFull from problem
        raise


def _check_focus(focus: tuple[float, float] | None) -> None:
    if focus is not None and not all(math.isfinite(value) and -1 <= value <= 1 for value in focus):
        raise Invalid({"focus": [("ERR_INVALID", "must be two numbers from -1 to 1")]})


async def _in_thread(function: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, partial(function, *arguments))


def open_library(application: Ostrov) -> Library:
    """The library of an application."""
    return Library(application)
