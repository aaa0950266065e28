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


async def test_the_archive_goes_out_and_comes_in(open_site, database, picture: bytes) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        anna, vera = await site.member("anna"), await site.member("vera")
        await anna.write("soy and coconut")
        page = await (await anna.get("/settings/data")).submit("/settings/archive")
        assert "being packed" in page.text
        assert (await anna.get("/settings/archive/archive.zip")).status == 404
        await run_tasks(site.application)
        page = await anna.get("/settings/data")
        assert "1 post" in page.text
        taken = (await anna.get("/settings/archive/archive.zip")).response
        assert taken.headers["content-disposition"] == 'attachment; filename="raf-anna.zip"'
        assert len(taken.content) == int(taken.headers["content-length"])
        assert (await vera.get("/settings/archive/archive.zip")).status == 404
        assert (await page.submit("/settings/archive")).status == 422
        page = await vera.get("/settings/data")
        file = {"archive": ("raf-anna.zip", taken.content, "application/zip")}
        page = await page.submit("/settings/import/archive", files=file)
        await run_tasks(site.application)
        assert "1 of 1" in (await vera.get("/settings/data")).text
        assert "soy and coconut" in (await vera.get("/@vera")).text


async def test_what_is_no_archive_is_told_at_its_field(open_site, picture: bytes) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        anna = await site.member("anna")
        page = await anna.get("/settings/data")
        page = await page.submit("/settings/import/archive", files={"archive": ("a.zip", picture, "application/zip")})
        assert (page.status, "This file cannot be read" in page.text) == (422, True)
        assert list((site.application.data_dir / "archives").iterdir()) == []
