"""The table `known_device`: browsers that somebody has logged in with. A log-in from another one is told by letter."""

from __future__ import annotations

import time

from ostrov import Connection, Ostrov
from raf.identity.secrets import digest, new_token
from raf.letters.posting import post

DEVICE_COOKIE = "raf_device"
"""Recognizes a browser at the next log-in. It opens nothing."""
KNOWN = "SELECT 1 FROM known_device WHERE account_id = ? AND digest = ?"
ANY = "SELECT 1 FROM known_device WHERE account_id = ? LIMIT 1"
PUT = """
INSERT INTO known_device (account_id, digest, seen_at) VALUES (?, ?, ?)
ON CONFLICT (account_id, digest) DO UPDATE SET seen_at = excluded.seen_at"""
MOST = 50
PRUNE = """
DELETE FROM known_device WHERE account_id = ? AND digest NOT IN
(SELECT digest FROM known_device WHERE account_id = ? ORDER BY seen_at DESC LIMIT ?)"""


class Devices:
    """The browsers people are known by."""

    def __init__(self, application: Ostrov) -> None:
        self._store = application.store

    async def logged_in(self, account_id: int, token: str, device: str, address: str) -> str:
        """A browser with this cookie logged in; the cookie it gets, empty when it has one.

        When it is not known, and others are, a letter says that somebody logged in with a `device` from `address`.
        """
        return await self._store.write(_remember, account_id, token, device, address)


def _remember(connection: Connection, account_id: int, token: str, device: str, address: str) -> str:
    now = time.time()
    fresh = "" if 20 <= len(token) <= 100 else new_token()
    key = digest(fresh or token)
    if not connection.value(KNOWN, (account_id, key)):
        if connection.value(ANY, (account_id,)):
            post(connection, account_id, "log_in", device=device, address=address, at=now)
        connection.execute(PRUNE, (account_id, account_id, MOST - 1))
    connection.execute(PUT, (account_id, key, now))
    return fresh


def open_devices(application: Ostrov) -> Devices:
    """The known browsers of an application."""
    return Devices(application)
