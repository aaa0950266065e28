"""Deleting one's account on its page."""

from __future__ import annotations

from raf.web.testing import PASSWORD


async def test_who_says_name_and_password_is_gone(open_site, database) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        anna, vera = await site.member("anna"), await site.member("vera")
        await anna.write("my last words")
        page = await anna.get("/settings/leave")
        wrong = await page.submit("/settings/leave", name="vera", password=PASSWORD)
        assert (wrong.status, "not the name" in wrong.text) == (422, True)
        wrong = await page.submit("/settings/leave", name="anna", password="wrong")
        assert (wrong.status, "not your password" in wrong.text) == (401, True)
        page = await page.submit("/settings/leave", name="@Anna", password=PASSWORD)
        assert (page.path, "Fare well" in page.text) == ("/local", True)
        assert (await anna.get("/settings/profile")).path.startswith("/log-in")
        assert (await vera.get("/@anna")).status == 404
        assert "my last words" not in (await vera.get("/local")).text
