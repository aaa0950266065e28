"""The moderators' desk and what people do with it, in a browser without scripts."""

from __future__ import annotations

from typing import Any

from raf.moderation import judging
from raf.moderation.blocking import DomainForm, block_domain
from raf.moderation.moderation import open_moderation
from raf.web.testing import Site, Visitor

PAGES = ("", "/reports", "/people", "/appeals", "/blocks", "/house", "/announcements", "/emojis", "/audit")


async def staff(site: Site, name: str = "vera", role: str = "owner", language: str = "en") -> Visitor:
    visitor = await site.member(name, language)
    moderation = site.application.part(open_moderation)
    account = await moderation.raf.account_by_name(name)
    await moderation.write(judging.give_role, 0, int(account.id), role)
    return visitor


async def test_a_report_is_made_read_and_answered_without_scripts(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        vera, rude, ada = await staff(site), await site.member("rude"), await site.member("ada")
        await rude.write("grr grr")
        profile = await ada.get("/@rude")
        link = next(link for link in profile.found.links if link.startswith("/report?"))
        form = await ada.get(link)
        assert "grr grr" in form.text
        told = await form.submit("/report", category="spam", comment="It growls")
        assert "A moderator will look at it" in told.text
        desk = await vera.get("/moderation")
        assert "1 open report" in desk.text
        listed = await vera.get("/moderation/reports")
        assert "It growls" in listed.text
        path = next(link for link in listed.found.links if link.startswith("/moderation/reports/"))
        report = await vera.get(path)
        noted = await report.submit(f"{path}/note", text="Again?")
        assert "Again?" in noted.text
        done = await noted.submit(f"{path}/judge", verdict="silence", text="Growl less")
        assert "Open again" in done.text
        assert "@vera limited @rude" in (await vera.get("/moderation/audit")).text
        standing = await rude.get("/standing")
        assert "Growl less" in standing.text
        action = next(form.action for form in standing.found.forms if form.action.endswith("/appeal"))
        assert "Your appeal is sent" in (await standing.submit(action, text="I sang")).text
        appeals = await vera.get("/moderation/appeals")
        assert "I sang" in appeals.text


async def test_the_log_says_in_the_readers_language_how_a_server_was_blocked(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        vera, moderation = await staff(site, language="ru"), site.application.part(open_moderation)
        await moderation.write(block_domain, 0, DomainForm(domain="spam.example", severity="suspend"))
        log = (await vera.get("/moderation/audit")).text
        assert "spam.example" in log
        assert "suspend" not in log


async def test_a_suspended_person_reads_why_and_can_do_nothing_else(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        rude = await site.member("rude")
        moderation = site.application.part(open_moderation)
        account = await moderation.raf.account_by_name("rude")
        await moderation.judge(0, int(account.id), "suspend", "You sold rafts")
        page = await rude.get("/home")
        assert page.path == "/standing"
        assert "You sold rafts" in page.text
        assert (await site.visitor().get("/@rude")).status == 404
        await moderation.lift(0, int(account.id), "unsuspend")
        assert (await rude.get("/home")).path == "/home"


async def test_the_desk_is_for_who_has_a_role(open_site: Any) -> None:
    async with open_site() as site:
        vera, ada = await staff(site), await site.member("ada")
        moderator = await staff(site, "mia", "moderator")
        for page in PAGES:
            assert (await vera.get(f"/moderation{page}")).status == 200, page
            assert (await ada.get(f"/moderation{page}")).status == 403, page
            assert (await site.visitor().get(f"/moderation{page}")).path.startswith("/log-in"), page
        assert (await moderator.get("/moderation/house")).status == 403
        assert "/moderation/house" not in (await moderator.get("/moderation")).found.links
        assert "/moderation" in (await vera.get("/home")).found.links
        assert "/moderation" not in (await ada.get("/home")).found.links


async def test_the_house_is_kept_without_scripts(open_site: Any, picture: bytes, database: list[str]) -> None:
    async with open_site() as site:
        vera = await staff(site)
        page = await vera.get("/moderation/house")
        page = await page.submit("/moderation/rules", text="Be kind", hint="Always")
        page = await page.submit("/moderation/texts/terms", text="# Terms\n\nDrink slowly.")
        about = await site.visitor().get("/about")
        assert "Be kind" in about.text
        assert "Drink slowly." in (await site.visitor().get("/terms")).text
        page = await vera.get("/moderation/emojis")
        page = await page.submit("/moderation/emojis", {"picture": ("cup.jpg", picture, "image/jpeg")}, shortcode="cup")
        assert ":cup:" in page.text
        posted = await vera.write("a :cup: for you")
        assert 'alt=":cup:"' in posted.html
        page = await vera.get("/moderation/announcements")
        await page.submit("/moderation/announcements", text="New beans on Monday")
        ada = await site.member("ada")
        news = await ada.get("/announcements")
        assert "New beans on Monday" in news.text
        page = await vera.get("/moderation/blocks")
        page = await page.submit("/moderation/blocks/email_domain_block", target="spam.example")
        assert "spam.example" in page.text
        page = await page.submit("/moderation/blocks/ip_block", target="192.0.2.0/24", severity="sign_up_block")
        assert "192.0.2.0/24" in page.text


async def test_newcomers_ask_and_the_invited_come_in_at_once(open_site: Any, database: list[str]) -> None:
    async with open_site("raf.identity.approval=true") as site:
        moderation = site.application.part(open_moderation)
        new = site.visitor()
        page = await new.get("/sign-up")
        form = {"username": "nina", "email": "nina@example.org", "password": "coconut-and-soy", "agreement": True}
        page = await page.submit("/sign-up", **form, reason="For the raf")
        assert page.path == "/standing"
        assert "waits for a moderator" in page.text
        nina = await moderation.store.read(lambda connection: connection.value("SELECT id FROM account"))
        await moderation.welcome(0, nina, approved=True)
        assert (await new.get("/home")).path == "/home"
        page = await (await new.get("/settings/invitations")).submit("/settings/invitations", max_uses="1", lives="7")
        code = page.html.split("/invite/")[1].split('"')[0]
        friend = site.visitor()
        page = await friend.get(f"/invite/{code}")
        assert "@nina invites you" in page.text
        form |= {"username": "olga", "email": "olga@example.org"}
        assert (await page.submit("/sign-up", **form)).path == "/local"
        assert (await site.visitor().get(f"/invite/{code}")).status == 404
