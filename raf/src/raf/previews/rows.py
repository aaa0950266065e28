"""The tables `link_preview` (one a link) and `post_preview` (the first link of a post)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import msgspec

from ostrov import Connection
from raf.moderation.servers import doors, host_of
from raf.previews.card import Card

K = TypeVar("K")
COLUMNS = "id, url, state, card, image, blurhash, fetched_at"
ONE = f"SELECT {COLUMNS} FROM link_preview WHERE id = ?"
BY_URL = f"SELECT {COLUMNS} FROM link_preview WHERE url = ?"
BY_URLS = f"SELECT {COLUMNS} FROM link_preview WHERE url IN ({{marks}}) AND state = 'ready'"
INSERT = "INSERT INTO link_preview (id, url, created_at) VALUES (?, ?, ?) ON CONFLICT (url) DO NOTHING"
AGAIN = "UPDATE link_preview SET fetched_at = ? WHERE id = ? AND fetched_at IS NOT NULL AND fetched_at < ?"
FINISH = """
UPDATE link_preview SET state = ?, card = ?, image = ?, blurhash = ?, fetched_at = ?, error = ? WHERE id = ?"""
GIVE_UP = (
    "UPDATE link_preview SET state = CASE state WHEN 'ready' THEN state ELSE ? END, fetched_at = ?, error = ? WHERE id = ?"
)
OF_POSTS = f"""
SELECT o.status_id, {", ".join(f"p.{name}" for name in COLUMNS.split(", "))}
FROM post_preview o JOIN link_preview p ON p.url = o.url WHERE o.status_id IN ({{marks}}) AND p.state = 'ready'"""
HOLDERS = """
SELECT s.id, s.account_id, s.visibility, s.conversation_id FROM post_preview o JOIN status s ON s.id = o.status_id
WHERE o.url = ? ORDER BY s.id DESC LIMIT ?"""
AT_MOST = 500
"""Posts whose documents are made anew when their card is there; those before them are when they are next read."""


class Preview(NamedTuple):
    """What is known of a link; `state` is waiting, ready, none (nothing to show) or failed (nobody answers)."""

    id: int
    url: str
    state: str
    card: str
    image: str | None
    blurhash: str | None
    fetched_at: float | None

    @property
    def said(self) -> Card:
        return msgspec.json.decode(self.card, type=Card)


class Holder(NamedTuple):
    """A post with a link."""

    status_id: int
    account_id: int
    visibility: str
    conversation_id: int


def preview(connection: Connection, identity: int) -> Preview | None:
    row = connection.row(ONE, (identity,))
    return Preview(*row) if row else None


def previews_of(connection: Connection, urls: Sequence[str]) -> dict[str, Preview]:
    """The cards there are of these links, and may be shown."""
    if not urls:
        return {}
    rows = connection.rows(BY_URLS.format(marks=", ".join("?" * len(urls))), tuple(urls))
    return _allowed(connection, {row[1]: Preview(*row) for row in rows})


def previews_of_posts(connection: Connection, ids: Sequence[int]) -> dict[int, Preview]:
    """The cards that may be shown of posts that are known to have a link."""
    if not ids:
        return {}
    rows = connection.rows(OF_POSTS.format(marks=", ".join("?" * len(ids))), tuple(ids))
    return _allowed(connection, {row[0]: Preview(*row[1:]) for row in rows})


def holders(connection: Connection, url: str) -> list[Holder]:
    """The latest posts that begin with this link."""
    return [Holder(*row) for row in connection.rows(HOLDERS, (url, AT_MOST))]


def claim(connection: Connection, identity: int, url: str, now: float, stale: float) -> int:
    """The id of a link that is to be looked at now: it is new, or was looked at before `stale`; 0 when it is not."""
    if connection.execute(INSERT, (identity, url, now)):
        return identity
    row = connection.row(BY_URL, (url,))
    found = Preview(*row) if row else None
    if found is not None and connection.execute(AGAIN, (now, found.id, stale)):
        return found.id
    return 0


def finish(
    connection: Connection, identity: int, card: Card, image: str | None, blurhash: str | None, now: float, state: str = "ready"
) -> None:
    encoded = msgspec.json.encode(card).decode()
    connection.execute(FINISH, (state, encoded, image, blurhash, now, "", identity))


def give_up(connection: Connection, identity: int, state: str, now: float, error: str) -> None:
    """There is nothing to show; a card that is there already stays."""
    connection.execute(GIVE_UP, (state, now, error[:300], identity))


def _allowed(connection: Connection, found: dict[K, Preview]) -> dict[K, Preview]:
    """Without what leads to blocked servers, and without pictures from where they are rejected."""
    if not found:
        return found
    places = {
        key: (host_of(preview.url), host_of(preview.said.url), host_of(preview.said.picture)) for key, preview in found.items()
    }
    said = doors(connection, {host for hosts in places.values() for host in hosts if host})
    allowed = {}
    for key, preview in found.items():
        link, page, picture = places[key]
        if not said.shut(link) and not said.shut(page):
            silent = said.shut_to_pictures(page) or said.shut_to_pictures(picture)
            allowed[key] = preview._replace(image=None, blurhash=None) if silent else preview
    return allowed
