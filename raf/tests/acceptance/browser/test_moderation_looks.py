"""The moderators' desk and its neighbours, by day, by night and on a phone: no faults, and nothing sticks out."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from raf.demo.crowd import PASSWORD
from raf.moderation import admission, announcements, appeals, house, judging
from raf.moderation.announcements import NewNotice
from raf.moderation.blocking import DomainForm, IpForm, block_domain, block_ip
from raf.moderation.moderation import open_moderation
from raf.moderation.reporting import NewReport, note
from raf.network import open_raf

from .test_looks import DESKTOP, PHONE, examine

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

LOOKS = [
    pytest.param("desktop", DESKTOP, "light", "en", id="desktop"),
    pytest.param("dark", DESKTOP, "dark", "ru", id="dark"),
    pytest.param("phone", PHONE, "light", "ru", id="phone"),
]
DESK = ("", "/reports", "/people", "/appeals", "/blocks", "/house", "/announcements", "/emojis", "/audit")


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_the_desk_has_no_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        raf, moderation = place.application.part(open_raf), place.application.part(open_moderation)
        people, posts = place.crowd.accounts, place.crowd.posts
        vera, june = people["kokosova"], people["june"]
        await moderation.write(judging.give_role, 0, vera, "owner")
        author = int((await raf.status(posts["sea"], None)).account.id)
        reporter = next(identity for identity in people.values() if identity not in (author, vera, june))
        filed = NewReport(target_id=author, category="other", comment="It is rude about oat milk.", status_ids=(posts["sea"],))
        report = await moderation.report(reporter, filed)
        await moderation.write(note, vera, report.id, "I know the recipe. It is fine.")
        strike = await moderation.judge(0, june, "silence", "Ten posts a minute is a flood.")
        await moderation.write(appeals.appeal, june, strike, "It was a tasting!")
        await moderation.write(house.write_rule, 0, None, "Be kind", "Argue about roast levels, not about people.")
        await moderation.write(house.write_text, 0, "terms", "# Terms\n\nDrink slowly.\n\n- no rafts\n- only raf")
        await moderation.write(
            house.write_text, 0, "privacy", "# Privacy\n\nWe keep your address to write to you.\n\n- nothing more"
        )
        await moderation.write(announcements.write, 0, NewNotice(text="New beans on Monday: https://raf.example/beans"))
        await moderation.write(block_domain, 0, DomainForm(domain="spam.example", severity="suspend", public_comment="Spam"))
        await moderation.write(block_ip, 0, IpForm(ip="192.0.2.0/24", severity="sign_up_block"))
        await moderation.write(admission.invite, vera, raf.settings.identity, 5, 86400.0, False, "Nina")
        drawing = io.BytesIO()
        Image.new("RGBA", (64, 64), (168, 83, 42, 255)).save(drawing, "PNG")
        await moderation.add_emoji(0, "raf_cup", drawing.getvalue(), "cups")
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        if language == "en":
            await page.goto("/settings/preferences")
            await page.click("main button[value=en]")
        paths = {f"moderation{path.replace('/', '-')}": f"/moderation{path}" for path in DESK}
        paths |= {
            "moderation-report": f"/moderation/reports/{report.id}",
            "moderation-person": f"/moderation/people/{june}",
            "report": f"/report?status={posts['sea']}",
            "announcements": "/announcements",
            "standing": "/standing",
            "settings-invitations": "/settings/invitations",
            "terms": "/terms",
            "privacy": "/privacy",
        }
        for name, path in paths.items():
            await page.goto(path)
            faults += await examine(page, f"{name}-{look}", theme)
        await moderation.judge(0, june, "suspend", "Enough.")
        other = await place.open("/log-in", size=size, theme=theme, language=language)
        await other.fill("#f-name", "june")
        await other.fill("#f-password", PASSWORD)
        await other.click("main .button.wide")
        await other.wait_for_url("**/standing")
        faults += await examine(other, f"suspended-{look}", theme)
    assert faults == []
