"""What the house tells everybody, who has read it, and how they like it. Plain tables: settings of the house."""

from __future__ import annotations

import time
from typing import NamedTuple

import msgspec

from ostrov import Connection
from raf import entities
from raf.domain import text as texts
from raf.domain.pictures import names_in
from raf.errors import Invalid, Missing
from raf.journal import Journal
from raf.moderation import audit, emojis, shapes
from raf.moderation.judging import permitted
from raf.times import iso

COLUMNS = "id, text, content, starts_at, ends_at, all_day, published, created_at, updated_at"
ALL = f"SELECT {COLUMNS} FROM announcement ORDER BY id DESC LIMIT 100"
ONE = f"SELECT {COLUMNS} FROM announcement WHERE id = ?"
CURRENT = f"""
SELECT {COLUMNS} FROM announcement WHERE published = 1 AND (ends_at IS NULL OR ends_at > ?)
ORDER BY coalesce(starts_at, created_at), id LIMIT 50"""
READ = "SELECT announcement_id FROM announcement_mark WHERE account_id = ?"
MARK = "INSERT INTO announcement_mark (announcement_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
REACTIONS = """
SELECT announcement_id, name, count(*), max(CASE WHEN account_id = ? THEN 1 ELSE 0 END), min(created_at)
FROM announcement_reaction GROUP BY announcement_id, name ORDER BY 5, name"""
REACT = """
INSERT INTO announcement_reaction (announcement_id, account_id, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"""
UNREACT = "DELETE FROM announcement_reaction WHERE announcement_id = ? AND account_id = ? AND name = ?"
NAMES = "SELECT DISTINCT name FROM announcement_reaction WHERE announcement_id = ?"
WRITE = """
INSERT INTO announcement (id, text, content, starts_at, ends_at, all_day, published, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
CHANGE = """
UPDATE announcement SET text = ?, content = ?, starts_at = ?, ends_at = ?, all_day = ?, published = ?, updated_at = ?
WHERE id = ?"""
DELETE = tuple(
    f"DELETE FROM {table} WHERE {key} = ?"
    for table, key in (
        ("announcement_mark", "announcement_id"),
        ("announcement_reaction", "announcement_id"),
        ("announcement", "id"),
    )
)
MOST_REACTIONS = 8
"""Different reactions to one announcement (app/models/announcement_reaction.rb)."""
LONGEST = 10_000


class Notice(NamedTuple):
    """A row of `announcement`; `text` as typed, `content` as HTML."""

    id: int
    text: str
    content: str
    starts_at: float | None
    ends_at: float | None
    all_day: int
    published: int
    created_at: float
    updated_at: float


class NewNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Times in epoch seconds."""

    text: str
    starts_at: float | None = None
    ends_at: float | None = None
    all_day: bool = False
    published: bool = True


def write(connection: Connection, journal: Journal, actor_id: int, new: NewNotice, identity: int = 0) -> int:
    """Announce something, or change an announcement; its id. Raises Forbidden, Missing, Invalid."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_announcements")
    text = new.text.strip()
    if not text:
        raise Invalid({"text": [("ERR_BLANK", "can't be blank")]})
    if len(text) > LONGEST:
        raise Invalid({"text": [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST} characters)")]})
    if new.ends_at is not None and new.starts_at is not None and new.ends_at <= new.starts_at:
        raise Invalid({"ends_at": [("ERR_INVALID", "is not after the beginning")]})
    content = texts.html(text, texts.pieces(text), {})
    values = (text, content, new.starts_at, new.ends_at, int(new.all_day), int(new.published))
    if identity:
        if not connection.execute(CHANGE, (*values, now, identity)):
            raise Missing
    else:
        identity = journal.ids.next(now)
        connection.execute(WRITE, (identity, *values, now, now))
    audit.record(connection, journal.ids.next(now), now, actor_id, "write", "announcement", str(identity), text)
    return identity


def delete(connection: Connection, journal: Journal, actor_id: int, identity: int) -> None:
    """Raises Forbidden, Missing."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_announcements")
    notice = one(connection, identity)
    for statement in DELETE:
        connection.execute(statement, (identity,))
    audit.record(connection, journal.ids.next(now), now, actor_id, "delete", "announcement", str(identity), notice.text)


def one(connection: Connection, identity: int, *, public: bool = False) -> Notice:
    """Raises Missing, with `public` for one that is not published too."""
    row = connection.row(ONE, (identity,))
    if row is None or (public and not row[6]):
        raise Missing
    return Notice(*row)


def every(connection: Connection) -> list[Notice]:
    """All, the latest first."""
    return [Notice(*row) for row in connection.rows(ALL)]


def dismiss(connection: Connection, account_id: int, identity: int) -> None:
    """Somebody has read it. Raises Missing."""
    one(connection, identity, public=True)
    connection.execute(MARK, (identity, account_id))


def react(connection: Connection, account_id: int, identity: int, name: str) -> None:
    """Add one's reaction: a Unicode emoji or the name of one of the house. Raises Missing, Invalid."""
    one(connection, identity, public=True)
    known = emojis.find(connection, [name])
    if not known and not is_emoji(name):
        raise Invalid({"name": [("ERR_INVALID", "is not a recognized emoji")]})
    names = {row[0] for row in connection.rows(NAMES, (identity,))}
    if name not in names and len(names) >= MOST_REACTIONS:
        raise Invalid({"base": [("ERR_LIMIT", "Limit of different reactions reached")]})
    connection.execute(REACT, (identity, account_id, name, time.time()))


def unreact(connection: Connection, account_id: int, identity: int, name: str) -> None:
    """Take it back. Raises Missing."""
    one(connection, identity, public=True)
    connection.execute(UNREACT, (identity, account_id, name))


def is_emoji(name: str) -> bool:
    """Whether this is one picture character, perhaps with its joiners and colours."""
    if not 0 < len(name) <= 16:
        return False
    parts = [ord(letter) for letter in name]
    first = parts[0]
    pictures = 0x1F000 <= first <= 0x1FAFF or 0x2190 <= first <= 0x2BFF or 0x3030 <= first <= 0x3299 or first in (0xA9, 0xAE)
    keycap = chr(first) in "0123456789#*" and 0x20E3 in parts
    joined = all(
        p >= 0x1F000 or p in (0x200D, 0xFE0F, 0x20E3) or 0x2190 <= p <= 0x2BFF or 0xE0020 <= p <= 0xE007F for p in parts[1:]
    )
    return (pictures or keycap) and joined


def shown_to(connection: Connection, account_id: int, base: str) -> list[shapes.Announcement]:
    """What is announced now, as somebody sees it; `base` is the public address of media."""
    notices = [Notice(*row) for row in connection.rows(CURRENT, (time.time(),))]
    if not notices:  # as on most days, and every home page asks
        return []
    read = {row[0] for row in connection.rows(READ, (account_id,))}
    reactions: dict[int, list[tuple[str, int, bool]]] = {}
    for identity, name, count, mine, _ in connection.rows(REACTIONS, (account_id,)):
        reactions.setdefault(identity, []).append((name, count, bool(mine)))
    names = [name for found in reactions.values() for name, _, _ in found]
    pictures = {emoji.shortcode: emoji for emoji in emojis.find(connection, names)}
    return [
        shapes.Announcement(
            id=str(notice.id),
            content=notice.content,
            starts_at=None if notice.starts_at is None else iso(notice.starts_at),
            ends_at=None if notice.ends_at is None else iso(notice.ends_at),
            all_day=bool(notice.all_day),
            published_at=iso(notice.created_at),
            updated_at=iso(notice.updated_at),
            read=notice.id in read,
            emojis=[picture.entity(base) for picture in emojis.find(connection, names_in(notice.text))],
            tags=[entities.StatusTag(name=tag, url=texts.tag_path(tag)) for tag in texts.tags(texts.pieces(notice.text))],
            reactions=[_reaction(pictures, base, *reaction) for reaction in reactions.get(notice.id, [])],
        )
        for notice in notices
    ]


def _reaction(pictures: dict[str, emojis.Picture], base: str, name: str, count: int, mine: bool) -> shapes.Reaction:
    picture = pictures.get(name)
    if picture is None:
        return shapes.Reaction(name=name, count=count, me=mine)
    entity = picture.entity(base)
    return shapes.Reaction(name=name, count=count, me=mine, url=entity.url, static_url=entity.static_url)
