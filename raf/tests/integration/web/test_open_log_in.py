"""Logging in with an account of another place, which runs here as a small OpenID provider over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from raf.moderation import judging
from raf.moderation.moderation import open_moderation
from raf.network import open_raf
from raf.openid.testing import Place, other_place
from raf.web.testing import ADDRESS, PASSWORD, Page, Visitor


@pytest.fixture
def place() -> Iterator[Place]:
    """The other place, on a port of its own."""
    with other_place(ADDRESS) as made:
        yield made


async def came(place: Place, visitor: Visitor, subject: str) -> Page:
    """Somebody who goes there from the log-in and comes back."""
    sent = await visitor.client.get("/log-in/open", follow_redirects=False)
    return await visitor.get(place.approve(sent.headers["location"], subject))


async def connected(place: Place, visitor: Visitor, subject: str) -> Page:
    """A member who connects an account there."""
    page = await (await visitor.get("/settings/security")).submit("/settings/security/open")
    where = next(link for link in page.found.links if link.startswith(place.issuer))
    return await visitor.get(place.approve(where, subject))


async def test_a_connected_account_lets_in(open_site, database, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        assert "Log in with Kofeinya" in (await site.visitor().get("/log-in")).text
        page = await came(place, site.visitor(), "anna@there")
        assert (page.status, "No account here is connected" in page.text) == (422, True)
        anna = await site.member("anna")
        assert "Your account there opens this one." in (await connected(place, anna, "anna@there")).text
        page = await came(place, site.visitor(), "anna@there")
        assert (page.path, "@anna" in page.text) == ("/home", True)
        await (await anna.get("/settings/security")).submit("/settings/security/open/remove")
        assert (await came(place, site.visitor(), "anna@there")).status == 422


async def test_one_account_there_opens_one_here(open_site, database, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        anna, vera = await site.member("anna"), await site.member("vera")
        await connected(place, anna, "anna@there")
        assert "It was not connected" in (await connected(place, vera, "anna@there")).text
        assert "@anna" in (await came(place, site.visitor(), "anna@there")).text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"exp": 1000},
        {"aud": ["raf", "another"]},
        {"sub": ""},
        None,
    ],
)
async def test_an_answer_that_is_not_for_this_log_in_lets_nobody_in(open_site, place: Place, claims: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        await connected(place, await site.member("anna"), "anna@there")
        place.claims, place.forged = claims or {}, claims is None
        page = await came(place, site.visitor(), "anna@there")
        assert (page.status, "cannot be trusted" in page.text) == (422, True)


async def test_an_address_to_come_back_to_is_of_no_use_in_another_browser(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        await connected(place, await site.member("anna"), "anna@there")
        sent = await site.visitor().client.get("/log-in/open", follow_redirects=False)
        back = place.approve(sent.headers["location"], "anna@there")
        other = site.visitor()
        await other.client.get("/log-in/open", follow_redirects=False)
        assert (await other.get(back)).status == 422
        vera = await site.member("vera")
        assert (await vera.get(back)).path == "/settings/security"
        assert "Your account there" not in (await vera.get("/settings/security")).text


async def test_without_another_place_there_is_nothing_of_it(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        assert "/log-in/open" not in (await site.visitor().get("/log-in")).html
        assert (await site.visitor().get("/log-in/open")).status == 404


OPEN_SIGN_UP = "raf.openid.sign_up=true"


async def test_who_comes_from_there_opens_an_account_even_when_strangers_cannot(  # type: ignore[no-untyped-def]
    open_site, database, place: Place
) -> None:
    closed = ("raf.identity.registrations=false", "raf.identity.approval=true")
    async with open_site(*place.settings, OPEN_SIGN_UP, *closed) as site:
        place.claims = {"preferred_username": "anna.k@there", "email": "anna@there.example"}
        assert "Sign up with Kofeinya" in (await site.visitor().get("/sign-up")).text
        visitor = site.visitor()
        page = await came(place, visitor, "anna@there")
        assert (page.path, "Kofeinya knows you" in page.text) == ("/sign-up/open", True)
        begun = page.form("/sign-up/open").values
        assert (begun["username"], begun["email"]) == (["anna_k"], ["anna@there.example"])
        page = await page.submit("/sign-up/open", username="root", password=PASSWORD, agreement=True)
        assert (page.status, page.form("/sign-up/open").values["username"]) == (422, ["root"])
        page = await page.submit("/sign-up/open", username="anna", password=PASSWORD, agreement=True)
        assert (page.path, "@anna" in page.text) == ("/home", True)
        assert "Your account there opens this one." in (await visitor.get("/settings/security")).text
        again = await came(place, site.visitor(), "anna@there")
        assert (again.path, "@anna" in again.text) == ("/home", True)


async def test_a_form_to_join_from_there_is_of_use_once_and_in_one_browser(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings, OPEN_SIGN_UP) as site:
        visitor = site.visitor()
        page = await came(place, visitor, "anna@there")
        kept = dict(visitor.client.cookies)
        filled = {"username": "anna", "email": "a@example.org", "password": PASSWORD, "agreement": True}
        assert (await page.submit("/sign-up/open", **filled)).path == "/home"
        late = site.visitor()
        late.client.cookies.update(kept)
        assert (await late.get("/sign-up/open")).path == "/log-in"
        assert (await site.visitor().get("/sign-up/open")).path == "/log-in"


async def test_without_the_setting_nobody_joins_from_there(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        assert "/log-in/open" not in (await site.visitor().get("/sign-up")).html
        assert (await came(place, site.visitor(), "anna@there")).status == 422


async def test_a_blocked_provider_is_blocked_for_who_comes_from_there_too(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings, OPEN_SIGN_UP) as site:
        vera = await site.member("vera")
        account = await site.application.part(open_raf).account_by_name("vera")
        await site.application.part(open_moderation).write(judging.give_role, 0, int(account.id), "owner")
        page = await vera.get("/moderation/blocks")
        await page.submit("/moderation/blocks/email_domain_block", target="spam.example")
        page = await came(place, site.visitor(), "anna@there")
        filled = {"username": "anna", "email": "anna@spam.example", "password": PASSWORD, "agreement": True}
        assert "This is not allowed here" in (await page.submit("/sign-up/open", **filled)).text
