"""A client of one person: it waits for the server to come back and sends again, as those on phones do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Hashable
from typing import Any

import httpx

from crash.book import Book, Fact

PASSWORD = "soy milk and coconut"
PAUSE, TRIES = 0.05, 1200
"""A minute of patience."""


class Person:
    """Somebody with an account. What they do is written into the book before it is sent, and again when it was answered."""

    def __init__(self, url: str, name: str, book: Book) -> None:
        self.name = name
        self.book = book
        self.id = ""
        self.http = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False)
        self.random = random.Random(name)

    async def sign_up(self, scopes: str = "read write follow push") -> None:
        """Open an account as a program does."""
        form = {"client_name": "Crash", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": scopes}
        program = (await self.http.post("/api/v1/apps", json=form)).raise_for_status().json()
        own = {"client_id": program["client_id"], "client_secret": program["client_secret"]}
        answer = await self.http.post("/oauth/token", data={"grant_type": "client_credentials", "scope": "read write", **own})
        about = {"username": self.name, "email": f"{self.name}@example.org", "password": PASSWORD, "agreement": "true"}
        headers = {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
        made = (await self.http.post("/api/v1/accounts", data=about, headers=headers)).raise_for_status().json()
        self.http.headers["Authorization"] = f"Bearer {made['access_token']}"
        self.id = (await self.get("/api/v1/accounts/verify_credentials")).json()["id"]

    async def send(self, method: str, path: str, *, again: bool = True, **said: Any) -> tuple[httpx.Response | None, bool]:
        """The answer, None when it was lost and is not to be sent again; and whether any try was lost."""
        lost = False
        for _ in range(TRIES):
            try:
                return await self.http.request(method, path, **said), lost
            except (httpx.ConnectError, httpx.PoolTimeout):  # never sent
                await asyncio.sleep(PAUSE)
            except httpx.TransportError:
                lost = True
                self.book.tally["lost"] += 1
                if not again:
                    return None, True
                await asyncio.sleep(PAUSE)
        raise SystemExit(f"{method} {path}: no answer for a minute")

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        answer, _ = await self.send("GET", path, params=parameters or None)
        assert answer is not None
        return answer

    async def make_true(
        self,
        fact: Fact,
        value: Hashable,
        method: str,
        path: str,
        *,
        already: tuple[int, ...] = (),
        refused: tuple[int, ...] = (),
        **said: Any,
    ) -> httpx.Response | None:
        """Change a fact; the answer when it was acknowledged.

        `already` are the statuses that say, when it is sent again, that the first time did it. `refused` are those that
        are no surprise. A fifth of what is lost is not sent again.
        """
        before = self.book.begun(fact, value)
        answer, lost = await self.send(method, path, again=self.random.random() < 0.8, **said)
        if answer is None:
            self.book.tally["left open"] += 1
            return None
        if answer.is_success:
            self.book.tally["acknowledged"] += 1
            self.book.settled(fact, value)
            return answer
        if lost and answer.status_code in already:
            self.book.settled(fact, value)
            return None
        if answer.status_code not in refused or answer.status_code >= 500:
            self.book.surprises.append(f"{method} {path} {said.get('json')}: {answer.status_code} {answer.text[:300]}")
        if answer.status_code < 500 and not lost:
            self.book.back(fact, before)
        return None
