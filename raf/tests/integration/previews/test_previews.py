"""A link in a post becomes a card: looked at once, kept here, shown everywhere the post is."""

from __future__ import annotations

from pathlib import Path

import pytest
from raf.tests.integration.previews.places import OPEN, STORY, Place

from ostrov import run_tasks
from raf.forms import NewPost, PostChange
from raf.testing import network, person, say
from raf.web.testing import visitors


async def test_a_page_is_fetched_once_and_its_card_is_in_every_post(tmp_path: Path, place: Place, database: list[str]) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf:
        alice, bob = await person(raf, "alice"), await person(raf, "bob")
        url = place.page("/story", STORY)
        posts = [await say(raf, alice, f"look {url}"), await say(raf, bob, f"{url} and https://other.example")]
        assert [(await raf.status(post, None)).card for post in posts] == [None, None]
        await run_tasks(raf.application)
        assert place.asked == ["/story", "/pic.png"]
        for post in posts:
            card = (await raf.status(post, None)).card
            assert card is not None
            assert (card.url, card.title, card.provider_name, card.language) == (url, "Soy <b> coconut", "The News", "en")
            assert card.image is not None
            assert card.image.startswith(raf.url + "/media/")  # nothing is loaded from elsewhere
            assert card.blurhash
        later = await say(raf, alice, f"again {url}")
        await run_tasks(raf.application)
        assert (await raf.status(later, None)).card is not None
        assert len(place.asked) == 2


async def test_who_looks_at_the_post_hears_of_the_card_and_nothing_says_it_was_edited(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        alice, bob = await person(raf, "alice"), await person(raf, "bob")
        await raf.follow(bob, alice)
        with await raf.live(bob, ("user", "public")) as mailbox:
            post = await say(raf, alice, place.page("/story", STORY))
            await mailbox.take(5)
            await run_tasks(raf.application)
            told = [message for message in await mailbox.take(5) if b"status.update" in message.body]
            assert {message.topic for message in told} == {f"raf.home.{bob}", "raf.public"}
        status = await raf.status(post, bob)
        assert status.card is not None
        assert status.edited_at is None


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_a_private_post_sends_nobody_anywhere(tmp_path: Path, place: Place, visibility: str) -> None:
    async with network(tmp_path, OPEN) as raf:
        alice = await person(raf, "alice")
        await raf.post(alice, NewPost(text=place.page("/secret", STORY), visibility=visibility))
        await run_tasks(raf.application)
        assert place.asked == []


@pytest.mark.parametrize("setting", ["raf.previews.enabled=false", "raf.previews.allowed_networks=[]"])
async def test_a_house_that_does_not_look_asks_nothing_of_others(tmp_path: Path, place: Place, setting: str) -> None:
    async with network(tmp_path, [*OPEN, setting]) as raf:
        post = await say(raf, await person(raf, "alice"), place.page("/story", STORY))
        await run_tasks(raf.application)
        assert place.asked == []
        assert (await raf.status(post, None)).card is None


async def test_an_edit_changes_the_card_with_the_link_and_a_rebuild_changes_nothing(tmp_path: Path, place: Place) -> None:
    from raf.operations import rebuild

    async with network(tmp_path, OPEN) as raf:
        alice = await person(raf, "alice")
        post = await say(raf, alice, place.page("/one", "<title>One</title>"))
        await run_tasks(raf.application)
        await raf.edit_post(alice, post, PostChange(text=place.page("/two", "<title>Two</title>")))
        await run_tasks(raf.application)
        card = (await raf.status(post, None)).card
        assert card is not None
        assert card.title == "Two"
        await rebuild(raf.application)
        rebuilt = (await raf.status(post, None)).card
        assert rebuilt is not None
        assert rebuilt.title == "Two"
        await raf.edit_post(alice, post, PostChange(text="no link"))
        assert (await raf.status(post, None)).card is None


@pytest.mark.long
async def test_a_page_that_nests_without_end_is_given_up(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        url = place.page("/deep", "<title>Deep</title>" + "<div>" * 180_000)
        post = await say(raf, await person(raf, "alice"), url)
        await run_tasks(raf.application)
        assert (await raf.status(post, None)).card is None
        state = await raf.store.read(lambda connection: connection.row("SELECT state, error FROM link_preview"))
        assert state == ("none", "it cannot be read")


async def test_a_picture_that_is_none_leaves_the_card_without(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        place.pages["/bad.png"] = ("image/png", b"\x89PNG\r\n\x1a\n" + b"nonsense" * 100)
        url = place.page("/story", '<title>Story</title><meta property="og:image" content="/bad.png">')
        post = await say(raf, await person(raf, "alice"), url)
        await run_tasks(raf.application)
        card = (await raf.status(post, None)).card
        assert card is not None
        assert (card.title, card.image) == ("Story", None)


async def test_oembed_fills_in_what_the_page_lacks_and_its_html_is_not_taken(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        place.pages["/o.json"] = (
            "application/json",
            b'{"title": "Film", "author_name": "Ann", "author_url": "javascript:1", "html": "<iframe src=x>"}',
        )
        url = place.page("/film", '<link rel="alternate" type="application/json+oembed" href="/o.json">')
        post = await say(raf, await person(raf, "alice"), url)
        await run_tasks(raf.application)
        card = (await raf.status(post, None)).card
        assert card is not None
        assert (card.title, card.author_name, card.author_url, card.html) == ("Film", "Ann", "", "")


async def test_the_page_shows_the_card_escaped_and_loads_nothing_from_elsewhere(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf, visitors(raf.application) as site:
        alice = await person(raf, "alice")
        post = await say(raf, alice, f"look {place.page('/story', STORY)}")
        await run_tasks(raf.application)
        page = await site.visitor().get(f"/@alice/{post}")
        assert "Soy &lt;b&gt; coconut" in page.html
        assert f'src="{place.url}' not in page.html
        assert 'rel="nofollow noopener noreferrer"' in page.html


async def test_trending_links_show_their_cards(tmp_path: Path, place: Place) -> None:
    from raf.previews.previews import open_previews

    async with network(tmp_path, OPEN) as raf:
        url = place.page("/story", STORY)
        await say(raf, await person(raf, "alice"), url)
        await run_tasks(raf.application)
        known = await raf.application.part(open_previews).cards([url, "https://other.example/"])
        assert {address: found.said.title for address, found in known.items()} == {url: "Soy <b> coconut"}
