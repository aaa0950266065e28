"""Pages speak the visitor's language, chosen visibly and kept."""

from __future__ import annotations


async def test_a_browser_is_answered_in_its_language_at_once(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        for language, words in (("ru", "Тихий остров"), ("en", "A quiet island")):
            page = await site.visitor(language).get("/")
            assert words in page.text
            assert page.found.language == language


async def test_the_switch_changes_the_language_and_comes_back_to_the_page(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = site.visitor("en")
        page = await (await visitor.get("/local")).submit("/appearance", language="ru")
        assert page.path == "/local"
        assert page.found.language == "ru"
        assert (await visitor.get("/about")).found.language == "ru"


async def test_the_language_follows_the_account_to_another_browser(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("member", "en")
        await (await member.get("/settings/preferences")).submit("/appearance", language="ru")
        other = site.visitor("en")
        page = await (await other.get("/log-in")).submit("/log-in", name="member", password="coconut-and-soy")
        assert page.found.language == "ru"


async def test_light_and_dark_are_kept_in_the_browser(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = site.visitor()
        assert "data-theme" not in (await visitor.get("/about")).html
        page = await (await visitor.get("/about")).submit("/appearance", theme="dark")
        assert 'data-theme="dark"' in page.html
        page = await page.submit("/appearance", theme="auto")
        assert "data-theme" not in page.html


async def test_a_kept_post_is_told_in_each_readers_language(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author = await site.member("author")
        await author.write("hello")
        assert "Reply: 0" in (await author.get("/local")).html
        russian = await site.member("russian", "ru")
        page = await russian.get("/local")
        assert "Ответить: 0" in page.html
        assert "Reply: 0" not in page.html
        assert 'href="/posts/' in page.html
        assert "/delete" not in page.html, "another person's post has no such way"
        assert "/delete" in (await author.get("/local")).html
        assert "/log-in?next=/@author/" in (await site.visitor().get("/local")).html


async def test_errors_are_pages_in_the_language(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        page = await site.visitor("ru").get("/@nobody")
        assert page.status == 404
        assert "Такой чашки нет" in page.text


async def test_a_failure_is_a_page_that_tells_nothing_inside(open_site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        from raf.network import Raf

        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError("secret details of the database")

        monkeypatch.setattr(Raf, "public", broken)
        page = await site.visitor().get("/local")
        assert page.status == 500
        assert "The cup slipped" in page.text
        assert "secret" not in page.html
