"""Looks in which people walk through the pages: both languages, both sizes, with scripts and without."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, Response, expect

from ostrov import run_tasks
from raf.demo.crowd import PASSWORD
from raf.identity import NewAccount
from raf.moderation import judging
from raf.moderation.moderation import open_moderation
from raf.network import open_raf
from raf.web.languages import Language

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Look:
    """A browser as somebody has it."""

    language: str
    size: Any
    scripts: bool

    @property
    def name(self) -> str:
        return f"{self.language}_{'phone' if self.size is PHONE else 'desktop'}"

    def say(self, message: str) -> str:
        """What the pages say in this language for what they say in English."""
        return str(Language(self.language).say(message))

    @property
    def options(self) -> dict[str, Any]:
        return {"language": self.language, "size": self.size, "scripts": self.scripts}


LOOKS = (
    Look("ru", DESKTOP, scripts=False),
    Look("ru", PHONE, scripts=True),
    Look("en", DESKTOP, scripts=True),
    Look("en", PHONE, scripts=False),
)
"""Each language at each size; half of them without scripts, in each language and at each size once."""
each_look = pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])


async def sign_up(place: Any, look: Look, name: str, path: str = "/sign-up") -> Page:
    """Somebody new, in a browser of their own."""
    page: Page = await place.open(path, **look.options)
    await fill_in(page, name)
    return page


async def fill_in(page: Page, name: str, password: str = PASSWORD, **more: str) -> None:
    """The form to join, filled in and sent."""
    for field, value in {"username": name, "email": f"{name}@example.org", "password": password, **more}.items():
        await page.fill(f"main [name={field}]", value)
    await page.check("main [name=agreement]")
    await page.click("main form:has([name=username]) button.wide")


async def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.goto("/log-in")
    await page.fill("#f-name", name)
    await page.fill("#f-password", password)
    await page.click("form[action='/log-in'] button.wide")


async def send(page: Page, action: str) -> None:
    """Press the button of the form, and wait until the page that it leads to is there."""
    its_own = f"form[action='{action}'] button:not([formaction], [type=button])"
    button = page.locator(f"{its_own}, button[formaction='{action}']").first
    async with page.expect_navigation():
        await button.click()


async def told(page: Page, words: str) -> None:
    """The page says so at its top."""
    await expect(page.locator(".notice").first).to_contain_text(words)


async def visit(page: Page, path: str) -> Response:
    """Go there; nothing sticks out of the screen."""
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status < 400, path
    wide = await page.locator("html").evaluate("root => root.scrollWidth - root.clientWidth")
    assert wide <= 0, f"{path} is {wide} pixels wider than the screen"
    return answer


async def settle(place: Any, name: str) -> int:
    """Somebody who is here already, however hard it is for strangers to come in."""
    new = NewAccount(username=name, email=f"{name}@example.org", password=PASSWORD, agreement=True)
    account_id: int = await place.application.part(open_raf).sign_up(new, vouched=lambda connection, identity: None)
    return account_id


async def make_owner(place: Any, name: str) -> int:
    """Somebody who may do everything at the desk."""
    account = await place.application.part(open_raf).account_by_name(name)
    await place.application.part(open_moderation).write(judging.give_role, 0, int(account.id), "owner")
    return int(account.id)


async def until(page: Page, look: Look, selector: str, patience: float = 30.0) -> None:
    """It is there: by itself where scripts run, after looking again where they do not."""
    found, ends = page.locator(selector).first, time.monotonic() + patience
    if look.scripts:
        await expect(found).to_be_visible(timeout=patience * 1000)
        return
    while not await found.is_visible():
        assert time.monotonic() < ends, f"{selector} does not come"
        await page.wait_for_timeout(200)
        await page.reload()


async def later(place: Any) -> None:
    """What runs later has run."""
    await run_tasks(place.application)


def picture(folder: Path, name: str = "cup.png") -> Path:
    """A picture on somebody's disk."""
    out = io.BytesIO()
    Image.effect_mandelbrot((240, 180), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(out, "PNG")
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def ticked(page: Page, name: str) -> Locator:
    return page.locator(f"main input[name={name}]")
