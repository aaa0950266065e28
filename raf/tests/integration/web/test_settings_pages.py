"""The pages of the settings: who may follow and find one, whom one keeps away, and what each says when it has saved."""

from __future__ import annotations

import re
from typing import Any

import pytest

from raf.network import open_raf
from raf.web.testing import Site

SWITCHES = ("locked", "hide_collections", "discoverable", "indexable")


async def identity(site: Site, name: str) -> int:
    return int((await site.application.part(open_raf).account_by_name(name)).id)


async def test_every_page_of_the_settings_is_on_the_first_and_opens(open_site: Any) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        page = await anna.get("/settings")
        links = [link for link in page.found.links if link.startswith("/settings/")]
        assert len(set(links)) == 11
        for link in {*links, "/standing", "/announcements"}:
            assert (await anna.get(link)).status == 200, link


@pytest.mark.parametrize("chosen", SWITCHES)
async def test_privacy_keeps_each_switch(open_site: Any, database: Any, chosen: str) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        only = {name: True if name == chosen else None for name in SWITCHES}
        page = await (await anna.get("/settings/privacy")).submit("/settings/privacy", **only)
        assert "Saved." in page.text
        values = (await anna.get("/settings/privacy")).form("/settings/privacy").values
        assert {name for name in SWITCHES if values[name]} == {chosen}
        source = (await site.application.part(open_raf).credential_account(await identity(site, "anna"))).source
        assert (source.hide_collections, source.discoverable, source.indexable) == tuple(
            name == chosen for name in SWITCHES[1:]
        )


async def test_changing_the_profile_leaves_privacy_alone(open_site: Any) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        await (await anna.get("/settings/privacy")).submit("/settings/privacy", locked=True, discoverable=None, indexable=True)
        page = await (await anna.get("/settings/profile")).submit("/settings/profile", display_name="Anna")
        assert "Others see your profile so from now on" in page.text
        values = (await anna.get("/settings/privacy")).form("/settings/privacy").values
        assert (values["locked"], values["discoverable"]) == (["1"], [])


async def test_who_asks_to_follow_waits_on_a_page_of_its_own(open_site: Any, database: Any) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        assert "Nobody asks" in (await anna.get("/follow-requests")).text
        await (await anna.get("/settings/privacy")).submit("/settings/privacy", locked=True)
        for name in ("boris", "clara"):
            fan = await site.member(name)
            await (await fan.get("/@anna")).press(f"/accounts/{await identity(site, 'anna')}/follow")
        page = await anna.get("/follow-requests")
        assert [name for name in ("@clara", "@boris") if name in page.text] == ["@clara", "@boris"]
        page = await page.press(f"/accounts/{await identity(site, 'boris')}/authorize")
        assert (page.path, "They follow you now." in page.text) == ("/follow-requests", True)
        page = await page.press(f"/accounts/{await identity(site, 'clara')}/reject")
        assert ("Declined." in page.text, "Nobody asks" in page.text) == (True, True)
        followers = (await anna.get("/@anna/followers")).text
        assert ("@boris" in followers, "@clara" in followers) == (True, False)


async def test_the_muted_and_the_blocked_are_listed_and_let_go(open_site: Any, database: Any) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        for name, deed in (("boris", "mute"), ("clara", "block")):
            await site.member(name)
            await (await anna.get(f"/@{name}")).press(f"/accounts/{await identity(site, name)}/{deed}")
        page = await anna.get("/settings/people")
        assert ("@boris" in page.text, "@clara" in page.text) == (True, False)
        page = await page.press(f"/accounts/{await identity(site, 'boris')}/unmute")
        assert ("Nobody is muted" in page.text, "in your feeds again" in page.text) == (True, True)
        page = await anna.get("/settings/people?kind=blocked")
        page = await page.press(f"/accounts/{await identity(site, 'clara')}/unblock")
        assert ("Nobody is blocked" in page.text, "do not block them" in page.text) == (True, True)


async def test_a_site_is_blocked_and_let_go(open_site: Any, database: Any) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        page = await anna.get("/settings/people?kind=sites")
        refused = await page.submit("/settings/people/sites", domain="not a site")
        assert (refused.status, refused.form("/settings/people/sites").values["domain"]) == (422, ["not a site"])
        page = await page.submit("/settings/people/sites", domain="Ads.Example")
        assert "ads.example" in page.text
        page = await anna.post(
            "/settings/people/sites/remove", page.form("/settings/people/sites/remove").values | {"domain": "ads.example"}
        )
        assert "ads.example" not in page.text


async def test_an_invitation_says_that_it_is_made_and_ended(open_site: Any) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        page = await (await anna.get("/settings/invitations")).submit("/settings/invitations", max_uses="1")
        assert "The invitation is made" in page.text
        end = re.search(r"/settings/invitations/\d+/end", page.html)
        assert end is not None
        assert "opens nothing any more" in (await page.submit(end[0])).text


@pytest.mark.parametrize("path", ["/follow-requests", "/settings", "/settings/privacy", "/settings/people"])
async def test_strangers_are_asked_to_log_in(open_site: Any, path: str) -> None:
    async with open_site() as site:
        assert (await site.visitor().get(path)).path.startswith("/log-in")
