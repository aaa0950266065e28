"""A real server with a crowd in it, and a real browser."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from ostrov import Ostrov, run_tasks
from ostrov.run.tasks.testing import working
from ostrov.run.web.dispatcher import Dispatcher
from ostrov.run.web.mounts import build_mounts
from ostrov.testing import running
from raf.demo import Crowd, populate
from raf.demo.crowd import PASSWORD
from raf.network import open_raf
from raf.snowflake import Snowflakes
from raf.testing import CHEAP

CHROMIUM = "OSTROV_TEST_CHROMIUM"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}
OpenPlace = Callable[..., AbstractAsyncContextManager["Place"]]


@dataclass
class Place:
    """A running Raf and a browser that visits it. `problems` are what pages complained of in the browser's console."""

    application: Ostrov
    url: str
    browser: Browser
    crowd: Crowd = field(default_factory=lambda: Crowd({}, {}))
    problems: list[str] = field(default_factory=list)

    async def context(
        self, language: str = "en", size: dict[str, int] = DESKTOP, theme: str = "light", scripts: bool = True
    ) -> BrowserContext:
        """Somebody's browser."""
        context = await self.browser.new_context(
            base_url=self.url,
            locale={"en": "en-GB", "ru": "ru-RU"}[language],
            timezone_id="Europe/Moscow",
            viewport=size,  # type: ignore[arg-type]
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            has_touch=size is PHONE,
        )
        context.set_default_timeout(10_000)
        return context

    async def open(self, path: str = "/", **options: Any) -> Page:
        """A page of a new browser of a stranger."""
        page = await (await self.context(**options)).new_page()
        self.listen(page)
        await page.goto(path)
        return page

    async def member(self, name: str, path: str = "/home", **options: Any) -> Page:
        """A page of a new browser of somebody of the crowd."""
        page = await self.open("/log-in", **options)
        await page.fill("#f-name", name)
        await page.fill("#f-password", PASSWORD)
        await page.click("main .button.wide")
        await page.wait_for_url("**/home")
        if path != "/home":
            await page.goto(path)
        return page

    async def newcomer(self, name: str, **options: Any) -> Page:
        """A page of a new browser of somebody who has just signed up."""
        page = await self.open("/sign-up", **options)
        await page.fill("#f-username", name)
        await page.fill("#f-email", f"{name}@example.org")
        await page.fill("#f-password", PASSWORD)
        await page.check("[name=agreement]")
        await page.click("main .button.wide")
        await page.wait_for_url("**/local")
        return page

    def listen(self, page: Page) -> None:
        def heard(message: Any) -> None:
            if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
                self.problems.append(message.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: self.problems.append(str(error)))


@pytest.fixture
def open_place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenPlace:
    """`async with open_place(crowd=True) as place: …`; `host` is what browsers call it, `settings` are more of them."""

    @asynccontextmanager
    async def opened(crowd: bool = True, host: str = "127.0.0.1", settings: Sequence[str] = ()) -> AsyncIterator[Place]:
        people = await move_in(tmp_path, tmp_path_factory) if crowd else Crowd({}, {})
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        overrides = [
            f"web.port={port}",
            f"web.url=http://{host}:{port}",
            "raf.identity.sign_ups_of_address=1000",
            "raf.identity.log_in_tries_of_address=1000",
            *CHEAP,
            "raf.media.uploads_of_account=1000",
            *settings,
        ]
        async with running(tmp_path, ["raf"], overrides) as application, working(application):
            mounts = {mount.prefix: mount.app for mount in build_mounts(application)}
            config = uvicorn.Config(Dispatcher(mounts, {}), lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve([listening]))
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=os.environ[CHROMIUM], args=FLAGS)
                place = Place(application, f"http://{host}:{port}", browser, people)
                try:
                    yield place
                finally:
                    await browser.close()
                    server.should_exit = True
                    await serving
            assert place.problems == [], "the browser complained"

    return opened


_towns: list[tuple[Path, Crowd]] = []
"""The data of a Raf where the crowd lives, made once in a process: drawing and decoding their pictures takes seconds."""


async def move_in(folder: Path, folders: pytest.TempPathFactory) -> Crowd:
    """Put a copy of the crowd's data into a project's folder."""
    if not _towns:
        town = folders.mktemp("town")
        async with running(town, ["raf"], [*CHEAP, "raf.media.uploads_of_account=1000"]) as application:
            async with working(application):
                crowd = await bring_in(application)
            await run_tasks(application)
        _towns.append((town / "var", crowd))
    data, crowd = _towns[0]
    shutil.copytree(data, folder / "var")
    return crowd


async def bring_in(application: Ostrov) -> Crowd:
    """The crowd, whose posts were written over two days."""
    journal = application.part(open_raf).journal
    clock, ids = journal.clock, journal.ids

    def set_clock(hours: float) -> None:
        journal.clock = lambda: time.time() - hours * 3600

    journal.ids = Snowflakes()
    crowd = await populate(application, set_clock)
    journal.clock, journal.ids = clock, ids
    return crowd
