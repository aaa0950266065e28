"""Lists, filters, tags and notes in a browser: at every size, by day and night, without faults; and what they do live."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect
from raf.tests.acceptance.browser.test_looks import DESKTOP, PHONE, examine

from raf.acquaintance.acquaintance import open_acquaintance
from raf.filters.filters import open_filters
from raf.filters.forms import FilterChange, KeywordChange
from raf.forms import NewPost
from raf.lists.forms import ListChange
from raf.lists.lists import open_lists
from raf.network import open_raf
from raf.tags.tags import open_tags

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

LOOKS = [
    pytest.param("desktop", DESKTOP, "light", "ru", id="desktop"),
    pytest.param("dark", DESKTOP, "dark", "en", id="dark"),
    pytest.param("phone", PHONE, "light", "en", id="phone"),
    pytest.param("phone-dark", PHONE, "dark", "ru", id="phone-dark"),
]


async def furnish(place: Any) -> dict[str, int]:
    """Lists, filters, tags and a note of kokosova; the ids that addresses need."""
    application, people, posts = place.application, place.crowd.accounts, place.crowd.posts
    me, raf = people["kokosova"], application.part(open_raf)
    friends = [identity for name, identity in people.items() if name != "kokosova"][:3]
    for friend in friends:
        await raf.follow(me, friend)
    lists = application.part(open_lists)
    made = await lists.create(me, ListChange(title="За одним столом", exclusive=True))
    await lists.create(me, ListChange(title="News from the other shore", replies_policy="none"))
    await lists.add(me, made.id, friends[:2])
    filters = application.part(open_filters)
    words = tuple(KeywordChange(keyword=word) for word in ("the last episode", "финал", "спойлер"))
    held = await filters.create(
        me, FilterChange(title="Spoilers", contexts=("home", "public"), keywords=words, expires_in=86400 * 3)
    )
    cup = await filters.create(me, FilterChange(title="Not before breakfast", contexts=("home", "account"), action="hide"))
    await filters.add_post(me, cup.id, posts["sea"])
    await raf.post(people["nora"], NewPost(text="The last episode: everybody drinks tea. #раф", language="en"))
    tags = application.part(open_tags)
    for tag in ("кофе", "coconut"):
        await tags.follow(me, tag)
    await tags.feature(friends[0], "раф")
    await tags.feature(me, "раф")
    acquaintance = application.part(open_acquaintance)
    await raf.follow(friends[1], friends[0])
    await acquaintance.note(me, friends[0], "Met at the roastery. Owes me a recipe.")
    await acquaintance.endorse(me, friends[0])
    return {"list": made.id, "filter": held.id, "cup": cup.id, "friend": friends[0], "sea": posts["sea"]}


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_pages_have_no_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        ids = await furnish(place)
        names = {identity: name for name, identity in place.crowd.accounts.items()}
        pages = {
            "home-covered": "/home",
            "lists": "/lists",
            "list": f"/lists/{ids['list']}",
            "list-edit": f"/lists/{ids['list']}/edit",
            "lists-of-person": f"/accounts/{ids['friend']}/lists",
            "filters": "/settings/filters",
            "filter-new": "/settings/filters/new",
            "filter-edit": f"/settings/filters/{ids['cup']}",
            "filter-post": f"/posts/{ids['sea']}/filter",
            "followed-tags": "/followed-tags",
            "tag-followed": "/tags/кофе",
            "featured": "/settings/featured",
            "profile-noted": f"/@{names[ids['friend']]}",
        }
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        await page.goto("/settings/preferences")
        await page.click(f"main button[value={language}]")
        for name, path in pages.items():
            await page.goto(path)
            faults += await examine(page, f"{name}-{look}", theme)
    assert faults == []


async def test_a_list_gets_what_its_people_post_while_it_is_open(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        ids = await furnish(place)
        raf = place.application.part(open_raf)
        page = await place.member("kokosova", f"/lists/{ids['list']}")
        await raf.post(ids["friend"], NewPost(text="Fresh at the table", language="en"))
        await expect(page.locator("main")).to_contain_text("Fresh at the table")
