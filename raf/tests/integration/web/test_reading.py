"""How somebody likes posts to be shown: kept, told to apps, and done by the pages."""

from __future__ import annotations

from typing import Any

from raf.network import NewPost, open_raf


async def test_pages_show_posts_as_their_reader_likes_them(open_site: Any, picture: bytes) -> None:
    async with open_site() as site:
        await site.member("boris")
        anna = await site.member("anna")
        raf = site.application.part(open_raf)
        author = int((await raf.account_by_name("boris")).id)
        file = await raf.upload(author, picture)
        await raf.post(author, NewPost(text="a picture", sensitive=True, media_ids=(file,)))
        await raf.post(author, NewPost(text="the end of the film", spoiler_text="Spoilers"))

        async def lids() -> tuple[int, int]:
            html = (await anna.get("/local")).html
            return html.count('<details class="lid">'), html.count('<details class="lid" open>')

        before = await lids()
        assert before[1] == 0
        settings = await anna.get("/settings/preferences")
        saved = await settings.submit("/settings/preferences/reading", media="show_all", spoilers=True)
        assert saved.form("/settings/preferences/reading").values["media"] == ["show_all"]
        after = await lids()
        assert after == (before[0] - 2, 1)  # the picture is not covered, the warning stands open
        await saved.submit("/settings/preferences/reading", media="hide_all", spoilers=None)
        assert (await lids())[0] == before[0]


async def test_the_feeds_of_this_island_and_of_everywhere_stand_side_by_side(open_site: Any) -> None:
    async with open_site() as site:
        boris = await site.member("boris")
        await boris.write("Coconut for all")
        for path, other in (("/local", "/federated"), ("/federated", "/local")):
            page = await site.visitor().get(path)
            assert "Coconut for all" in page.text
            assert f'href="{other}"' in page.html
            assert f'data-stream="{path[1:]}"' in page.html


async def test_a_notification_that_a_filter_hides_is_not_there(open_site: Any) -> None:
    from ostrov import run_tasks

    async with open_site() as site:
        boris, anna = await site.member("boris"), await site.member("anna")
        account_id = int((await site.application.part(open_raf).account_by_name("anna")).id)
        await boris.write("@anna about onions")
        await boris.write("@anna about coconut")
        await run_tasks(site.application)
        assert "onions" in (await anna.get("/notifications")).text
        await _hide(site.application, account_id, "onions")
        text = (await anna.get("/notifications")).text
        assert "onions" not in text
        assert "coconut" in text


async def _hide(application: Any, account_id: int, word: str) -> None:
    from raf.filters.filters import open_filters
    from raf.filters.forms import FilterChange, KeywordChange

    change = FilterChange(title=word, contexts=("notifications",), action="hide", keywords=(KeywordChange(keyword=word),))
    await application.part(open_filters).create(account_id, change)
