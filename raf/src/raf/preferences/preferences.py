"""The table `preference`: by account and name, a short text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ostrov import Connection

ALL = "SELECT name, value FROM preference WHERE account_id = ?"
PUT = """
INSERT INTO preference (account_id, name, value) VALUES (?, ?, ?)
ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value"""
NEWS_DEFAULT = frozenset(("mention", "follow", "follow_request"))
"""What letters tell of until somebody chooses (config/settings.yml of Mastodon: notification_emails)."""
MEDIA = ("default", "show_all", "hide_all")


class Reading(NamedTuple):
    """How posts are shown to somebody (docs.joinmastodon.org/entities/Preferences).

    `media` is `default` (what is sensitive is covered), `show_all` or `hide_all`; `spoilers` opens what is behind a warning;
    `gifs` plays moving pictures by themselves.
    """

    media: str = "default"
    spoilers: bool = False
    gifs: bool = False


USUAL = Reading()


def preferences_of(connection: Connection, account_id: int) -> dict[str, str]:
    """Everything somebody chose, by name."""
    return dict(connection.rows(ALL, (account_id,)))


def set_preferences(connection: Connection, account_id: int, chosen: Mapping[str, str]) -> None:
    """Choose some of it."""
    for name, value in chosen.items():
        connection.execute(PUT, (account_id, name, value))


def reading_of(connection: Connection, account_id: int) -> Reading:
    """How posts are shown to somebody."""
    chosen = preferences_of(connection, account_id)
    media = chosen.get("reading:media", "default")
    return Reading(
        media if media in MEDIA else "default", chosen.get("reading:spoilers") == "1", chosen.get("reading:gifs") == "1"
    )


def set_reading(connection: Connection, account_id: int, reading: Reading) -> None:
    """Choose how posts are shown."""
    media = reading.media if reading.media in MEDIA else "default"
    ticks = {"reading:spoilers": reading.spoilers, "reading:gifs": reading.gifs}
    set_preferences(connection, account_id, {"reading:media": media, **{name: str(int(on)) for name, on in ticks.items()}})
