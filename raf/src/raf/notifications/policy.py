"""The policy: whose notifications somebody wants to hear of at once, which are kept aside, which are dropped.

As `NotifyService` of Mastodon 4.4 decides. It speaks of what strangers do; what one has asked for oneself (posts of people one
subscribed to, the end of one's poll, edits of what one boosted) and the house's own messages always come.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from ostrov import Connection
from raf.errors import Invalid

Verdict: TypeAlias = Literal["accept", "filter", "drop"]
VERDICTS: tuple[Verdict, ...] = ("accept", "filter", "drop")
FILTERABLE = frozenset({"mention", "reblog", "follow", "follow_request", "favourite", "quote"})
NEW_ACCOUNT = 30 * 86400.0
NEW_FOLLOWER = 3 * 86400.0
DEEPEST = 100
READ = """
SELECT for_not_following, for_not_followers, for_new_accounts, for_private_mentions, for_limited_accounts
FROM notification_policy WHERE account_id = ?"""
WRITE = """
INSERT INTO notification_policy
  (account_id, for_not_following, for_not_followers, for_new_accounts, for_private_mentions, for_limited_accounts)
VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account_id) DO UPDATE SET
  for_not_following = excluded.for_not_following, for_not_followers = excluded.for_not_followers,
  for_new_accounts = excluded.for_new_accounts, for_private_mentions = excluded.for_private_mentions,
  for_limited_accounts = excluded.for_limited_accounts"""
SENDER = """
SELECT created_at, silenced,
  EXISTS (SELECT 1 FROM follow WHERE account_id = ? AND target_id = account.id),
  (SELECT created_at FROM follow WHERE account_id = account.id AND target_id = ?),
  EXISTS (SELECT 1 FROM notification_permission WHERE account_id = ? AND from_account_id = account.id)
FROM account WHERE id = ?"""
DIRECT = "SELECT in_reply_to_id FROM status WHERE id = ? AND visibility = 'direct'"
ANSWERS = """
WITH RECURSIVE above (id, parent, visibility, depth) AS (
  SELECT id, in_reply_to_id, visibility, 0 FROM status WHERE id = ?
  UNION ALL
  SELECT s.id, s.in_reply_to_id, s.visibility, above.depth + 1 FROM status s JOIN above ON s.id = above.parent
  WHERE above.depth < ?
)
SELECT 1 FROM above JOIN mention ON mention.status_id = above.id AND mention.account_id = ?
WHERE above.visibility = 'direct' LIMIT 1"""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with notifications of each kind of people. The defaults are Mastodon's."""

    for_not_following: Verdict = "accept"
    for_not_followers: Verdict = "accept"
    for_new_accounts: Verdict = "accept"
    for_private_mentions: Verdict = "filter"
    for_limited_accounts: Verdict = "filter"


DEFAULT = Policy()


def policy_of(connection: Connection, account_id: int) -> Policy:
    """What somebody decided."""
    row = connection.row(READ, (account_id,))
    return DEFAULT if row is None else Policy(**dict(zip(Policy.__struct_fields__, row, strict=True)))


def change_policy(connection: Connection, account_id: int, change: dict[str, str]) -> Policy:
    """Decide anew on the kinds named; the policy then. Raises Invalid for what is no verdict."""
    wrong = [name for name, verdict in change.items() if verdict not in VERDICTS]
    if wrong:
        raise Invalid({wrong[0]: [("ERR_INCLUSION", "is not included in the list")]})
    decided = msgspec.structs.replace(policy_of(connection, account_id), **change)
    connection.execute(WRITE, (account_id, *msgspec.structs.astuple(decided)))
    return decided


def verdict(connection: Connection, account_id: int, kind: str, from_account_id: int, status_id: int, now: float) -> Verdict:
    """What becomes of a notification to `account_id` of what somebody did."""
    if kind not in FILTERABLE:
        return "accept"
    sender = connection.row(SENDER, (account_id, account_id, account_id, from_account_id))
    if sender is None:
        return "drop"
    created_at, silenced, followed, follows_since, permitted = sender
    policy = policy_of(connection, account_id)
    if permitted:
        return "accept"
    said: list[Verdict] = []
    if not followed:
        said.append(policy.for_not_following)
        if created_at > now - NEW_ACCOUNT:
            said.append(policy.for_new_accounts)
        if silenced:
            said.append(policy.for_limited_accounts)
        if kind == "mention" and policy.for_private_mentions != "accept":
            unasked = is_unasked(connection, status_id, from_account_id)
            said.append(policy.for_private_mentions if unasked else "accept")
    if follows_since is None or follows_since > now - NEW_FOLLOWER:
        said.append(policy.for_not_followers)
    return max(said, key=VERDICTS.index, default="accept")


def is_unasked(connection: Connection, status_id: int, from_account_id: int) -> bool:
    """Whether a direct post answers nothing that was written to its author in private."""
    row = connection.row(DIRECT, (status_id,))
    if row is None:
        return False
    return row[0] is None or connection.row(ANSWERS, (row[0], DEEPEST, from_account_id)) is None
