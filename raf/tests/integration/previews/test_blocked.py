"""Links to servers that moderators have blocked: nothing is asked of them, and what is known of them is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from raf.tests.integration.previews.places import OPEN, STORY, Place, serving

from ostrov import run_tasks
from raf.entities import PreviewCard
from raf.moderation import blocking
from raf.moderation.blocking import DOMAIN, DomainForm
from raf.moderation.moderation import open_moderation
from raf.moderation.servers import Doors, above
from raf.network import Raf
from raf.previews.previews import open_previews
from raf.testing import network, person, say

HERE = "127.0.0.1"


async def block(raf: Raf, domain: str, severity: str = "suspend", **more: bool) -> int:
    return await raf.application.part(open_moderation).block(
        blocking.block_domain, 0, DomainForm(domain=domain, severity=severity, **more)
    )


async def unblock(raf: Raf, identity: int) -> None:
    await raf.application.part(open_moderation).block(blocking.remove, 0, DOMAIN, identity)


async def card_of(raf: Raf, post: int) -> PreviewCard | None:
    return (await raf.status(post, None)).card


@pytest.fixture
def elsewhere(place: Place) -> Iterator[str]:
    """The address of another server, `localhost`, where every page leads to the first one's."""
    with serving(Place()) as found:
        found.moved = place.url
        yield found.url.replace(HERE, "localhost")


def test_a_block_of_a_domain_is_one_of_all_below_it_however_it_is_written() -> None:
    doors = Doors(frozenset({"bad.example", "xn--80ak6aa92e.example"}), frozenset({"loud.example"}))
    for host in ("bad.example", "BAD.example.", "a.b.bad.example", "\u0430\u0440\u0440\u04cf\u0435.example"):
        assert doors.shut(host), host
    for host in ("notbad.example", "bad.example.org", "example", "", "." * 300, "loud.example"):
        assert not doors.shut(host), host
    assert doors.shut_to_pictures("cdn.loud.example")
    assert above("a.b.example") == ["a.b.example", "b.example", "example"]


async def test_nothing_is_asked_of_a_blocked_server(tmp_path: Path, place: Place, database: list[str]) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf:
        alice = await person(raf, "alice")
        blocked = await block(raf, HERE)
        post = await say(raf, alice, place.page("/story", STORY))
        await run_tasks(raf.application)
        assert place.asked == []
        assert await card_of(raf, post) is None
        await unblock(raf, blocked)
        again = await say(raf, alice, place.url + "/story")
        await run_tasks(raf.application)
        assert place.asked == ["/story", "/pic.png"]
        assert await card_of(raf, again) is not None


async def test_a_block_that_comes_before_the_look_prevents_it(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        post = await say(raf, await person(raf, "alice"), place.page("/story", STORY))
        await block(raf, HERE)
        await run_tasks(raf.application)
        assert place.asked == []
        assert await card_of(raf, post) is None
        found = await raf.store.read(lambda connection: connection.row("SELECT state, error FROM link_preview"))
        assert found == ("none", f"the server {HERE} is blocked")


async def test_no_redirect_leads_to_a_blocked_server(tmp_path: Path, place: Place, elsewhere: str) -> None:
    async with network(tmp_path, OPEN) as raf:
        place.page("/story", STORY)
        await block(raf, HERE)
        post = await say(raf, await person(raf, "alice"), elsewhere + "/story")
        await run_tasks(raf.application)
        assert place.asked == []
        assert await card_of(raf, post) is None


async def test_cards_of_a_blocked_server_are_shown_no_more_and_again_when_it_is_let_in(
    tmp_path: Path,
    place: Place,
    database: list[str],
) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf:
        url = place.page("/story", STORY)
        post = await say(raf, await person(raf, "alice"), url)
        await run_tasks(raf.application)
        assert await card_of(raf, post) is not None
        previews = raf.application.part(open_previews)
        assert list(await previews.cards([url])) == [url]
        blocked = await block(raf, HERE)
        assert await card_of(raf, post) is None
        assert await previews.cards([url]) == {}, "nor among what is talked about"
        await unblock(raf, blocked)
        assert await card_of(raf, post) is not None


async def test_a_link_that_led_to_a_blocked_server_has_no_card(tmp_path: Path, place: Place, elsewhere: str) -> None:
    async with network(tmp_path, OPEN) as raf:
        place.page("/story", STORY)
        post = await say(raf, await person(raf, "alice"), elsewhere + "/story")
        await run_tasks(raf.application)
        card = await card_of(raf, post)
        assert card is not None
        assert card.url == place.url + "/story"
        await block(raf, HERE)
        assert await card_of(raf, post) is None


async def test_a_server_whose_pictures_are_rejected_has_cards_without(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        alice = await person(raf, "alice")
        before = await say(raf, alice, place.page("/before", STORY))
        await run_tasks(raf.application)
        assert place.asked == ["/before", "/pic.png"]
        await block(raf, HERE, "noop", reject_media=True)
        after = await say(raf, alice, place.page("/after", STORY))
        await run_tasks(raf.application)
        assert place.asked == ["/before", "/pic.png", "/after"]
        for post in (before, after):
            card = await card_of(raf, post)
            assert card is not None
            assert (card.title, card.image, card.blurhash) == ("Soy <b> coconut", None, None)


async def test_a_page_elsewhere_loses_a_picture_from_a_blocked_server_and_no_more(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        page = f'<title>Good</title><meta property="og:image" content="{place.url}/pic.png">'
        post = await say(raf, await person(raf, "alice"), place.page("/story", page).replace(HERE, "localhost"))
        await run_tasks(raf.application)
        assert place.asked == ["/story", "/pic.png"]
        card = await card_of(raf, post)
        assert card is not None
        assert card.image
        await block(raf, HERE)
        card = await card_of(raf, post)
        assert card is not None
        assert (card.title, card.image) == ("Good", None)


async def test_a_limited_server_keeps_its_cards(tmp_path: Path, place: Place) -> None:
    async with network(tmp_path, OPEN) as raf:
        await block(raf, HERE, "silence")
        post = await say(raf, await person(raf, "alice"), place.page("/story", STORY))
        await run_tasks(raf.application)
        assert await card_of(raf, post) is not None
