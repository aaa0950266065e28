"""The archive of an account: its profile, posts and marks as ActivityPub in Mastodon's layout, its files, its CSV files."""

from __future__ import annotations

import mimetypes
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from ostrov import Connection, Store
from raf.accounts.reading import AccountRow
from raf.accounts.reading import rows as account_rows
from raf.archive import outgoing, sheets
from raf.archive.notes import CONTEXT, EVERYBODY, audience
from raf.archive.outgoing import Addresses
from raf.errors import Missing
from raf.media.storage import Storage

AT_ONCE: Final = 200
CHUNK: Final = 1024 * 1024
FILES: Final = "media_attachments/files"
STATUSES: Final = """
SELECT id, created_at, edited_at, in_reply_to_id, reblog_of_id, visibility, sensitive, spoiler_text, language, text, content,
  conversation_id
FROM status WHERE account_id = ? AND id > ? ORDER BY id LIMIT ?"""
MEDIA: Final = """
SELECT file, content_type, description, blurhash, meta FROM media
WHERE status_id = ? AND state = 'ready' AND position >= 0 ORDER BY position"""
MENTIONED: Final = """
SELECT account.username, account.domain FROM mention JOIN account ON account.id = mention.account_id WHERE status_id = ?"""
TAGS: Final = "SELECT tag FROM status_tag WHERE status_id = ?"
AUTHOR: Final = (
    "SELECT status.id, account.username FROM status JOIN account ON account.id = status.account_id WHERE status.id = ?"
)
POLL: Final = "SELECT options, multiple, expires_at FROM poll WHERE status_id = ?"
LIKES: Final = """
SELECT status.id, account.username FROM favourite JOIN status ON status.id = favourite.status_id
JOIN account ON account.id = status.account_id WHERE favourite.account_id = ? ORDER BY favourite.id"""


class Packing:
    """Packs one account. Works in a thread; reads the database in small steps."""

    def __init__(self, store: Store, storage: Storage, addresses: Addresses, account_id: int) -> None:
        self._store = store
        self._storage = storage
        self._addresses = addresses
        self._account_id = account_id
        self._files: dict[str, str] = {}
        self.posts = 0

    def pack(self, target: Path) -> None:
        """Write the archive. Raises Missing."""
        found = self._store.read_sync(account_rows, [self._account_id])
        if not found:
            raise Missing
        account = found[0]
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as box:
            self._write(box, "actor.json", self._actor(account))
            with box.open("outbox.json", "w", force_zip64=True) as out:
                self._outbox(out, account)
            self._write(box, "likes.json", self._marks("likes.json", LIKES))
            self._write(box, "bookmarks.json", self._marks("bookmarks.json", outgoing.BOOKMARKS))
            for kind, sheet in sheets.SHEETS.items():
                rows = self._store.read_sync(outgoing.rows_of, kind, self._account_id, self._addresses)
                box.writestr(sheet.file, sheets.written(kind, rows))
            for name, path in self._files.items():
                self._file(box, name, path)

    def _file(self, box: zipfile.ZipFile, name: str, path: str) -> None:
        """What was deleted meanwhile is not in it."""
        if (source := self._storage.open(name)) is None:
            return
        try:
            entry = zipfile.ZipInfo(path, time.localtime()[:6])
            with box.open(entry, "w", force_zip64=True) as out:
                place = 0
                while place < source.size:
                    data = source.read(place, CHUNK)
                    if not data:
                        break
                    out.write(data)
                    place += len(data)
        finally:
            source.close()

    def _outbox(self, out: IO[bytes], account: AccountRow) -> None:
        """Activities one at a time: an archive of a hundred thousand posts does not have to fit into memory."""
        head = {"@context": CONTEXT, "id": "outbox.json", "type": "OrderedCollection", "orderedItems": []}
        out.write(msgspec.json.encode(head)[:-2])
        for activity in self._activities(account):
            out.write(b"," if self.posts else b"")
            out.write(msgspec.json.encode(activity))
            self.posts += 1
        out.write(b'],"totalItems":%d}' % self.posts)

    def _activities(self, account: AccountRow) -> Iterator[dict[str, Any]]:
        last = 0
        while rows := self._store.read_sync(self._some, account, last):
            last = rows[-1][0]
            yield from (activity for _, activity in rows)

    def _some(self, connection: Connection, account: AccountRow, last: int) -> list[tuple[int, dict[str, Any]]]:
        rows = connection.rows(STATUSES, (self._account_id, last, AT_ONCE))
        return [(row[0], self._activity(connection, account, row)) for row in rows]

    def _activity(self, connection: Connection, account: AccountRow, row: tuple[Any, ...]) -> dict[str, Any]:
        status_id, created_at, edited_at, parent, boosted, visibility, sensitive, warning, language, text, content, thread = row
        actor = self._person(account.username, account.domain)
        uri = self._addresses.status(status_id, account.username)
        mentioned = [self._person(name, domain) for name, domain in connection.rows(MENTIONED, (status_id,))]
        to, cc = audience(visibility, f"{actor}/followers", mentioned)
        activity = {
            "id": f"{uri}/activity",
            "type": "Create" if boosted is None else "Announce",
            "actor": actor,
            "published": _time(created_at),
            "to": to,
            "cc": cc,
        }
        if boosted is not None:
            return activity | {"object": self._uri(connection, boosted)}
        note = {
            "id": uri,
            "type": "Note",
            "summary": warning or None,
            "inReplyTo": self._uri(connection, parent) if parent else None,
            "published": _time(created_at),
            "url": f"{self._addresses.url}/@{account.username}/{status_id}",
            "attributedTo": actor,
            "to": to,
            "cc": cc,
            "sensitive": bool(sensitive),
            "conversation": f"{self._addresses.url}/contexts/{thread}",
            "content": content,
            "source": {"content": text, "mediaType": "text/plain"},
            "attachment": [self._document(*file) for file in connection.rows(MEDIA, (status_id,))],
            "tag": self._tags(connection, status_id),
        }
        if (poll := connection.row(POLL, (status_id,))) is not None:
            note |= _question(*poll)
        if language:
            note["contentMap"] = {language: content}
        if edited_at:
            note["updated"] = _time(edited_at)
        return activity | {"object": note}

    def _document(self, file: str, kind: str, description: str | None, blurhash: str | None, meta: str) -> dict[str, Any]:
        known = msgspec.json.decode(meta)
        size, focus = known.get("original") or {}, known.get("focus")
        document = {
            "type": "Document",
            "mediaType": kind,
            "url": "/" + self._kept(file, FILES),
            "name": description,
            "blurhash": blurhash,
            "width": size.get("width"),
            "height": size.get("height"),
        }
        return document | ({"focalPoint": [focus["x"], focus["y"]]} if focus else {})

    def _tags(self, connection: Connection, status_id: int) -> list[dict[str, str]]:
        url = self._addresses.url
        tags = [
            {"type": "Hashtag", "href": f"{url}/tags/{tag}", "name": f"#{tag}"}
            for (tag,) in connection.rows(TAGS, (status_id,))
        ]
        people = [
            {"type": "Mention", "href": self._person(name, domain), "name": "@" + self._addresses.account(name, domain)}
            for name, domain in connection.rows(MENTIONED, (status_id,))
        ]
        return tags + people

    def _actor(self, account: AccountRow) -> dict[str, Any]:
        address = self._person(account.username, account.domain)
        actor: dict[str, Any] = {
            "@context": CONTEXT,
            "id": address,
            "type": "Service" if account.bot else "Person",
            "preferredUsername": account.username,
            "name": account.display_name,
            "summary": account.note_html,
            "source": {"content": account.note, "mediaType": "text/plain"},
            "url": f"{self._addresses.url}/@{account.username}",
            "followers": f"{address}/followers",
            "following": f"{address}/following",
            "inbox": f"{address}/inbox",
            "outbox": "outbox.json",
            "likes": "likes.json",
            "bookmarks": "bookmarks.json",
            "manuallyApprovesFollowers": bool(account.locked),
            "discoverable": bool(account.discoverable),
            "indexable": bool(account.indexable),
            "published": _time(account.created_at),
            "attachment": [
                {"type": "PropertyValue", "name": name, "value": value}
                for name, value, _ in msgspec.json.decode(account.fields)
            ],
            "to": [EVERYBODY],
        }
        for name, file in (("icon", account.avatar), ("image", account.header)):
            if file:
                self._files[file] = path = ("avatar" if name == "icon" else "header") + Path(file).suffix
                actor[name] = {"type": "Image", "mediaType": mimetypes.guess_type(path)[0], "url": path}
        return actor

    def _marks(self, name: str, sql: str) -> dict[str, Any]:
        rows = self._store.read_sync(lambda connection: connection.rows(sql, (self._account_id,)))
        uris = [self._addresses.status(status_id, username) for status_id, username in rows]
        return {"@context": CONTEXT[0], "id": name, "type": "OrderedCollection", "totalItems": len(uris), "orderedItems": uris}

    def _uri(self, connection: Connection, status_id: int) -> str | None:
        """What another post is called; None for one that is gone."""
        found = connection.row(AUTHOR, (status_id,))
        return self._addresses.status(*found) if found else None

    def _person(self, username: str, domain: str) -> str:
        return f"https://{domain}/users/{username}" if domain else f"{self._addresses.url}/users/{username}"

    def _kept(self, file: str, folder: str) -> str:
        """Where a stored file lies in the archive."""
        return self._files.setdefault(file, f"{folder}/{file}")

    @staticmethod
    def _write(box: zipfile.ZipFile, name: str, value: object) -> None:
        box.writestr(name, msgspec.json.format(msgspec.json.encode(value)))


def _question(options: str, multiple: int, expires_at: float | None) -> dict[str, Any]:
    """What makes a question of a note. Who voted for what is not the author's to take along."""
    answers = [{"type": "Note", "name": option} for option in msgspec.json.decode(options)]
    ends = {"endTime": _time(expires_at)} if expires_at else {}
    return {"type": "Question", "anyOf" if multiple else "oneOf": answers} | ends


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
