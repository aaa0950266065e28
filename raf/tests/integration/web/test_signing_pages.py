"""Signing up, logging in and out, passwords and browsers, without scripts."""

from __future__ import annotations

import re

from raf.web.testing import PASSWORD


async def test_somebody_signs_up_posts_logs_out_and_in_again(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = site.visitor()
        first = await visitor.sign_up("tom_oatlas")
        assert "Welcome to the island" in first.text
        page = await visitor.write("First cup of the day", spoiler_text="", visibility="public", language="en")
        assert page.path == "/home"
        assert "Poured." in page.text
        assert "First cup of the day" in page.text
        assert "Poured." not in (await visitor.get("/home")).text, "a notice is shown once"

        left = await (await visitor.get("/settings/preferences")).submit("/log-out")
        assert left.path == "/"
        assert (await visitor.get("/home")).path == "/log-in?next=/home"
        door = await visitor.get("/log-in?next=/bookmarks")
        back = await door.submit("/log-in", name="tom_oatlas", password=PASSWORD)
        assert back.path == "/bookmarks"


async def test_a_wrong_password_is_told_without_saying_which_part(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        await site.member("june")
        stranger = site.visitor()
        answers = []
        for name in ("june", "nobody_here"):
            page = await (await stranger.get("/log-in")).submit("/log-in", name=name, password="wrong-password")
            assert page.status == 401
            assert "do not belong together" in page.text
            answers.append(page.text.replace(name, ""))
        assert answers[0] == answers[1]


async def test_what_is_wrong_with_a_sign_up_stands_beside_the_field(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        await site.member("june")
        visitor = site.visitor("ru")
        page = await (await visitor.get("/sign-up")).submit(
            "/sign-up", username="june", email="not an address", password="short", agreement=None
        )
        assert page.status == 422
        assert "Это не адрес почты" in page.text
        assert "В пароле не меньше двенадцати знаков" in page.text
        assert "Нужно принять правила" in page.text
        assert page.form("/sign-up").values["username"] == ["june"], "what was filled in is kept"
        assert page.form("/sign-up").values["password"] == [""], "but the password is not sent back"
        taken = await page.submit("/sign-up", username="june", email="j@example.org", password=PASSWORD, agreement=True)
        assert "Это имя занято" in taken.text


async def test_the_password_is_changed_and_other_browsers_are_logged_out(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        here = await site.member("careful")
        there = site.visitor()
        await (await there.get("/log-in")).submit("/log-in", name="careful", password=PASSWORD)
        page = await here.get("/settings/security")
        assert page.text.count("Log out") == 1, "the other browser"
        wrong = await page.submit("/settings/security", current="not this one", password="new-and-better-1")
        assert "This is not your password" in wrong.text
        changed = await page.submit("/settings/security", current=PASSWORD, password="new-and-better-1")
        assert "The password is changed" in changed.text
        assert (await there.get("/home")).path.startswith("/log-in")
        assert (await here.get("/home")).path == "/home"


async def test_another_browser_is_logged_out_from_here(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        here = await site.member("careful")
        there = site.visitor()
        await (await there.get("/log-in")).submit("/log-in", name="careful", password=PASSWORD)
        page = await here.get("/settings/security")
        action = re.search(r"/settings/sessions/\d+/close", page.html)[0]  # type: ignore[index]
        await page.submit(action)
        assert (await there.get("/home")).path.startswith("/log-in")
