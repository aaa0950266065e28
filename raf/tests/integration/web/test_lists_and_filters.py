"""Lists, filters and tags with forms alone, in both languages."""

from __future__ import annotations

from typing import Any

from raf.filters.sifting import sift


async def follow(visitor: Any, name: str) -> None:
    page = await visitor.get(f"/@{name}")
    (action,) = [b["formaction"] for b in page.found.loose if b.get("formaction", "").endswith("/follow")]
    await page.press(action)


async def test_a_list_is_made_filled_read_and_deleted(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        boris, vera = await site.member("boris"), await site.member("vera")
        anna = await site.member("anna")
        await boris.write("Coconut on the beach")
        await vera.write("Nothing to see")
        for name in ("boris", "vera"):
            await follow(anna, name)
        page = await anna.get("/lists")
        assert "No lists yet" in page.text
        refused = await page.submit("/lists", title=" ")
        assert (refused.status, "This is needed" in refused.text) == (422, True)
        edit = await page.submit("/lists", title="Beach <people>")
        assert edit.path.endswith("/edit")
        path = edit.path.removesuffix("/edit")
        found = await anna.get(f"{edit.path}?q=bor")
        assert "vera" not in found.html.partition('id="main"')[2].partition("</main>")[0]
        edit = await found.submit(f"{path}/add")
        assert "Take out" in edit.text
        timeline = await anna.get(path)
        assert "Coconut on the beach" in timeline.text
        assert "Nothing to see" not in timeline.text
        assert "Beach &lt;people&gt;" in timeline.html
        saved = await edit.submit(f"{path}/edit", title="Shore", replies_policy="none", exclusive=True)
        assert "Saved." in saved.text
        home = await anna.get("/home")
        assert ("Coconut on the beach" in home.text, "Nothing to see" in home.text) == (False, True)
        assert "1 person · not in Home" in (await anna.get("/lists")).text
        assert (await vera.get(path)).status == 404
        edit = await (await anna.get(f"{path}/edit")).submit(f"{path}/remove")
        assert "Nobody sits here yet" in edit.text
        gone = await edit.submit(f"{path}/delete")
        assert "The list is gone" in gone.text
        assert (await anna.get(path)).status == 404


async def test_somebody_is_put_into_lists_from_their_profile(open_site: Any) -> None:
    async with open_site() as site:
        await site.member("boris")
        anna = await site.member("anna", "ru")
        await (await anna.get("/lists")).submit("/lists", title="Первый")
        edit = await (await anna.get("/lists")).submit("/lists", title="Второй")
        second = edit.path.split("/")[2]
        profile = await anna.get("/@boris")
        (lists,) = [link for link in profile.found.links if link.startswith("/accounts/")]
        assert "только те, кого вы читаете" in (await anna.get(lists)).text
        await follow(anna, "boris")
        page = await (await anna.get(lists)).submit(lists, list=[second])
        assert page.path == "/@boris"
        assert "boris" in (await anna.get(f"/lists/{second}/edit")).text
        page = await (await anna.get(lists)).submit(lists, list=[])
        assert "Здесь пока никого" in (await anna.get(f"/lists/{second}/edit")).text


async def test_a_filter_covers_or_leaves_out_posts_where_it_holds(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        boris, anna = await site.member("boris"), await site.member("anna")
        await follow(anna, "boris")
        await boris.write("The last episode was sad")
        form = await anna.get("/settings/filters/new")
        refused = await form.submit("/settings/filters/new", title="", word_1="episode", contexts=[])
        assert refused.status == 422
        assert "Choose at least one place" in refused.text
        saved = await form.submit("/settings/filters/new", title="Spoilers", word_1="episode", contexts=["home"])
        assert "Spoilers" in saved.text
        assert "Filtered: Spoilers" in (await anna.get("/home")).text
        assert "Filtered" not in (await anna.get("/local")).text
        assert "Filtered" not in (await boris.get("/local")).text
        (path,) = {link for link in saved.found.links if link.startswith("/settings/filters/") and link[-1].isdigit()}
        edit = await anna.get(path)
        await edit.submit(path, effect="hide", contexts=["home", "public", "thread"])
        for place in ("/home", "/local"):
            assert "episode" not in (await anna.get(place)).text
        link = next(
            link for link in (await anna.get("/@boris")).found.links if link.startswith("/@boris/") and link[-1].isdigit()
        )
        thread = await anna.get(link)
        assert "Filtered: Spoilers" in thread.text
        await (await anna.get(path)).submit(path, word_1="", word_2="season")
        assert "episode" in (await anna.get("/home")).text
        gone = await (await anna.get(path)).submit(f"{path}/delete")
        assert "The filter is gone" in gone.text
        assert (await boris.get(path)).status == 404


async def test_one_post_is_filtered_from_its_menu(open_site: Any) -> None:
    async with open_site() as site:
        boris, anna = await site.member("boris"), await site.member("anna")
        await follow(anna, "boris")
        await boris.write("Just this one")
        await boris.write("And not this")
        local = await anna.get("/local")
        link = [link for link in local.found.links if link.endswith("/filter")][1]
        page = await (await anna.get(link)).submit(link, title="")
        assert "The post is filtered." in page.text
        home = await anna.get("/home")
        assert ("Just this one" in home.text, "And not this" in home.text) == (False, True)
        settings = await anna.get("/settings/filters")
        assert ("Filtered posts" in settings.text, "1 post" in settings.text) == (True, True)


async def test_tags_are_followed_and_shown_on_the_profile(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        boris, anna = await site.member("boris"), await site.member("anna")
        await boris.write("Morning #Кофе")
        page = await anna.get("/tags/кофе")
        page = await page.press("/tags/%D0%BA%D0%BE%D1%84%D0%B5/follow")
        assert "Following" in page.text
        assert "Morning" in (await anna.get("/home")).text
        tags = await (await anna.get("/followed-tags")).submit("/followed-tags", name="#soy")
        assert ("#soy" in tags.text, "#кофе" in tags.text) == (True, True)
        assert "This cannot be a tag" in (await tags.submit("/followed-tags", name="a b")).text
        tags = await (await anna.get("/followed-tags")).submit("/tags/soy/unfollow")
        assert "#soy" not in tags.text
        shown = await (await boris.get("/settings/featured")).submit("/settings/featured", name="Кофе")
        assert "1 post" in shown.text
        again = await shown.submit("/settings/featured", name="кофе")
        assert (again.status, "This tag is there already" in again.text) == (422, True)
        profile = await anna.get("/@boris")
        link = next(link for link in profile.found.links if "/tagged/" in link)
        assert "Morning" in (await anna.get(link)).text


async def test_a_note_and_a_recommendation_are_kept_on_a_profile(open_site: Any) -> None:
    async with open_site() as site:
        vera, boris, anna = await site.member("vera"), await site.member("boris"), await site.member("anna")
        await follow(anna, "boris")
        await follow(boris, "vera")
        page = await anna.get("/@boris")
        (action,) = [form.action for form in page.found.forms if form.action.endswith("/note")]
        page = await page.submit(action, comment="owes me a <raf>")
        assert "owes me a &lt;raf&gt;" in page.html
        assert "owes me" not in (await vera.get("/@boris")).text
        (action,) = [b["formaction"] for b in page.found.loose if b.get("formaction", "").endswith("/endorse")]
        await page.press(action)
        assert "Recommends @boris" in (await vera.get("/@anna")).text
        assert "Followed by boris" in (await anna.get("/@vera")).text


def test_what_filters_nothing_is_not_touched() -> None:
    plain, other = b'{"id":"1","filtered":[]}', b'{"id":"2"}'
    result = b'{"filter":{"id":"9","context":["home"],"filter_action":"hide"},"keyword_matches":["x"]}'
    hidden = b'{"id":"3","account":{"id":"7"},"filtered":[' + result + b"]}"
    assert sift([plain, other, hidden], "home", 8) == [plain, other]
    assert sift([hidden], "thread", 8) == [b'{"id":"3","account":{"id":"7"},"filtered":[]}']
    assert sift([hidden], "home", 8, keep=True) == [hidden]
    assert sift([hidden], "home", 7) == [b'{"id":"3","account":{"id":"7"},"filtered":[]}']
