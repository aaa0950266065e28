"""Decides who hears of something and writes it down: nobody twice, nobody of themselves, nobody of whom they do not like."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Concatenate, NamedTuple, ParamSpec

import msgspec

from ostrov import Connection, Ostrov, open_events
from raf.domain.visibility import DIRECT, VISIBLE, viewer
from raf.letters.news import write_later
from raf.notifications import requests
from raf.notifications.grouping import key_of
from raf.notifications.policy import verdict
from raf.notifications.reading import SUBJECTS, TOPIC
from raf.push.subscriptions import wanting
from raf.push.tasks import deliver
from raf.snowflake import Snowflakes

P = ParamSpec("P")
AT_ONCE = 200
"""Notifications in one transaction: a post that thousands want to hear of does not hold the others up."""
POST = "SELECT account_id, visibility, in_reply_to_account_id FROM status WHERE id = ? AND reblog_of_id IS NULL"
MENTIONED = "SELECT account_id FROM mention WHERE status_id = ?"
SUBSCRIBERS = "SELECT account_id FROM follow WHERE target_id = ? AND notify = 1"
BOOSTERS = "SELECT account_id FROM status WHERE reblog_of_id = ?"
FAVOURITE = "SELECT 1 FROM favourite WHERE account_id = ? AND status_id = ?"
BOOST = "SELECT 1 FROM status WHERE account_id = ? AND reblog_of_id = ?"
FOLLOW = "SELECT 1 FROM follow WHERE account_id = ? AND target_id = ?"
REQUEST = "SELECT 1 FROM follow_request WHERE account_id = ? AND target_id = ?"
UNWELCOME = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM block WHERE account_id = ? AND target_id = ?)
OR EXISTS (SELECT 1 FROM mute WHERE account_id = ? AND target_id = ? AND notifications = 1
  AND (expires_at IS NULL OR expires_at > ?))
OR EXISTS (SELECT 1 FROM conversation_mute m JOIN status s ON s.conversation_id = m.conversation_id
  WHERE m.account_id = ? AND s.id = ?)
OR NOT EXISTS (SELECT 1 FROM account WHERE id = ? AND suspended = 0)"""
MAY_SEE = f"SELECT 1 FROM status s WHERE s.id = ? AND {VISIBLE}"
ONESELF = ("poll", "moderation_warning", "severed_relationships")
"""What the house tells people in their own name."""
INSERT = """
INSERT INTO notification (id, account_id, kind, from_account_id, status_id, created_at, group_key, filtered)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, kind, from_account_id, status_id) DO NOTHING"""
RENEW = """
INSERT INTO notification (id, account_id, kind, from_account_id, status_id, created_at, group_key, filtered)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, kind, from_account_id, status_id) DO UPDATE
SET id = excluded.id, created_at = excluded.created_at"""


class Told(NamedTuple):
    """That `account_id` hears of `from_account_id` doing `kind`, to a status or to themselves (0)."""

    account_id: int
    kind: str
    from_account_id: int
    status_id: int = 0


async def tell(
    application: Ostrov, decide: Callable[Concatenate[Connection, P], Iterable[Told]], *about: P.args, **named: P.kwargs
) -> int:
    """Write the notifications that `decide(connection, …)` finds and publish those that are new; how many."""
    ids = application.part(_open_ids)

    def write(connection: Connection, after: Told | None) -> tuple[int, Told | None]:
        if connection.dialect == "postgresql":  # nothing is taken back between the decision and the writing
            application.part(open_events).lock(connection)
        everybody = sorted(told for told in decide(connection, *about, **named) if after is None or told > after)
        now, new, news = time.time(), [], []
        for told in everybody[:AT_ONCE]:
            identity = _write(connection, told, ids, now)
            if identity:
                new.append((told.account_id, identity))
                news.append((told.account_id, told.kind, told.from_account_id))
        for place, subscription_id in wanting(connection, news):
            deliver.enqueue_in(connection, subscription_id, new[place][1])
        write_later(connection, [(account_id, kind) for account_id, kind, _ in news])
        if new:
            connection.after_commit(partial(application.channel.publish, TOPIC, msgspec.json.encode(new)))
        return len(new), everybody[AT_ONCE - 1] if len(everybody) > AT_ONCE else None

    written, last = await application.store.write(write, None)
    while last is not None:
        more, last = await application.store.write(write, last)
        written += more
    return written


def told_of_post(connection: Connection, status_id: int) -> list[Told]:
    post = connection.row(POST, (status_id,))
    if post is None:
        return []
    author_id, visibility, reply_to = post
    mentioned = [account_id for (account_id,) in connection.rows(MENTIONED, (status_id,))]
    told = [Told(account_id, "mention", author_id, status_id) for account_id in mentioned]
    if visibility != DIRECT and reply_to in (None, author_id):
        subscribers = {account_id for (account_id,) in connection.rows(SUBSCRIBERS, (author_id,))} - set(mentioned)
        told += [Told(account_id, "status", author_id, status_id) for account_id in sorted(subscribers)]
    return told


def told_of_edit(connection: Connection, status_id: int) -> list[Told]:
    post = connection.row(POST, (status_id,))
    if post is None:
        return []
    told = [Told(account_id, "mention", post[0], status_id) for (account_id,) in connection.rows(MENTIONED, (status_id,))]
    return told + [Told(booster, "update", post[0], status_id) for (booster,) in connection.rows(BOOSTERS, (status_id,))]


def told_of_favourite(connection: Connection, status_id: int, account_id: int) -> list[Told]:
    return _author_told(connection, "favourite", FAVOURITE, status_id, account_id)


def told_of_boost(connection: Connection, status_id: int, account_id: int) -> list[Told]:
    return _author_told(connection, "reblog", BOOST, status_id, account_id)


def told_of_follow(connection: Connection, account_id: int, target_id: int) -> list[Told]:
    holds = connection.row(FOLLOW, (account_id, target_id)) is not None
    return [Told(target_id, "follow", account_id)] if holds else []


def told_of_request(connection: Connection, account_id: int, target_id: int) -> list[Told]:
    holds = connection.row(REQUEST, (account_id, target_id)) is not None
    return [Told(target_id, "follow_request", account_id)] if holds else []


def _author_told(connection: Connection, kind: str, still: str, status_id: int, account_id: int) -> list[Told]:
    """Unless it was taken back meanwhile."""
    post: Any = connection.row(POST, (status_id,))
    if post is None or connection.row(still, (account_id, status_id)) is None:
        return []
    return [Told(post[0], kind, account_id, status_id)]


def _is_welcome(connection: Connection, told: Told, now: float) -> bool:
    who, whom = told.account_id, told.from_account_id
    if who == whom:
        return told.kind in ONESELF
    if connection.row(UNWELCOME, (who, whom, who, whom, now, who, told.status_id, who)) is not None:
        return False
    return not told.status_id or told.kind in SUBJECTS or connection.row(MAY_SEE, (told.status_id, *viewer(who))) is not None


def _write(connection: Connection, told: Told, ids: Snowflakes, now: float) -> int:
    """Write one down: its id, or 0 when nobody is to hear of it now."""
    if not _is_welcome(connection, told, now):
        return 0
    decided = verdict(connection, *told, now)
    if decided == "drop":
        return 0
    identity = ids.next(now)
    aside = decided == "filter"
    key = "" if aside else key_of(connection, told.account_id, told.kind, told.status_id, now)
    written = connection.execute(RENEW if told.kind == "update" else INSERT, (identity, *told, now, key, int(aside)))
    if aside and written and told.kind == "mention":
        requests.put(connection, ids.next(now), told.account_id, told.from_account_id, told.status_id, now)
    return identity if written and not aside else 0


def _open_ids(application: Ostrov) -> Snowflakes:
    return Snowflakes()
