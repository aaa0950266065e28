"""People by their names and by what they say of themselves; people who want to be found; people to follow."""

from __future__ import annotations

from typing import Any, Literal

from ostrov import Connection
from raf.search.matching import fts5_typed, tsquery_typed
from raf.search.words import last_word, stems

IN_WORDS = {
    "sqlite": "a.id IN (SELECT rowid FROM search_person_words WHERE words MATCH ?)",
    "postgresql": "a.id IN (SELECT id FROM search_person_words WHERE words @@ CAST(? AS tsquery))",
}
NAMED = "(a.name_key LIKE ? ESCAPE '!' OR a.display_key LIKE ? ESCAPE '!' OR a.display_key LIKE ? ESCAPE '!')"
FOLLOWED = "EXISTS (SELECT 1 FROM follow WHERE follow.account_id = ? AND follow.target_id = a.id)"
FOUND = f"""
SELECT a.id FROM account a
WHERE a.suspended = 0 AND a.held = 0 AND ({NAMED} OR {{in_words}})
  AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = a.id AND block.target_id = ?)
  AND (? = 0 OR {FOLLOWED})
ORDER BY CASE WHEN a.name_key = ? THEN 0 ELSE 1 END, CASE WHEN {FOLLOWED} THEN 0 ELSE 1 END,
  CASE WHEN {NAMED} THEN 0 ELSE 1 END, a.followers_count DESC, a.id
LIMIT ? OFFSET ?"""
UNWANTED = """
NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = ? AND b.target_id = a.id)
AND NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = a.id AND b.target_id = ?)
AND NOT EXISTS (SELECT 1 FROM mute m WHERE m.account_id = ? AND m.target_id = a.id
  AND (m.expires_at IS NULL OR m.expires_at > ?))"""
LISTED = f"""
SELECT a.id FROM account a
WHERE a.discoverable = 1 AND a.quiet = 0 AND a.held = 0 AND (? = 0 OR a.domain = '') AND {UNWANTED}"""
ORDERS = {
    "active": f"{LISTED} ORDER BY COALESCE(a.last_status_at, 0) DESC, a.id DESC LIMIT ? OFFSET ?",
    "new": f"{LISTED} ORDER BY a.id DESC LIMIT ? OFFSET ?",
}
FREE = f"""
a.discoverable = 1 AND a.quiet = 0 AND a.held = 0 AND a.locked = 0 AND a.id <> ?
AND NOT EXISTS (SELECT 1 FROM follow f WHERE f.account_id = ? AND f.target_id = a.id)
AND NOT EXISTS (SELECT 1 FROM follow_request r WHERE r.account_id = ? AND r.target_id = a.id)
AND NOT EXISTS (SELECT 1 FROM suggestion_dismissed d WHERE d.account_id = ? AND d.target_id = a.id)
AND {UNWANTED}"""
OF_FRIENDS = f"""
SELECT a.id FROM follow mine JOIN follow theirs ON theirs.account_id = mine.target_id JOIN account a ON a.id = theirs.target_id
WHERE mine.account_id = ? AND {FREE}
GROUP BY a.id, a.followers_count ORDER BY COUNT(*) DESC, a.followers_count DESC, a.id LIMIT ?"""
MOST_FOLLOWED = f"""
SELECT a.id FROM account a WHERE {FREE} ORDER BY a.followers_count DESC, COALESCE(a.last_status_at, 0) DESC, a.id LIMIT ?"""
DISMISS = "INSERT INTO suggestion_dismissed (account_id, target_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
Order = Literal["active", "new"]


def find_people(
    connection: Connection, text: str, viewer_id: int, limit: int, offset: int, *, following: bool = False, host: str = ""
) -> list[int]:
    """Accounts whose name or display name begins so, or that have all of the words, the last of which may go on.

    The one that is called exactly so comes first, then those the viewer follows.
    """
    name = text.strip().replace("\0", "").removeprefix("@").lower()
    name = name.removesuffix(f"@{host}") if host else name
    if not name:
        return []
    start = name.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    named = (start, start, "% " + start)
    in_words, words = "1 = 0", ()
    found, last = stems(name), last_word(name)
    if found and last and "@" not in name:
        match = (fts5_typed if connection.dialect == "sqlite" else tsquery_typed)(found, last)
        in_words, words = IN_WORDS[connection.dialect], (match,)  # type: ignore[assignment]
    parameters: tuple[Any, ...] = (
        *(*named, *words, viewer_id, int(following), viewer_id),
        *(name, viewer_id, *named, limit, offset),
    )
    return [identity for (identity,) in connection.rows(FOUND.format(in_words=in_words), parameters)]


def listed_people(
    connection: Connection, order: Order, viewer_id: int, limit: int, offset: int, now: float, *, local: bool = False
) -> list[int]:
    """Who wants to be found, those who wrote or who came last first."""
    parameters = (int(local), *(viewer_id,) * 3, now, limit, offset)
    return [identity for (identity,) in connection.rows(ORDERS[order], parameters)]


def suggested_people(connection: Connection, viewer_id: int, limit: int, now: float) -> list[tuple[int, list[str]]]:
    """Whom one could follow, with why: `friends_of_friends` (whom those one follows follow), `most_followed`."""
    free = (*(viewer_id,) * 7, now)
    reasons: dict[int, list[str]] = {}
    for reason, rows in (
        ("friends_of_friends", connection.rows(OF_FRIENDS, (viewer_id, *free, limit))),
        ("most_followed", connection.rows(MOST_FOLLOWED, (*free, limit))),
    ):
        for (identity,) in rows:
            reasons.setdefault(identity, []).append(reason)
    return list(reasons.items())[:limit]


def dismiss_suggestion(connection: Connection, account_id: int, target_id: int) -> None:
    """Never suggest this one again."""
    connection.execute(DISMISS, (account_id, target_id))
