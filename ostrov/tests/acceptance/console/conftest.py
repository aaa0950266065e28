"""A project that really runs, with an orchard in it, and a real browser before its console."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ostrov.core.application import Ostrov
from ostrov.core.operations.operators import create_operator, hash_password
from ostrov.core.store.migrations import migrate
from ostrov.testing import make_project

ORCHARD = Path(__file__).parents[2] / "integration" / "console"
PASSWORD = "correct horse battery"
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class RunningProject:
    """`address` is where its console is. `ostrov` calls the command line on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ORCHARD), os.environ.get("PYTHONPATH", "")])}
        self.environ.pop("OSTROV_PROJECT", None)
        self.address = ""

    def ostrov(self, *words: str) -> str:
        command = [sys.executable, "-m", "ostrov.cli", "--project", str(self.folder), *words]
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def up(self) -> None:
        self.ostrov("up", "--detach")
        answer = json.loads(self.ostrov("--json", "ps"))
        self.address = f"{answer['url']}/console"

    def pid(self, name: str) -> int:
        rows = json.loads(self.ostrov("--json", "ps"))["processes"]
        return int(next(row["pid"] or 0 for row in rows if row["name"] == name))

    def client(self, name: str = "ann") -> httpx.Client:
        """A client that is logged in."""
        client = httpx.Client(base_url=self.address, timeout=20)
        client.headers["x-test"] = token_of(client.get(f"{self.address}/login").text)
        form = {"name": name, "password": PASSWORD, "_csrf": client.headers["x-test"]}
        assert client.post(f"{self.address}/login", data=form).status_code == 303
        client.headers["x-test"] = token_of(client.get(f"{self.address}/me").text)
        return client

    def call(self, client: httpx.Client, operation: str, **fields: str) -> None:
        """Send an operation's form, by way of its plan when it shows one."""
        form = {**fields, "_csrf": client.headers["x-test"], "_step": "run"}
        answer = client.post(f"{self.address}/operations/{operation}", data=form)
        planned = re.search(r'name="_digest" value="(\w+)"', answer.text)
        if planned:
            answer = client.post(f"{self.address}/operations/{operation}", data={**form, "_digest": planned[1]})
        assert answer.status_code == 303, answer.text


def token_of(page: str) -> str:
    found = re.search(r'name="_csrf" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProject]:
    """Up until the module's last test."""
    folder = make_project(tmp_path_factory.mktemp("harbour"), ["orchard", "harvest:component"], name="harbour")
    with (folder / "ostrov.toml").open("a") as settings:
        settings.write("[web]\nport = 0\n")
    sys.path.insert(0, str(ORCHARD))
    try:
        application = Ostrov.open(folder, environ={})
        migrate(application)
        for name, role in (("ann", "owner"), ("boris", "owner"), ("vera", "viewer")):
            application.store.write_sync(create_operator, name, role, hash_password(PASSWORD))
        close(application)
    finally:
        sys.path.remove(str(ORCHARD))
    running = RunningProject(folder)
    running.up()
    try:
        yield running
    finally:
        with contextlib.suppress(AssertionError):
            running.ostrov("down")


def close(application: Ostrov) -> None:
    import asyncio

    asyncio.run(application.close())


class Screen:
    """A page of a browser. `said` collects what the browser complained about."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda problem: self.said.append(str(problem)))

    async def open(self, path: str) -> None:
        await self.page.goto(self.address + path)

    async def log_in(self, name: str = "ann") -> None:
        await self.open("/login")
        await self.page.fill("#name", name)
        await self.page.fill("#password", PASSWORD)
        await self.page.click("main button")
        await self.page.wait_for_url(lambda url: "/login" not in url)

    async def until(self, condition: str, argument: Any = None, seconds: float = 15.0) -> None:
        """Wait until a JavaScript expression holds, asked from outside: the policy forbids the page to evaluate text."""
        from playwright.async_api import Error

        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(Error):  # a page on its way to another
                if await self.page.evaluate(condition, argument):
                    return
            assert time.monotonic() < deadline, f"not in time: {condition}"
            await self.page.wait_for_timeout(50)


@pytest.fixture
def browsing(project: RunningProject) -> Callable[..., AbstractAsyncContextManager[Screen]]:
    """`async with browsing(**options) as screen`: options are those of Playwright's new_context."""

    @asynccontextmanager
    async def browse(**options: Any) -> AsyncIterator[Screen]:
        from playwright.async_api import async_playwright

        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=os.environ["OSTROV_TEST_CHROMIUM"], args=list(CHROMIUM))
            try:
                context = await browser.new_context(**{"locale": "en-GB", **options})
                yield Screen(await context.new_page(), project.address)
            finally:
                await browser.close()

    return browse
