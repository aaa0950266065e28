"""What is talked about: tags, links and posts that many people use, like and boost, the newer the more.

A day halves what something counts for, as in Mastodon (app/models/trends/*.rb: `max_score_halflife`). Only public posts count,
of people who want to be found (`discoverable`), without those behind a warning; and of links those to servers that are not
suspended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ostrov import Connection
from raf.domain.visibility import VISIBLE, viewer
from raf.moderation.servers import doors, host_of
from raf.snowflake import first_of, time_of

DAY = 86_400
DAYS = 7
KEPT = 200
OF_AUTHOR = 3
"""Posts of one author among those that are shown."""
COUNTED = """
s.visibility = 'public' AND s.reblog_of_id IS NULL AND s.id >= ? AND a.discoverable = 1 AND a.quiet = 0"""
USES = """
SELECT u.{name}, u.status_id / 5662310400000, COUNT(*), COUNT(DISTINCT s.account_id)
FROM {table} u JOIN status s ON s.id = u.status_id JOIN account a ON a.id = s.account_id
WHERE u.status_id >= ? AND """
TAGS = USES.format(name="tag", table="status_tag") + COUNTED + " GROUP BY 1, 2"
LINKS = USES.format(name="url", table="post_link") + COUNTED + " GROUP BY 1, 2"
POSTS = f"""
SELECT s.id, s.account_id, s.favourites_count, s.reblogs_count FROM status s JOIN account a ON a.id = s.account_id
WHERE {COUNTED} AND s.in_reply_to_id IS NULL AND s.sensitive = 0 AND s.spoiler_text = ''
AND s.favourites_count + s.reblogs_count > 0 ORDER BY s.favourites_count + 2 * s.reblogs_count DESC, s.id DESC LIMIT 1000"""
WANTED = f"""
SELECT s.id FROM status s WHERE s.id IN ({{marks}}) AND {VISIBLE}
AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = ? AND block.target_id = s.account_id)
AND NOT EXISTS (SELECT 1 FROM mute WHERE mute.account_id = ? AND mute.target_id = s.account_id
  AND (mute.expires_at IS NULL OR mute.expires_at > ?))"""
Days = dict[int, tuple[int, int]]
"""(uses, people) by the day's beginning in epoch seconds."""


class Talk(NamedTuple):
    """A tag or a link and its last days."""

    name: str
    days: Days


class Trends(NamedTuple):
    """All three, what counts most first."""

    tags: list[Talk]
    links: list[Talk]
    posts: list[int]


def find_trends(connection: Connection, now: float) -> Trends:
    """What is talked about these days."""
    since = first_of(now // DAY * DAY - (DAYS - 1) * DAY)
    tags, links = (_ranked(connection.rows(sql, (since, since)), now) for sql in (TAGS, LINKS))
    barred = doors(connection, [host_of(talk.name) for talk in links])
    links = [talk for talk in links if not barred.shut(host_of(talk.name))]
    return Trends(tags, links, _posts(connection, since, now))


def wanted_posts(connection: Connection, ids: Sequence[int], viewer_id: int, now: float) -> list[int]:
    """Those of the posts that somebody may see and has not turned away from, in the same order."""
    if not ids:
        return []
    sql = WANTED.format(marks=", ".join("?" * len(ids)))
    wanted = {row[0] for row in connection.rows(sql, (*ids, *viewer(viewer_id), viewer_id, viewer_id, now))}
    return [identity for identity in ids if identity in wanted]


def _ranked(rows: Sequence[tuple[str, int, int, int]], now: float) -> list[Talk]:
    found: dict[str, Days] = {}
    for name, number, uses, people in rows:
        found.setdefault(name, {})[number * DAY] = (uses, people)
    scores = {name: sum(_faded(people, now - day - DAY) for day, (_, people) in days.items()) for name, days in found.items()}
    totals = {name: sum(count for count, _ in days.values()) for name, days in found.items()}
    order = sorted(found, key=lambda name: (-scores[name], -totals[name], name))
    return [Talk(name, found[name]) for name in order[:KEPT]]


def _posts(connection: Connection, since: int, now: float) -> list[int]:
    rows = connection.rows(POSTS, (since,))
    scores = {row[0]: _faded(row[2] + 2 * row[3], now - time_of(row[0])) for row in rows}
    seen: Counter[int] = Counter()
    chosen = []
    for identity, author_id, _, _ in sorted(rows, key=lambda row: (-scores[row[0]], -row[0])):
        seen[author_id] += 1
        if seen[author_id] <= OF_AUTHOR:
            chosen.append(identity)
    return chosen[:KEPT]


def _faded(score: float, age: float) -> float:
    """What a score is worth after `age` seconds."""
    return float(score * 0.5 ** (max(0.0, age) / DAY))
