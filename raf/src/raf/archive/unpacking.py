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
from raf.archive.arriving import named_status
from raf.archive.box import Box
from raf.archive.likeness import PICTURES, picture_of, profile_of
from raf.archive.notes import Note, boost_of, note_of
from raf.archive.outgoing import Addresses
from raf.errors import Invalid, Missing, RafError
from raf.media.library import Library
from raf.network import open_raf

POST, BOOKMARK, BOOST, PROFILE = "post", "bookmark", "boost", "profile"
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
    """A row of an import: `kind` is post or boost, whose `activity` it is, profile, which is the actor itself, or bookmark.

    `uri` names the post, or what is boosted or marked.
    """

    kind: str
    uri: str = ""
    activity: dict[str, Any] | None = None


def items_of(path: Path, addresses: Addresses, *, profile: bool = False) -> Iterator[Item]:
    """What an archive holds, the oldest post first; of boosts those of posts that are here. Raises Invalid."""
    box = Box(path)
    try:
        data = box.read("outbox.json")
        if data is None:
            raise Invalid({"file": [("ERR_UNREADABLE", "has no outbox.json")]})
        said = box.read("actor.json")
        actor = _decoded(said, Actor)
        portrait = _decoded(said, dict[str, Any]) if profile else None
        if portrait is not None:
            yield Item(PROFILE, actor.id if actor else "", portrait)
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
                continue
            boost = boost_of(activity or {}, actor.id if actor else "", 0)
            if boost is not None and boost.uri.startswith(addresses.url + "/"):
                found.append((str((activity or {}).get("published", "")), Item(BOOST, boost.uri, activity)))
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

    async def boost(self, item: Item, addresses: Addresses) -> str:
        """Take a boost in; empty, or the code of why it cannot be."""
        made = boost_of(item.activity or {}, "", self._raf.journal.clock())
        status_id = named_status(made.uri, addresses) if made is not None else None
        if made is None or status_id is None:
            return "ERR_UNKNOWN"
        raf = self._raf
        try:
            await raf.store.write(adopting.adopt_boost, raf.journal, self._account_id, status_id, made.at, made.visibility)
        except Missing:
            return "ERR_UNKNOWN"
        except RafError:
            return "ERR_BLOCKED"
        return ""

    async def profile(self, item: Item) -> str:
        """Put the profile in place of the one here; empty, or the code of what is missing of it."""
        actor, lost = item.activity or {}, ""
        change = profile_of(actor, self._raf.settings.posts)
        for kind, name in PICTURES:
            if not (path := picture_of(actor, name)):
                continue
            data = await _in_thread(self._box.read, path, self._largest)
            try:
                if data is None:
                    raise Invalid({"file": [("ERR_UNREADABLE", "is not there")]})
                change = msgspec.structs.replace(change, **{kind: await self._library.portrait(self._account_id, data, kind)})
            except Invalid:
                lost = "ERR_UNREADABLE"
        try:
            await self._raf.update_profile(self._account_id, change)
        except Invalid as problem:
            return next((code for found in problem.details.values() for code, _ in found), "ERR_INVALID")
        return lost

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
