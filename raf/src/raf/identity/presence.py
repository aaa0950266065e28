"""The table `presence`: when somebody was last here with a browser or an app, to within some minutes."""

from __future__ import annotations

import time

from ostrov import Connection, Ostrov

EVERY = 240.0
"""Seconds between two writes about one account."""
LARGEST = 50_000
PUT = """
INSERT INTO presence (account_id, seen_at) VALUES (?, ?)
ON CONFLICT (account_id) DO UPDATE SET seen_at = excluded.seen_at"""
SEEN = "SELECT seen_at FROM presence WHERE account_id = ?"


class Presence:
    """What this process has written down lately."""

    def __init__(self, application: Ostrov) -> None:
        self._store = application.store
        self._written: dict[int, float] = {}

    async def seen(self, account_id: int) -> None:
        """Somebody is here. Most calls cost a look into a dictionary."""
        now = time.time()
        if now - self._written.get(account_id, 0.0) < EVERY:
            return
        if len(self._written) >= LARGEST:
            self._written.clear()
        self._written[account_id] = now
        await self._store.write(put, account_id, now)

    def forget(self) -> None:
        """What was written is gone."""
        self._written.clear()


def put(connection: Connection, account_id: int, now: float) -> None:
    connection.execute(PUT, (account_id, now))


def seen_at(connection: Connection, account_id: int) -> float:
    """Epoch seconds; 0 for who was never seen."""
    return float(connection.value(SEEN, (account_id,)) or 0.0)


def open_presence(application: Ostrov) -> Presence:
    """Who is here."""
    return Presence(application)
