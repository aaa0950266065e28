"""The console of a project with an orchard in it, and people who stand before it with a browser."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ostrov.console.application import Console, build
from ostrov.core.application import Ostrov
from ostrov.core.operations import audit, open_operations
from ostrov.core.operations.operators import create_operator, hash_password
from ostrov.testing import running

ROLES = {"gardener": ["console.view", "orchard.view", "orchard.manage", "operations.approve"], "watcher": ["*.view"]}
PEOPLE = {"ann": "owner", "boris": "owner", "gleb": "gardener", "vera": "viewer"}
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


class Person:
    """Somebody with a browser that runs no scripts: it keeps cookies and sends the forms of the pages it was given."""

    def __init__(self, console: Console, **headers: str) -> None:
        transport = httpx.ASGITransport(console, client=("192.0.2.7", 1234))
        self.browser = httpx.AsyncClient(transport=transport, base_url="http://console.test", headers=headers)
        self.page = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.browser.get("/console" + path, headers=headers)
        self.page = answer.text
        return answer

    async def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """Send a form with the token of the page that is open."""
        found = re.search(r'name="_csrf" value="(\w+)"', self.page)
        token = {"_csrf": found[1]} if found else {}
        answer = await self.browser.post("/console" + path, data={**token, **(fields or {})}, headers=headers)
        if answer.text:
            self.page = answer.text
        return answer

    async def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        await self.get("/login")
        answer = await self.post("/login", {"name": name, "password": password})
        if answer.status_code == 303:
            await self.get("/me")
        return answer


class House:
    """A running console and everything around it that a test looks at."""

    def __init__(self, application: Ostrov, console: Console) -> None:
        self.application = application
        self.console = console

    def stranger(self, **headers: str) -> Person:
        return Person(self.console, **headers)

    async def person(self, name: str, **headers: str) -> Person:
        person = self.stranger(**headers)
        answer = await person.log_in(name)
        assert answer.status_code == 303, answer.text
        return person

    async def audit(self) -> list[audit.Entry]:
        return list(reversed(await self.application.part(open_operations).audit(100)))

    async def steps(self) -> list[tuple[str, str, str]]:
        """(who, operation, step) of every entry but the log-ins."""
        return [(entry.actor, entry.operation, entry.step) for entry in await self.audit() if entry.step != "entered"]

    def stream(self, path: str, person: Person) -> Stream:
        return Stream(self.console, path, person)


class Stream:
    """A stream of the console, read by hand: httpx hands an in-process answer over only when it is whole."""

    def __init__(self, console: Console, path: str, person: Person) -> None:
        self.console = console
        self.path, _, self.query = path.partition("?")
        self.cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.browser.cookies.jar)
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.text = ""
        self.ended = asyncio.Event()
        self._news = asyncio.Event()
        self._leave = asyncio.Event()

    async def __aenter__(self) -> Stream:
        self._task = asyncio.create_task(self._run())
        await self.until(lambda: self.status)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.leave()
        await asyncio.wait_for(self._task, 5)

    def leave(self) -> None:
        """The reader closes the connection."""
        self._leave.set()

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def _run(self) -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/console" + self.path,
            "query_string": self.query.encode(),
            "headers": [(b"cookie", self.cookie.encode()), (b"host", b"console.test")],
            "client": ("192.0.2.7", 1),
        }
        await self.console(scope, self._receive, self._send)
        self.ended.set()
        self._news.set()

    async def _receive(self) -> dict[str, Any]:
        await self._leave.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        self.text += message.get("body", b"").decode()
        self._news.set()


Opening = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opening:
    """`async with opening("key=value", …) as house`: PEOPLE can log in with PASSWORD."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "orchard"]:
        monkeypatch.delitem(sys.modules, name)

    @asynccontextmanager
    async def open_house(*overrides: str) -> AsyncIterator[House]:
        roles = [f"+operations.roles.{name}=[{','.join(held)}]" for name, held in ROLES.items()]
        async with running(tmp_path, ["orchard"], [*roles, *overrides]) as application:
            for name, role in PEOPLE.items():
                await application.store.write(create_operator, name, role, HASH)
            yield House(application, build(application))

    return open_house
