"""Notifications in a browser: groups that grow while one looks, pushes to the service worker, and how it all looks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import expect
from raf.tests.acceptance.browser.test_looks import DESKTOP, PHONE, examine
from raf.tests.integration.push.conftest import push_service

from ostrov import run_tasks
from raf.forms import NewPost
from raf.network import open_raf
from raf.push.push import open_push

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

LOOKS = [
    pytest.param("desktop", DESKTOP, "light", "en", id="desktop"),
    pytest.param("dark", DESKTOP, "dark", "ru", id="dark"),
    pytest.param("phone", PHONE, "light", "ru", id="phone"),
    pytest.param("phone-dark", PHONE, "dark", "en", id="phone-dark"),
]
SUBSCRIBED = """given => {
  const made = { toJSON: () => given, unsubscribe: async () => true };
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("wrong options");
    return made;
  };
}"""


async def test_a_group_grows_in_its_place(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf, people = place.application.part(open_raf), place.crowd.accounts
        post = await raf.post(people["timur"], NewPost(text="Кто со мной на набережную?"))
        page = await place.member("timur", "/notifications")
        await page.wait_for_selector("html[data-live]")
        for fan in ("june", "nora", "soykin"):
            await raf.favourite(people[fan], post)
        told = page.locator(".told.favourite", has_text="набережную")
        await expect(told).to_contain_text("ещё 2 человека")
        await expect(told).to_have_count(1)
        await expect(told.locator(".told-faces img")).to_have_count(3)


async def test_a_push_goes_all_the_way_to_the_screen(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place, push_service() as service:
        place.application.part(open_push).settings.private_addresses = True
        raf, people = place.application.part(open_raf), place.crowd.accounts
        page = await place.member("timur")
        await page.context.grant_permissions(["notifications"])
        given = json.dumps({"endpoint": f"{service.url}/send", "keys": service.keys})
        await page.add_init_script(f"({SUBSCRIBED})({given})")
        devtools = await page.context.new_cdp_session(page)
        registrations: list[Any] = []
        devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
        await devtools.send("ServiceWorker.enable")
        await page.goto("/settings/notifications")
        await page.wait_for_selector("html[data-ready]")
        await page.click("[data-push-key]")
        await expect(page.locator("[data-push-stop]")).to_be_visible()
        await raf.favourite(people["june"], place.crowd.posts["soup"])
        async with asyncio.timeout(20):  # who likes is told of by one task, and that one enqueues the push
            while not service.got:
                await run_tasks(place.application)
                await asyncio.sleep(0.02)
        ((_, said),) = service.got
        push = {"origin": place.url, "registrationId": registrations[-1]["registrationId"], "data": json.dumps(said)}
        await devtools.send("ServiceWorker.deliverPushMessage", push)
        shown = await page.evaluate(
            """async () => {
              const worker = await navigator.serviceWorker.ready;
              for (let tries = 0; tries < 100; tries++) {
                const found = await worker.getNotifications();
                if (found.length) return found.map((one) => [one.title, one.data.url]);
                await new Promise((resolve) => setTimeout(resolve, 50));
              }
              return [];
            }"""
        )
        assert shown == [["June Park: ваш пост нравится", said["url"]]]
        await page.click("[data-push-stop] button")
        await expect(page.locator("[data-push-key]")).to_be_visible()


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_the_pages_of_notifications_have_no_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        raf, people, posts = place.application.part(open_raf), place.crowd.accounts, place.crowd.posts
        for fan in sorted(set(people) - {"kokosova"}):
            await raf.favourite(people[fan], posts["answer"])
        for name, text in (("stranger", "@kokosova привет! Это вы делаете раф?"), ("seller", "@kokosova buy my cups")):
            page = await place.newcomer(name)
            await page.context.close()
            account = int((await raf.account_by_name(name)).id)
            await raf.post(account, NewPost(text=text, visibility="direct"))
        await run_tasks(place.application)
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        if language == "en":
            await page.goto("/settings/preferences")
            await page.click("main button[value=en]")
        for name, path in (
            ("notifications-groups", "/notifications"),
            ("notifications-likes", "/notifications?only=likes"),
            ("notification-requests", "/notifications/requests"),
            ("settings-notifications", "/settings/notifications"),
        ):
            await page.goto(path)
            faults += await examine(page, f"{name}-{look}", theme)
        await page.goto("/notifications/requests")
        await page.locator(".asking .human-name > a").first.click()
        await page.wait_for_url("**/requests/*")
        faults += await examine(page, f"notification-request-{look}", theme)
    assert faults == []
