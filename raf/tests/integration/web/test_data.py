"""What one takes along and brings, on the pages, without scripts."""

from __future__ import annotations

from ostrov import run_tasks


async def test_lists_go_out_and_come_in(open_site, database) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        anna, vera = await site.member("anna"), await site.member("vera")
        await (await anna.get("/@vera")).press(next(f for f in _actions(await anna.get("/@vera")) if f.endswith("/follow")))
        taken = await anna.get("/settings/export/following_accounts.csv")
        assert taken.response.headers["content-type"] == "text/csv; charset=utf-8"
        assert "attachment" in taken.response.headers["content-disposition"]
        assert taken.html.splitlines()[1].startswith("vera@")
        page = await vera.get("/settings/data")
        text = "Account address\nanna\nnobody@elsewhere.example\n"
        page = await page.submit("/settings/import", kind="following", files={"file": ("a.csv", text.encode(), "text/csv")})
        assert "It begins soon" in page.text
        await run_tasks(site.application)
        page = await vera.get("/settings/data")
        assert "2 of 2" in page.text
        link = next(link for link in page.found.links if link.endswith("/failures"))
        assert (await vera.get(link)).html == 'nobody@elsewhere.example,,,,"It is not known here, or not for you to see"\n'
        assert (await anna.get(link)).status == 404
        assert "anna" in (await vera.get("/settings/export/following_accounts.csv")).html


async def test_a_file_that_cannot_be_read_is_told_at_its_field(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        anna = await site.member("anna", "ru")
        page = await anna.get("/settings/data")
        for content, said in ((b"\xff\xfe", "Этот файл не читается"), (b" ", "В нём нет ничего")):
            page = await page.submit("/settings/import", kind="lists", files={"file": ("a.csv", content, "text/csv")})
            assert (page.status, said in page.text) == (422, True)
        assert (await anna.get("/settings/export/passwords.csv")).status == 404


async def test_strangers_take_nothing(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        stranger = site.visitor()
        for path in ("/settings/data", "/settings/export/bookmarks.csv", "/settings/import/1/failures"):
            assert (await stranger.get(path)).path.startswith("/log-in")


def _actions(page) -> list[str]:  # type: ignore[no-untyped-def]
    return [button.get("formaction", "") for button in page.found.loose]
