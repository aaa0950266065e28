"""Letters about notifications: only of the kinds one wants, and only to who is away. One letter tells of all that waits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from ostrov import Connection, Ostrov, current
from raf.identity.presence import seen_at
from raf.identity.secrets import new_token
from raf.letters.wording import NEWS
from raf.preferences.preferences import NEWS_DEFAULT, preferences_of, set_preferences

AT_ONCE = 12
"""Notifications told in one letter; the others are counted."""
AWAY = 600.0
"""Seconds without a sign of somebody until they are away."""
PREFIX = "letters:"
BOX = "SELECT stop_key, told_id FROM letter_box WHERE account_id = ?"
INSERT_BOX = "INSERT INTO letter_box (account_id, stop_key) VALUES (?, ?) ON CONFLICT DO NOTHING"
TOLD = "UPDATE letter_box SET told_id = ? WHERE account_id = ?"
BY_KEY = "SELECT account_id FROM letter_box WHERE stop_key = ?"
READ = "SELECT last_read_id FROM marker WHERE account_id = ? AND timeline = 'notifications'"
WAITING = """
SELECT id, kind FROM notification WHERE account_id = ? AND id > ? AND filtered = 0 AND kind IN ({marks})
ORDER BY id DESC LIMIT 200"""


def wanted(connection: Connection, account_id: int) -> dict[str, bool]:
    """By kind of notification, whether letters tell of it."""
    chosen = preferences_of(connection, account_id)
    return {kind: chosen.get(PREFIX + kind, "1" if kind in NEWS_DEFAULT else "0") == "1" for kind in NEWS}


def want(connection: Connection, account_id: int, kinds: Iterable[str]) -> None:
    """Let letters tell of these kinds and of no others."""
    chosen = set(kinds)
    set_preferences(connection, account_id, {PREFIX + kind: "1" if kind in chosen else "0" for kind in NEWS})


def write_later(connection: Connection, told: Sequence[tuple[int, str]]) -> None:
    """(account, kind) of notifications just written: those who want a letter get one, if they stay away."""
    settings = current().settings.raf.mail
    if not settings.on:
        return
    from raf.letters.tasks import news

    accounts: dict[int, set[str]] = {}
    for account_id, kind in told:
        if kind in NEWS:
            accounts.setdefault(account_id, set()).add(kind)
    for account_id, kinds in accounts.items():
        chosen = wanted(connection, account_id)
        if any(chosen[kind] for kind in kinds):
            later = news.using(run_after=timedelta(seconds=settings.news_delay), dedupe_key=f"raf.letters.news-{account_id}")
            later.enqueue_in(connection, account_id)


async def gathered(application: Ostrov, account_id: int) -> dict[str, Any] | None:
    """What a letter tells of; None when somebody is here, or has read it all. It is not told again."""
    from raf.network import open_raf
    from raf.push.words import said_of

    def take(connection: Connection) -> tuple[list[int], int]:
        if time.time() - seen_at(connection, account_id) < AWAY:
            return [], 0
        connection.execute(INSERT_BOX, (account_id, new_token()))
        box = connection.row(BOX, (account_id,))
        after = max(box[1] if box else 0, connection.value(READ, (account_id,)) or 0)
        kinds = [kind for kind, on in wanted(connection, account_id).items() if on]
        if not kinds:
            return [], 0
        sql = WAITING.format(marks=", ".join("?" * len(kinds)))
        found = [identity for identity, _ in connection.rows(sql, (account_id, after, *kinds))]
        if found:
            connection.execute(TOLD, (found[0], account_id))
        return found[:AT_ONCE], max(0, len(found) - AT_ONCE)

    ids, more = await application.store.write(take)
    items = []
    raf = application.part(open_raf)
    for identity in ids:
        try:
            note = await raf.notification(account_id, identity)
        except Exception as problem:  # it was taken back meanwhile
            if getattr(problem, "status", 500) != 404:
                raise
            continue
        said = said_of(note, "en", "")
        name = note.account.display_name or note.account.username
        items.append({"kind": note.type, "name": name, "words": said.body, "place": said.url})
    return {"items": items, "more": more} if items else None


def stop_key(connection: Connection, account_id: int) -> str:
    """The secret that ends these letters without a log-in."""
    connection.execute(INSERT_BOX, (account_id, new_token()))
    return str(connection.row(BOX, (account_id,))[0])  # type: ignore[index]


def stop(connection: Connection, key: str) -> bool:
    """Write no more of them to who got this secret; whether there is such a one."""
    account_id = connection.value(BY_KEY, (key,)) if key else None
    if account_id is None:
        return False
    want(connection, account_id, ())
    return True
