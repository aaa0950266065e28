"""Everything can be read and done with links and forms alone."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from ostrov.run.tasks.testing import working
from raf.web.testing import Visitor

pytestmark = pytest.mark.usefixtures("database")


async def test_a_stranger_is_welcomed_and_may_read(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author = await site.member("kokosova")
        await author.write("Раф на кокосе готов. #раф")
        stranger = site.visitor()
        landing = await stranger.get("/")
        assert landing.status == 200
        assert "Раф на кокосе готов." in landing.text
        assert landing.form("/sign-up")
        for path in ("/local", "/tags/раф", "/@kokosova", "/about", "/search?q=koko"):
            page = await stranger.get(path)
            assert page.status == 200, path
        post = next(link for link in landing.found.links if re.fullmatch(r"/@kokosova/\d+", link))
        assert "Раф на кокосе готов." in (await stranger.get(post)).text


async def test_a_post_is_liked_boosted_kept_and_let_go_again(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, reader = await site.member("author"), await site.member("reader")
        await author.write("Soy does not split if you respect it")
        page = await reader.get("/local")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        for there, back in (("favourite", "unfavourite"), ("reblog", "unreblog"), ("bookmark", "unbookmark")):
            page = await page.press(f"/posts/{post_id}/{there}")
            assert page.path == "/local"
            page = await page.press(f"/posts/{post_id}/{back}")
        page = await page.press(f"/posts/{post_id}/favourite")
        page = await page.press(f"/posts/{post_id}/reblog")
        page = await page.press(f"/posts/{post_id}/bookmark")
        assert "Soy does not split" in (await reader.get("/favourites")).text
        assert "Soy does not split" in (await reader.get("/bookmarks")).text
        assert "reader boosted" in (await reader.get("/@reader")).text
        thread = await reader.get(f"/@author/{post_id}")
        assert "1 boost" in thread.text
        assert "@reader" in (await reader.get(f"/@author/{post_id}/favourited_by")).text
        assert "@reader" in (await reader.get(f"/@author/{post_id}/reblogged_by")).text


async def test_an_answer_stands_in_the_thread(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, reader = await site.member("author"), await site.member("reader")
        await author.write("Which milk first?")
        post_id = re.search(r'data-post="(\d+)"', (await reader.get("/local")).html)[1]  # type: ignore[index]
        page = await reader.get(f"/posts/{post_id}/reply")
        assert page.form("/compose").values["text"] == ["@author "]
        thread = await page.submit("/compose", text="@author the coconut one")
        assert thread.path == f"/@author/{post_id}"
        assert "the coconut one" in thread.text
        answer = next(link for link in thread.found.links if re.fullmatch(r"/@reader/\d+", link))
        below = await author.get(answer)
        assert "Which milk first?" in below.text, "the post answered stands above"


async def test_an_answer_that_mentions_nobody_is_one_too(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, reader = await site.member("author"), await site.member("reader")
        page = await author.write("Part one")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        thread = await (await author.get(f"/posts/{post_id}/reply")).submit("/compose", text="Part two")
        assert "Part two" in thread.text
        assert ">Thread</a>" in (await author.get("/@author/with_replies")).html
        await (await reader.get(f"/posts/{post_id}/reply")).submit("/compose", text="no name in it")
        assert "In reply to a post" in (await reader.get("/@reader/with_replies")).text


async def test_following_fills_the_home_page(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, reader = await site.member("author"), await site.member("reader")
        await author.write("Roasting now")
        profile = await reader.get("/@author")
        account_id = re.search(r"/accounts/(\d+)/follow", profile.html)[1]  # type: ignore[index]
        profile = await profile.press(f"/accounts/{account_id}/follow")
        assert "Following" in profile.text
        assert "Roasting now" in (await reader.get("/home")).text
        assert "@reader" in (await reader.get("/@author/followers")).text
        assert "@author" in (await reader.get("/@reader/following")).text
        await profile.press(f"/accounts/{account_id}/unfollow")
        assert "Roasting now" not in (await reader.get("/home")).text


async def test_a_locked_account_lets_in_by_hand(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        shy, fan = await site.member("shy"), await site.member("fan")
        await (await shy.get("/settings/privacy")).submit("/settings/privacy", locked=True)
        profile = await fan.get("/@shy")
        account_id = re.search(r"/accounts/(\d+)/follow", profile.html)[1]  # type: ignore[index]
        asked = await profile.press(f"/accounts/{account_id}/follow")
        assert "Asked." in asked.text
        assert "Requested" in asked.text
        page = await shy.get("/notifications")
        action = re.search(r"/accounts/\d+/authorize", page.html)[0]  # type: ignore[index]
        await page.press(action)
        assert "Following" in (await fan.get("/@shy")).text


async def test_a_post_is_changed_and_deleted_by_its_author_only(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, other = await site.member("author"), await site.member("other")
        page = await author.write("Epsresso")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        editing = await author.get(f"/posts/{post_id}/edit")
        assert editing.form(f"/posts/{post_id}/edit").values["text"] == ["Epsresso"]
        changed = await editing.submit(f"/posts/{post_id}/edit", text="Espresso")
        assert "Espresso" in changed.text
        assert "Edited" in changed.text
        for path in (f"/posts/{post_id}/edit", f"/posts/{post_id}/delete"):
            assert (await other.get(path)).status == 403
        asked = await author.get(f"/posts/{post_id}/delete")
        gone = await asked.submit(f"/posts/{post_id}/delete")
        assert "The post is gone" in gone.text
        assert (await author.get(f"/@author/{post_id}")).status == 404


async def test_a_post_that_will_not_do_comes_back_with_its_text(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("verbose")
        page = await visitor.write("x" * 501, spoiler_text="long")
        assert page.status == 422
        assert "The post is too long" in page.text
        assert page.form("/compose").values["text"] == ["x" * 501]
        assert page.form("/compose").values["spoiler_text"] == ["long"]
        empty = await visitor.write("")
        assert "Write something" in empty.text


async def test_a_form_sent_twice_posts_once(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("nervous")
        page = await visitor.get("/home")
        await page.submit("/compose", text="Only one of me")
        again = await page.submit("/compose", text="Only one of me")
        assert again.text.count("Only one of me") == 1


async def test_pictures_with_descriptions_are_posted(open_site, picture: bytes) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("photographer")
        page = await (await visitor.get("/compose")).submit(
            "/compose",
            {"media_0": ("cup.jpg", picture, "image/jpeg")},
            text="Look",
            alt_0="A cup on a windowsill",
        )
        assert page.status == 200, page.text
        assert 'alt="A cup on a windowsill"' in page.html
        assert "A cup" in (await visitor.get("/@photographer/media")).html


async def test_a_disguised_file_is_refused_in_words(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("joker")
        script = ("cup.png", b"<svg onload=alert(1)>" * 20, "image/png")
        page = await (await visitor.get("/compose")).submit("/compose", {"media_0": script}, text="Look")
        assert page.status == 422
        assert "no picture, film or sound" in page.text
        assert page.form("/compose").values["text"] == ["Look"]


async def test_a_profile_shows_what_its_owner_filled_in(open_site, picture: bytes) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("barista")
        page = await (await visitor.get("/settings/profile")).submit(
            "/settings/profile",
            {"avatar": ("me.jpg", picture, "image/jpeg")},
            display_name="Марина Кокосова",
            note="Бариста. <b>Соя</b> не сворачивается.",
            field_name_0="Зёрна",
            field_value_0="Гуджи",
            bot=True,
        )
        assert "Saved." in page.text
        profile = await site.visitor().get("/@barista")
        assert "Марина Кокосова" in profile.text
        assert "<b>Соя</b> не сворачивается." in profile.text, "markup is text"
        assert "Гуджи" in profile.text
        assert "Bot" in profile.text
        assert "default/avatar" not in profile.html


async def test_older_posts_are_a_link_away(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("prolific")
        for number in range(23):
            await visitor.write(f"cup number {number}.")
        first = await visitor.get("/@prolific")
        assert "cup number 22." in first.text
        older = next(link for link in first.found.links if "max_id" in link)
        second = await visitor.get(older)
        assert [f"cup number {n}." in second.text for n in (3, 2, 1, 0)] == [False, True, True, True]
        assert not any("max_id" in link for link in second.found.links)


async def test_muted_and_blocked_people_are_gone(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        loud, calm = await site.member("loud"), await site.member("calm")
        await loud.write("LOUD")
        profile = await calm.get("/@loud")
        account_id = re.search(r"/accounts/(\d+)/block", profile.html)[1]  # type: ignore[index]
        page = await profile.press(f"/accounts/{account_id}/mute")
        assert "Muted" in page.text
        assert "LOUD" not in (await calm.get("/local")).text
        page = await page.press(f"/accounts/{account_id}/unmute")
        page = await page.press(f"/accounts/{account_id}/block")
        assert "Unblock" in page.text
        post_id = re.search(r'data-post="(\d+)"', (await loud.get("/@loud")).html)[1]  # type: ignore[index]
        assert (await calm.get(f"/@loud/{post_id}")).status in (200, 404)


async def test_notifications_tell_who_did_what_until_they_are_read(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site, working(site.application):
        author, reader = await site.member("author"), await site.member("reader")
        await author.write("Ask me anything")
        page = await reader.get("/local")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        await page.press(f"/posts/{post_id}/favourite")
        await (await reader.get(f"/posts/{post_id}/reply")).submit("/compose", text="@author why soy?")
        deadline = time.monotonic() + 10
        while await bell(author) < 2 and time.monotonic() < deadline:  # noqa: ASYNC110 - another process would write it
            await asyncio.sleep(0.02)
        assert await bell(author) == 2
        told = await author.get("/notifications")
        assert "reader likes your post" in told.text
        assert "why soy?" in told.text
        assert await bell(author) == 0, "seeing them marks them read"
        only = await author.get("/notifications?only=mentions")
        assert "why soy?" in only.text
        assert "likes your post" not in only.text
        cleared = await told.submit("/notifications/clear")
        assert "All quiet" in cleared.text


async def bell(visitor: Visitor) -> int:
    """The number beside the bell."""
    found = re.search(r'class="count-dot" data-count>(\d+)<', (await visitor.get("/about")).html)
    return int(found[1]) if found else 0


async def test_search_finds_people_and_tags(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("kokosova")
        await visitor.write("О #латтеарт и прочем")
        people = await visitor.get("/search?q=koko")
        assert "@kokosova" in people.text
        tags = await visitor.get("/search?q=%23латтеарт")
        assert "/tags/" in " ".join(tags.found.links)
        assert "и прочем" in tags.text
        assert "Nothing found" in (await visitor.get("/search?q=zzzzzz")).text
