"""Posts as JSON, encoded once for everybody; what concerns the viewer is put in when they are read.

A document is `head` + the author's account + a tail of flags. The account is kept apart, because it changes with every post of
its author; a boost's tail is the whole document of the post it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from ostrov import Connection
from raf import entities
from raf.accounts import reading as accounts
from raf.accounts.reading import Portrayal
from raf.domain.text import tag_path
from raf.domain.visibility import NOBODY, WITHHELD, may_see
from raf.media.attachments import COLUMNS as MEDIA_COLUMNS
from raf.media.attachments import Attachment, entity_of
from raf.previews.card import entity_of as card_of
from raf.previews.projection import HAS_LINK
from raf.previews.rows import previews_of_posts
from raf.timelines.parts import Parts, parts_of
from raf.timelines.reader import BOOKMARKED, FAVOURITED, REBLOGGED, Reader
from raf.times import iso

POSTS = """
SELECT s.id, s.account_id, a.username, s.created_at, s.edited_at, s.in_reply_to_id, s.in_reply_to_account_id, s.conversation_id,
  s.reblog_of_id, s.visibility, s.sensitive, s.spoiler_text, s.language, s.content, s.application_id, s.media_count,
  s.replies_count, s.reblogs_count, s.favourites_count, a.suspended, a.sensitized
, s.quotes_count, s.extras
FROM status s JOIN account a ON a.id = s.account_id WHERE s.id IN ({marks})"""
MENTIONS = """
SELECT m.status_id, a.id, a.username, a.domain FROM mention m JOIN account a ON a.id = m.account_id
WHERE m.status_id IN ({marks}) ORDER BY m.status_id, m.account_id"""
TAGS = "SELECT status_id, tag FROM status_tag WHERE status_id IN ({marks}) ORDER BY status_id, tag"
MEDIA = f"SELECT {MEDIA_COLUMNS} FROM media WHERE status_id IN ({{marks}}) AND position >= 0 ORDER BY status_id, position"
APPLICATIONS = "SELECT id, name, website FROM oauth_application WHERE id IN ({marks})"
MARKS = f"""
SELECT status_id, {FAVOURITED} FROM favourite WHERE account_id = ? AND status_id IN ({{marks}})
UNION ALL SELECT reblog_of_id, {REBLOGGED} FROM status WHERE account_id = ? AND reblog_of_id IN ({{marks}})
UNION ALL SELECT status_id, {BOOKMARKED} FROM bookmark WHERE account_id = ? AND status_id IN ({{marks}})"""
MUTED, PINNED, OWN = 8, 16, 32
HAS_PARTS = 3
"""The bits of `status.extras` for a poll and a quote."""


class Head(msgspec.Struct, kw_only=True):
    """What is the same for every viewer, without the account. `reblog` and the viewer's flags follow it."""

    id: str
    created_at: str
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    sensitive: bool
    spoiler_text: str
    visibility: str
    language: str | None
    uri: str
    url: str
    replies_count: int
    reblogs_count: int
    favourites_count: int
    edited_at: str | None
    content: str
    application: entities.StatusApplication | None
    media_attachments: list[entities.MediaAttachment]
    mentions: list[entities.Mention]
    tags: list[entities.StatusTag]
    emojis: list[entities.CustomEmoji]
    quotes_count: int
    card: entities.PreviewCard | None = None
    poll: UnsetType | None = None
    quote: UnsetType | None = None


class Document:
    """An encoded post or boost. `is_open` says that its visibility lets everybody see it whom the author has not blocked."""

    __slots__ = (
        "account_id",
        "conversation_id",
        "head",
        "id",
        "in_reply_to_id",
        "is_open",
        "mentions",
        "parts",
        "quoted_id",
        "reblog_of_id",
        "visibility",
    )

    def __init__(self, row: Sequence[Any], mentions: frozenset[int], head: bytes, parts: Parts | None = None) -> None:
        self.id: int = row[0]
        self.account_id: int = row[1]
        self.in_reply_to_id: int | None = row[5]
        self.conversation_id: int = row[7]
        self.reblog_of_id: int = row[8] or 0
        self.visibility: str = row[9] if not row[19] else WITHHELD
        self.is_open = self.visibility in ("public", "unlisted")
        self.mentions = mentions if not row[19] else frozenset()
        self.head = head
        self.parts = parts
        self.quoted_id = parts.quote.quoted_id if parts is not None and parts.quote is not None else 0

    def seen_by(self, reader: Reader | None) -> bool:
        """Whether the reader, None for an anonymous one, may see it."""
        author_id = self.account_id
        if reader is None:
            return may_see(self.visibility, author_id, NOBODY)
        if self.is_open and author_id not in reader.blocked_by:
            return True
        return may_see(
            self.visibility,
            author_id,
            reader.account_id,
            follows=author_id in reader.follows,
            mentioned=reader.account_id in self.mentions,
            blocked=author_id in reader.blocked_by,
        )


def _flags(bits: int) -> bytes:
    def word(bit: int) -> str:
        return "true" if bits & bit else "false"

    pinned = f',"pinned":{word(PINNED)}' if bits & OWN else ""
    return (
        f',"favourited":{word(FAVOURITED)},"reblogged":{word(REBLOGGED)},"muted":{word(MUTED)}'
        f',"bookmarked":{word(BOOKMARKED)}{pinned},"filtered":[]}}'
    ).encode()


FLAGS: Final = tuple(_flags(bits) for bits in range(64))
"""The end of a document by the viewer's flags."""
POST_FLAGS: Final = tuple(b',"reblog":null' + flags for flags in FLAGS)
ANONYMOUS: Final = b',"reblog":null}'


def flags_of(document: Document, reader: Reader, marks: int) -> int:
    """The reader's flags for a post, given their marks on it."""
    bits = marks
    if reader.silenced and document.conversation_id in reader.silenced:
        bits |= MUTED
    if document.account_id == reader.account_id:
        bits |= OWN | PINNED if document.id in reader.pins else OWN
    return bits


def marks_of(connection: Connection, account_id: int, ids: Sequence[int]) -> dict[int, int]:
    """Which of these posts somebody likes, boosted, bookmarked: every id is in the answer."""
    found = dict.fromkeys(ids, 0)
    parameters = (account_id, *ids) * 3
    for identity, bit in connection.rows(MARKS.format(marks=_marks(ids)), parameters):
        found[identity] |= bit
    return found


class Encoder:
    """Reads posts and accounts and encodes them."""

    def __init__(self, portrayal: Portrayal) -> None:
        self.portrayal = portrayal
        self._encode = msgspec.json.Encoder().encode
        self._applications: dict[int, entities.StatusApplication] = {}

    def accounts(self, connection: Connection, ids: Sequence[int]) -> dict[int, bytes]:
        """The encoded accounts of these ids; who waits for approval is not there yet."""
        self.portrayal.learn(connection)
        rows = accounts.rows(connection, ids)
        return {row.id: self._encode(self.portrayal.account(row)) for row in rows if not row.held}

    def documents(self, connection: Connection, ids: Sequence[int]) -> dict[int, Document]:
        """The documents of these ids and of the posts that boosts among them hold."""
        found = self._documents(connection, ids)
        inner = [d.reblog_of_id for d in found.values() if d.reblog_of_id and d.reblog_of_id not in found]
        if inner:
            found.update(self._documents(connection, inner))
        return found

    def _documents(self, connection: Connection, ids: Sequence[int]) -> dict[int, Document]:
        self.portrayal.learn(connection)
        rows = connection.rows(POSTS.format(marks=_marks(ids)), ids)
        posts = [row[0] for row in rows if row[8] is None and "<a " in row[13]]  # without a link there is neither
        mentions: dict[int, list[entities.Mention]] = {}
        tags: dict[int, list[entities.StatusTag]] = {}
        if posts:
            marks = _marks(posts)
            for status_id, account_id, username, domain in connection.rows(MENTIONS.format(marks=marks), posts):
                mentions.setdefault(status_id, []).append(self.portrayal.mention(account_id, username, domain))
            for status_id, tag in connection.rows(TAGS.format(marks=marks), posts):
                tags.setdefault(status_id, []).append(entities.StatusTag(name=tag, url=self.portrayal.url + tag_path(tag)))
        media = self._media(connection, [row[0] for row in rows if row[15]])
        parts = parts_of(connection, [row[0] for row in rows if row[-1] & HAS_PARTS])
        cards = self._cards(connection, [row[0] for row in rows if row[-1] & HAS_LINK])
        self._learn_applications(connection, {row[14] for row in rows if row[14] is not None})
        return {
            row[0]: self._document(
                row, mentions.get(row[0], []), tags.get(row[0], []), media.get(row[0], []), parts.get(row[0]), cards.get(row[0])
            )
            for row in rows
        }

    def _document(
        self,
        row: Sequence[Any],
        mentions: list[entities.Mention],
        tags: list[entities.StatusTag],
        media: list[entities.MediaAttachment],
        parts: Parts | None,
        card: entities.PreviewCard | None,
    ) -> Document:
        identity, username, base = row[0], row[2], self.portrayal.url
        uri = f"{base}/users/{username}/statuses/{identity}"
        boost = row[8] is not None
        head = Head(
            id=str(identity),
            created_at=iso(row[3]),
            edited_at=None if row[4] is None else iso(row[4]),
            in_reply_to_id=None if row[5] is None else str(row[5]),
            in_reply_to_account_id=None if row[6] is None else str(row[6]),
            visibility=row[9],
            sensitive=bool(row[10]) or bool(row[20] and row[15]),
            spoiler_text=row[11],
            language=row[12],
            content=self.portrayal.outward(row[13]),
            application=self._applications.get(row[14]) if row[14] is not None else None,
            uri=uri + "/activity" if boost else uri,
            url=uri + "/activity" if boost else f"{base}/@{username}/{identity}",
            replies_count=row[16],
            reblogs_count=row[17],
            favourites_count=row[18],
            media_attachments=media,
            mentions=mentions,
            tags=tags,
            emojis=self.portrayal.pictured(row[11], row[13]),
            quotes_count=row[-2],
            card=card,
            poll=UNSET if parts and parts.poll else None,
            quote=UNSET if parts and parts.quote else None,
        )
        seen_by = frozenset(int(mention.id) for mention in mentions)
        return Document(row, seen_by, self._encode(head)[:-1] + b',"account":', parts)

    def _media(self, connection: Connection, ids: Sequence[int]) -> dict[int, list[entities.MediaAttachment]]:
        found: dict[int, list[entities.MediaAttachment]] = {}
        if ids:
            for row in connection.rows(MEDIA.format(marks=_marks(ids)), ids):
                attachment = Attachment(*row)
                assert attachment.status_id is not None
                entity = entity_of(attachment, self.portrayal.url + "/media/")
                found.setdefault(attachment.status_id, []).append(entity)
        return found

    def _cards(self, connection: Connection, ids: Sequence[int]) -> dict[int, entities.PreviewCard]:
        base = self.portrayal.url + "/media/"
        return {
            identity: card_of(found.said, base + found.image if found.image else None, found.blurhash)
            for identity, found in previews_of_posts(connection, ids).items()
        }

    def _learn_applications(self, connection: Connection, ids: set[int]) -> None:
        unknown = [identity for identity in ids if identity not in self._applications]
        if unknown:
            for identity, name, website in connection.rows(APPLICATIONS.format(marks=_marks(unknown)), unknown):
                self._applications[identity] = entities.StatusApplication(name=name, website=website)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values)) or "NULL"
