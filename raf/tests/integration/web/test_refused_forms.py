"""A refused form comes back as it was sent: nothing typed is lost, and what is wrong stands at its field."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov import run_tasks
from raf.moderation import judging
from raf.moderation.moderation import open_moderation
from raf.network import open_raf
from raf.web.testing import Site, Visitor

LONG = "и долго, и подробно " * 150


async def owner(site: Site, language: str = "en") -> Visitor:
    """Somebody who may do everything at the desk."""
    visitor = await site.member("vera", language)
    account = await site.application.part(open_raf).account_by_name("vera")
    await site.application.part(open_moderation).write(judging.give_role, 0, int(account.id), "owner")
    return visitor


PERIOD = {"starts_at": "2026-05-02T10:00", "ends_at": "2026-05-01T10:00"}
NO_SITE, NO_NETWORK = "not the name of a site", "neither an address nor a network"


@pytest.mark.parametrize(
    ("page", "action", "typed", "said"),
    [
        ("blocks", "blocks/ip_block", {"target": "192.0.2", "comment": "robots", "days": "7"}, NO_NETWORK),
        ("blocks", "blocks/ip_block", {"target": "192.0.2.7", "days": "ages"}, "This does not look right"),
        ("blocks", "blocks/email_domain_block", {"target": "not a name", "allow_with_approval": "1"}, NO_SITE),
        ("blocks", "blocks/domain_block", {"target": "bad one", "severity": "noop", "comment": "why"}, NO_SITE),
        ("blocks", "blocks/domain_allow", {"target": "bad!"}, NO_SITE),
        ("house", "rules", {"text": " ", "hint": "a long explanation"}, "This is needed"),
        ("announcements", "announcements", {"text": "News", **PERIOD}, "ends before"),
        ("announcements", "announcements", {"text": "News", "ends_at": "tomorrow"}, "not a time"),
        ("emojis", "emojis", {"shortcode": "raf_cup", "category": "drinks"}, "This is needed"),
    ],
)
async def test_the_desk_gives_a_refused_form_back(
    open_site: Any, page: str, action: str, typed: dict[str, str], said: str
) -> None:
    async with open_site() as site:
        vera = await owner(site)
        back = await (await vera.get(f"/moderation/{page}")).submit(f"/moderation/{action}", **typed)
        assert (back.status, said in back.text) == (422, True), back.text
        there = back.form(f"/moderation/{action}").values
        assert {name: there[name][0] for name in typed} == typed
        assert back.html.count('aria-invalid="true"') == 1 or page == "emojis"


async def test_other_forms_of_the_page_stay_as_they_were(open_site: Any) -> None:
    async with open_site() as site:
        vera = await owner(site)
        await (await vera.get("/moderation/house")).submit("/moderation/rules", text="Be kind", hint="")
        page = await (await vera.get("/moderation/house")).submit("/moderation/rules", text="", hint="Because")
        rule = next(form for form in page.found.forms if form.action.endswith("/write"))
        assert rule.values["text"] == ["Be kind"]
        assert page.form("/moderation/rules").values["hint"] == ["Because"]


async def test_an_address_is_blocked_once(open_site: Any, database: Any) -> None:
    async with open_site() as site:
        vera = await owner(site)
        for told, status in (("Blocked.", 200), ("It is blocked already", 422)):
            page = await (await vera.get("/moderation/blocks")).submit("/moderation/blocks/ip_block", target="192.0.2.0/24")
            assert (page.status, told in page.text) == (status, True)


async def test_a_report_too_long_comes_back_with_what_was_chosen(open_site: Any) -> None:
    async with open_site() as site:
        anna, boris = await site.member("anna"), await site.member("boris")
        await boris.write("Buy beans, all of you")
        account = await site.application.part(open_raf).account_by_name("boris")
        form = await anna.get(f"/report?account={account.id}")
        page = await form.submit("/report", category="spam", comment=LONG, mute=True)
        assert (page.status, "This is too long" in page.text) == (422, True)
        there = page.form("/report").values
        assert (there["category"], there["comment"], there["mute"]) == (["spam"], [LONG], ["1"])
        assert "Thank you" in (await page.submit("/report", comment="Spam")).text


async def test_an_appeal_that_is_empty_or_second_is_told_where_it_was_written(open_site: Any, database: Any) -> None:
    async with open_site() as site:
        vera, boris = await owner(site), await site.member("boris")
        account = await site.application.part(open_raf).account_by_name("boris")
        here = f"/moderation/people/{account.id}"
        await (await vera.get(here)).submit(f"{here}/judge", verdict="none", text="Gently")
        await run_tasks(site.application)
        standing = await boris.get("/standing")
        action = next(form.action for form in standing.found.forms if form.action.endswith("/appeal"))
        assert "This is needed" in (await standing.submit(action, text=" ")).text
        page = await standing.submit(action, text=LONG)
        assert (page.status, page.form(action).values["text"]) == (422, [LONG])
        assert "Your appeal is sent" in (await standing.submit(action, text="I was joking")).text
        assert "You appealed already" in (await standing.submit(action, text="Again")).text


async def test_what_a_rule_of_the_house_forbids_is_said_on_the_page_of_the_person(open_site: Any) -> None:
    async with open_site() as site:
        vera = await owner(site, "ru")
        boris = await site.member("boris")
        account = await site.application.part(open_raf).account_by_name("boris")
        here = f"/moderation/people/{account.id}"
        page = await vera.get(here)
        await page.submit(f"{here}/judge", verdict="suspend", text="")
        again = await page.submit(f"{here}/judge", verdict="suspend", text="Ещё раз")
        assert (again.status, "уже отстранена" in again.text) == (422, True)
        assert (await boris.get("/home")).path == "/standing"
