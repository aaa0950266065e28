"""Who did what: one row for each act of a moderator, written in the transaction of the act."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.paging import Paging, newest_first

INSERT = "INSERT INTO moderation_act (id, actor_id, act, kind, target, words, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
ROWS = """
SELECT act.id, actor_id, coalesce(account.username, ''), act.act, act.kind, act.target, act.words, act.created_at
FROM moderation_act act LEFT JOIN account ON account.id = actor_id
WHERE act.id < ? AND act.id > ? AND (? = '' OR kind = ?) AND (? = '' OR target = ?)
ORDER BY act.id {direction} LIMIT ?"""


class Act(NamedTuple):
    """`actor_id` 0 is an operation of the house; `target` names what was acted on, `words` say more."""

    id: int
    actor_id: int
    actor: str
    act: str
    kind: str
    target: str
    words: str
    created_at: float


def record(
    connection: Connection, identity: int, now: float, actor_id: int, act: str, kind: str, target: str, words: str = ""
) -> None:
    """Write an act down. `identity` is a fresh id."""
    connection.execute(INSERT, (identity, actor_id, act, kind, target, words[:500], now))


def acts(connection: Connection, paging: Paging, kind: str = "", target: str = "") -> list[Act]:
    """What was done, the last first; of one kind, or to one target only."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Act]:
        below, above, limit = bounds
        rows = connection.rows(ROWS.format(direction=direction), (below, above, kind, kind, target, target, limit))
        return [Act(*row) for row in rows]

    return newest_first(paging, select)
