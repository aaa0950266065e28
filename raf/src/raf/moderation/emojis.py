"""Pictures of the house with a name between colons, in posts, names and reactions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ostrov import Connection
from raf import entities
from raf.errors import Invalid, Missing
from raf.journal import Journal
from raf.moderation import audit
from raf.moderation.judging import permitted

NAME = re.compile(r"[A-Za-z0-9_]{2,64}")
COLUMNS = "id, shortcode, file, static_file, category, visible, disabled"
EVERY = f"SELECT {COLUMNS} FROM custom_emoji ORDER BY coalesce(category, ''), shortcode"
ONE = f"SELECT {COLUMNS} FROM custom_emoji WHERE id = ?"
NAMED = f"SELECT {COLUMNS} FROM custom_emoji WHERE disabled = 0 AND shortcode IN ({{marks}}) ORDER BY shortcode"
TAKEN = "SELECT 1 FROM custom_emoji WHERE shortcode = ?"
INSERT = """
INSERT INTO custom_emoji (id, shortcode, file, static_file, category, visible, disabled, created_at)
VALUES (?, ?, ?, ?, ?, 1, 0, ?)"""
CHANGE = "UPDATE custom_emoji SET category = ?, visible = ?, disabled = ? WHERE id = ?"
DELETE = "DELETE FROM custom_emoji WHERE id = ?"


class Picture(NamedTuple):
    """A row of `custom_emoji`; files are below the media folder."""

    id: int
    shortcode: str
    file: str
    static_file: str
    category: str | None
    visible: int
    disabled: int

    def entity(self, base: str) -> entities.CustomEmoji:
        """As the API writes it; `base` is the public address of media, with its slash."""
        return entities.CustomEmoji(
            shortcode=self.shortcode,
            url=base + self.file,
            static_url=base + self.static_file,
            visible_in_picker=bool(self.visible),
            category=self.category,
        )


def every(connection: Connection) -> list[Picture]:
    """All, by category and name."""
    return [Picture(*row) for row in connection.rows(EVERY)]


def find(connection: Connection, names: Iterable[str]) -> list[Picture]:
    """Those of these names that may be used."""
    wanted = list(dict.fromkeys(names))[:100]
    if not wanted:
        return []
    return [Picture(*row) for row in connection.rows(NAMED.format(marks=", ".join("?" * len(wanted))), wanted)]


def one(connection: Connection, identity: int) -> Picture:
    """Raises Missing."""
    row = connection.row(ONE, (identity,))
    if row is None:
        raise Missing
    return Picture(*row)


def check_name(shortcode: str) -> str:
    """Raises Invalid."""
    if not NAME.fullmatch(shortcode):
        raise Invalid({"shortcode": [("ERR_INVALID", "takes letters, digits and underscores, two at least")]})
    return shortcode


def add(connection: Connection, journal: Journal, actor_id: int, shortcode: str, file: str, category: str | None = None) -> int:
    """Give a picture, stored already, a name. Raises Forbidden, Invalid."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_custom_emojis")
    if connection.row(TAKEN, (check_name(shortcode),)) is not None:
        raise Invalid({"shortcode": [("ERR_TAKEN", "has already been taken")]})
    identity = journal.ids.next(now)
    connection.execute(INSERT, (identity, shortcode, file, file, category or None, now))
    audit.record(connection, journal.ids.next(now), now, actor_id, "add", "emoji", shortcode)
    return identity


def change(
    connection: Connection, journal: Journal, actor_id: int, identity: int, category: str | None, visible: bool, usable: bool
) -> None:
    """Raises Forbidden, Missing."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_custom_emojis")
    picture = one(connection, identity)
    connection.execute(CHANGE, (category or None, int(visible), int(not usable), identity))
    audit.record(connection, journal.ids.next(now), now, actor_id, "change", "emoji", picture.shortcode)


def delete(connection: Connection, journal: Journal, actor_id: int, identity: int) -> None:
    """Raises Forbidden, Missing."""
    now = journal.begin(connection)
    permitted(connection, actor_id, "manage_custom_emojis")
    picture = one(connection, identity)
    connection.execute(DELETE, (identity,))
    audit.record(connection, journal.ids.next(now), now, actor_id, "delete", "emoji", picture.shortcode)
