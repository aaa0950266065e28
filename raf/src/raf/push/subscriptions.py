"""The table `push_subscription`: who wants to be told where, one a token or browser session."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from ostrov import Connection
from raf.errors import Invalid
from raf.identity.secrets import new_id
from raf.notifications.reading import KINDS

POLICIES = ("all", "followed", "follower", "none")
COLUMNS = "id, account_id, holder, endpoint, p256dh, auth, standard, alerts, policy, language, token"
OF_HOLDER = f"SELECT {COLUMNS} FROM push_subscription WHERE holder = ?"
BY_ID = f"SELECT {COLUMNS} FROM push_subscription WHERE id = ?"
INSERT = f"INSERT INTO push_subscription ({COLUMNS}, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
CHANGE = "UPDATE push_subscription SET alerts = ?, policy = ? WHERE holder = ?"
DELETE = "DELETE FROM push_subscription WHERE holder = ?"
DELETE_ID = "DELETE FROM push_subscription WHERE id = ?"
WANTING = "SELECT id, account_id, alerts, policy FROM push_subscription WHERE account_id IN ({marks})"
GRANT = "SELECT 1 FROM oauth_token WHERE id = ? AND account_id = ?"
VISIT = "SELECT 1 FROM session WHERE id = ? AND account_id = ?"
FOLLOWS = "SELECT 1 FROM follow WHERE account_id = ? AND target_id = ?"
ORPHANED = """
DELETE FROM push_subscription WHERE NOT EXISTS (SELECT 1 FROM oauth_token t WHERE 't' || t.id = holder)
AND NOT EXISTS (SELECT 1 FROM session s WHERE 's' || s.id = holder)"""
LONGEST = 2048


class Subscription(NamedTuple):
    """A row. `holder` is `t` and a token's id, or `s` and a session's; `standard` says RFC 8291, else the draft."""

    id: int
    account_id: int
    holder: str
    endpoint: str
    p256dh: str
    auth: str
    standard: int
    alerts: str
    policy: str
    language: str
    token: bytes | None = None
    """The access token it came with, sealed: it is in what is pushed, and in no other place."""

    @property
    def wanted(self) -> dict[str, bool]:
        """By kind of notification, whether it is to be told."""
        chosen: dict[str, bool] = msgspec.json.decode(self.alerts)
        return {kind: chosen.get(kind, False) for kind in KINDS}


class NewSubscription(NamedTuple):
    """What a client sends."""

    endpoint: str
    p256dh: str
    auth: str
    standard: bool = False
    alerts: Mapping[str, bool] = {}
    policy: str = "all"
    language: str = "en"
    token: bytes | None = None


def subscription_of(connection: Connection, holder: str) -> Subscription | None:
    row = connection.row(OF_HOLDER, (holder,))
    return Subscription(*row) if row else None


def subscription(connection: Connection, identity: int) -> Subscription | None:
    row = connection.row(BY_ID, (identity,))
    return Subscription(*row) if row else None


def check(new: NewSubscription, *, private: bool) -> None:
    """Raise Invalid for an address that is none, or keys that are none."""
    from raf.push.encryption import check_keys

    parts = urlsplit(new.endpoint)
    schemes = ("https", "http") if private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or len(new.endpoint) > LONGEST:
        raise Invalid({"endpoint": [("ERR_INVALID", "is invalid")]})
    if not check_keys(new.p256dh, new.auth):
        raise Invalid({"key_p256dh": [("ERR_INVALID", "is invalid")]})


def put(connection: Connection, account_id: int, holder: str, new: NewSubscription) -> Subscription:
    """Subscribe, in place of what the holder had before."""
    connection.execute(DELETE, (holder,))
    now = time.time()
    made = Subscription(
        *(new_id(now), account_id, holder, new.endpoint, new.p256dh, new.auth, int(new.standard)),
        *(_alerts(new.alerts), _policy(new.policy), new.language, new.token),
    )
    connection.execute(INSERT, (*made, now))
    return made


def change(connection: Connection, holder: str, alerts: Mapping[str, bool] | None, policy: str | None) -> Subscription | None:
    """Other kinds, or another policy; None when the holder has no subscription."""
    found = subscription_of(connection, holder)
    if found is None:
        return None
    kinds = found.alerts if alerts is None else _alerts(alerts)
    connection.execute(CHANGE, (kinds, found.policy if policy is None else _policy(policy), holder))
    return subscription_of(connection, holder)


def delete(connection: Connection, holder: str) -> bool:
    """Whether there was one."""
    return connection.execute(DELETE, (holder,)) == 1


def delete_id(connection: Connection, identity: int) -> None:
    connection.execute(DELETE_ID, (identity,))


def prune(connection: Connection) -> int:
    """Take those away whose token was revoked or whose session ended; how many."""
    return connection.execute(ORPHANED)


def wanting(connection: Connection, told: Iterable[tuple[int, str, int]]) -> list[tuple[int, int]]:
    """Of (account id, kind, from account id), who of them wants a push: (place in the list, subscription id)."""
    news = list(told)
    people = list({account_id for account_id, _, _ in news})
    if not people:
        return []
    rows = connection.rows(WANTING.format(marks=", ".join("?" * len(people))), people)
    found = []
    for identity, account_id, alerts, policy in rows:
        chosen = msgspec.json.decode(alerts)
        for place, (whom, kind, by) in enumerate(news):
            if whom == account_id and chosen.get(kind) and _lets(connection, policy, account_id, by):
                found.append((place, identity))
    return found


def stands(connection: Connection, one: Subscription) -> bool:
    """Whether the token or session it came with still opens anything."""
    sql = GRANT if one.holder.startswith("t") else VISIT
    return connection.row(sql, (int(one.holder[1:]), one.account_id)) is not None


def _lets(connection: Connection, policy: str, account_id: int, by: int) -> bool:
    if policy == "followed":
        return connection.row(FOLLOWS, (account_id, by)) is not None
    if policy == "follower":
        return connection.row(FOLLOWS, (by, account_id)) is not None
    return policy == "all"


def _alerts(alerts: Mapping[str, bool]) -> str:
    return msgspec.json.encode({kind: True for kind in KINDS if alerts.get(kind)}).decode()


def _policy(policy: str) -> str:
    if policy not in POLICIES:
        raise Invalid({"policy": [("ERR_INCLUSION", "is not included in the list")]})
    return policy
