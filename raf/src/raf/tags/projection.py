"""Followed hashtags as a table."""

from __future__ import annotations

from ostrov import Connection
from raf.domain.tags import TagFollowed, TagUnfollowed

INSERT = "INSERT INTO tag_follow (account_id, tag, id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
DELETE = "DELETE FROM tag_follow WHERE account_id = ? AND tag = ?"


def followed(connection: Connection, event: TagFollowed) -> None:
    connection.execute(INSERT, (event.account_id, event.tag, event.id, event.at))


def unfollowed(connection: Connection, event: TagUnfollowed) -> None:
    connection.execute(DELETE, (event.account_id, event.tag))


PROJECTIONS = {TagFollowed: followed, TagUnfollowed: unfollowed}
TABLES = ("tag_follow",)
