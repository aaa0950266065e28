"""What is in an archive, as rows of an import, and the taking in of one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from ostrov import Ostrov
from raf.archive import adopting
from raf.archive.box import Box
from raf.archive.notes import Note, note_of
from raf.errors import Invalid, RafError
from raf.media.library import Library
from raf.network import open_raf

POST, BOOKMARK = "post", "bookmark"
MOST: Final = 200_000
"""Posts of an archive that are taken in."""


class Outbox(msgspec.Struct):
    """The file `outbox.json`."""

    ordered: list[msgspec.Raw] = msgspec.field(name="orderedItems", default_factory=list)


class Actor(msgspec.Struct):
    """Of the file `actor.json`."""

    id: str = ""


class Marked(msgspec.Struct):
    """The file `bookmarks.json`."""

    ordered: list[str] = msgspec.field(name="orderedItems", default_factory=list)


class Item(msgspec.Struct):
    """A row of an import: `kind` is post, whose `activity` it is, or bookmark, with the `uri` of what is marked."""

    kind: str
    uri: str = ""
    activity: dict[str, Any] | None = None


def items_of(path: Path) -> Iterator[Item]:
    """What an archive holds, the oldest post first. Raises Invalid."""
    box = Box(path)
    try:
        data = box.read("outbox.json")
        if data is None:
            raise Invalid({"file": [("ERR_UNREADABLE", "has no outbox.json")]})
        actor = _decoded(box.read("actor.json"), Actor)
        outbox = _decoded(data, Outbox)
        if outbox is None:
            raise Invalid({"file": [("ERR_UNREADABLE", "has no outbox.json that can be read")]})
        found: list[tuple[str, Item]] = []
        for raw in outbox.ordered[:MOST]:
            activity = _decoded(bytes(raw), dict[str, Any])
            if activity is not None and note_of(activity, actor.id if actor else "", 0) is not None:
                note = activity["object"]
                kept = {"type": activity["type"], "object": note}
                found.append((str(note.get("published", "")), Item(POST, str(note["id"]), kept)))
        found.sort(key=lambda pair: pair[0])
        yield from (item for _, item in found)
        marked = _decoded(box.read("bookmarks.json"), Marked)
        yield from (Item(BOOKMARK, uri) for uri in (marked.ordered[:MOST] if marked else []))
    finally:
        box.close()


class Unpacking:
    """Takes posts of one archive in; `close` it."""

    def __init__(self, application: Ostrov, account_id: int, path: Path) -> None:
        self._raf = application.part(open_raf)
        self._account_id = account_id
        self._box = Box(path)
        self._library = Library(application, limited=False)  # as many files as the archive has
        self._largest = self._library.settings.max_bytes

    def close(self) -> None:
        self._box.close()

    async def post(self, item: Item) -> str:
        """Take a post in; empty, or the code of why it cannot be. The same post again changes nothing."""
        note = note_of(item.activity or {}, "", self._raf.journal.clock())
        if note is None:
            return "ERR_INVALID"
        store = self._raf.store
        if await store.read(adopting.known, self._account_id, note.uri) is not None:
            return ""
        media_ids, lost = await self._files(note)
        if not note.text and not media_ids:
            return lost or "ERR_INVALID"
        try:
            await store.write(adopting.adopt, self._raf.journal, self._account_id, note, media_ids)
        except RafError:
            return "ERR_BLOCKED"
        return ""

    async def _files(self, note: Note) -> tuple[list[int], str]:
        """The ids of a post's files, and why one is missing. A picture that cannot be read does not keep the words away."""
        media_ids, lost = [], ""
        for file in note.files[: self._raf.settings.posts.media]:
            data = await _in_thread(self._box.read, file.path, self._largest)
            if data is None:
                lost = "ERR_UNREADABLE"
                continue
            limit = self._library.settings.description_limit
            description = file.description[:limit] if file.description else None
            try:
                media_ids.append(await self._library.upload(self._account_id, data, description, file.focus))
            except Invalid:
                lost = "ERR_UNREADABLE"
        return media_ids, lost


def _decoded(data: bytes | None, kind: Any) -> Any:
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError:
        return None


async def _in_thread(function: Any, *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, partial(function, *arguments))
