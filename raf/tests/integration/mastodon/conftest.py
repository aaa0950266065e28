"""The API of a migrated application in this process, and people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ostrov import Ostrov
from ostrov.testing import running
from raf.identity import open_oauth
from raf.identity.applications import OUT_OF_BAND, OAuthApplication, check_application
from raf.mastodon.application import build
from raf.mastodon.house import House
from raf.network import NewAccount, open_raf

PASSWORD = "soy milk and coconut"
ALL = "read write follow push"


class Api:
    """A client of the API, its application, and ways to make people with tokens."""

    def __init__(self, application: Ostrov, client: httpx.AsyncClient, program: OAuthApplication, secret: str) -> None:
        self.application = application
        self.client = client
        self.program = program
        self.secret = secret
        self.house = House(application)
        self.raf = application.part(open_raf)

    async def person(self, name: str, scopes: str = ALL) -> Person:
        """Somebody who signed up and logged in."""
        account_id = await self.raf.sign_up(
            NewAccount(username=name, email=f"{name}@example.org", password=PASSWORD, agreement=True)
        )
        return await self.token(name, account_id, scopes)

    async def token(self, name: str, account_id: int | None, scopes: str = ALL) -> Person:
        """A token with these scopes."""
        issued, _ = await self.application.part(open_oauth).issue_token(self.program, account_id, scopes)
        return Person(self.client, name, account_id or 0, issued)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.client.get(path, **options)


class Person:
    """Somebody with a token. `id` is the account's."""

    def __init__(self, client: httpx.AsyncClient, name: str, account_id: int, token: str) -> None:
        self._client = client
        self.name = name
        self.account_id = account_id
        self.id = str(account_id)
        self.access_token = token

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access_token}"} | options.pop("headers", {})
        return await self._client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **options: Any) -> Any:
        answer = await self.ask("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **options: Any) -> Any:
        answer = await self.ask("POST", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def says(self, text: str, **more: Any) -> Any:
        """Post; the status."""
        return await self.post("/api/v1/statuses", json={"status": text, **more})


OpenApi = Callable[..., AbstractAsyncContextManager[Api]]


@pytest.fixture
def api(tmp_path: Path) -> OpenApi:
    """`async with api(*overrides) as raf:` the API of a fresh application."""

    @asynccontextmanager
    async def opened(*overrides: str | Iterable[str]) -> AsyncIterator[Api]:
        flat = [one for given in overrides for one in ([given] if isinstance(given, str) else given)]
        settings = ["web.url=http://raf.test", "raf.identity.argon2_memory=64", "raf.identity.argon2_time=1", *flat]
        async with running(tmp_path, ["raf"], settings) as application:
            oauth = application.part(open_oauth)
            program, secret = await oauth.register(
                check_application(
                    "Tests", [OUT_OF_BAND, "https://app.example/cb"], ALL + " profile admin:read admin:write", None
                )
            )
            transport = httpx.ASGITransport(build(application), client=("192.0.2.1", 1))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://raf.test") as client:
                yield Api(application, client, program, secret)

    return opened
