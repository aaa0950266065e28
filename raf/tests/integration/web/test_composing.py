"""What the composer takes besides words, with forms alone: who may quote, polls that change, texts put aside, pictures kept."""

from __future__ import annotations

import pytest

from raf.identity import open_identity

pytestmark = pytest.mark.usefixtures("database")
ANSWERS = ["Soy", "Coconut", "", ""]


async def test_whoever_writes_says_who_may_quote(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada, boris = await site.member("ada"), await site.member("boris")
        await ada.write("Not for quoting", quote_policy="nobody")
        mine = (await ada.get("/@ada")).post_of("ada")
        refused = await (await boris.get(f"/posts/{mine}/quote")).submit("/compose", text="And yet")
        assert refused.status == 404
        assert "And yet" in refused.form("/compose").values["text"][0]
        assert 'value="nobody" selected' in (await ada.get(f"/@ada/{mine}/quotes")).html


async def test_a_poll_is_changed_and_keeps_its_votes_while_its_answers_stay(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada, boris = await site.member("ada"), await site.member("boris")
        await ada.write("Which milk?", option=ANSWERS)
        poll = (await ada.get("/@ada")).post_of("ada")
        await boris.post(f"/polls/{poll}/votes", {**(await boris.get("/local")).form("").values, f"poll-{poll}": "1"})
        page = await ada.get(f"/posts/{poll}/edit")
        assert 'value="Coconut"' in page.html
        edit = f"/posts/{poll}/edit"
        longer = await page.submit(edit, text="Which milk, really?", option=ANSWERS, poll_for="604800")
        assert "1 person voted" in longer.text
        other = await (await ada.get(edit)).submit(edit, option=["Soy", "Oat", "", ""])
        assert "0 people voted" in other.text
        assert "Coconut" not in other.text
        wrong = await (await ada.get(edit)).submit(edit, option=["Oat", "Oat", "", ""], text="Keep these words")
        assert wrong.status == 422
        assert "Two answers of the poll are the same" in wrong.text
        assert wrong.form(edit).values["text"] == ["Keep these words"]
        bare = await (await ada.get(edit)).submit(edit, option=["", "", "", ""])
        assert "voted" not in bare.text


async def test_a_text_put_aside_is_back_for_its_writer_alone(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        told = await ada.write("Недописанное\nв две строки", keep="1", visibility="private", spoiler_text="Черновик")
        assert told.path == "/home"
        assert "Put aside in this browser" in told.text
        assert "Недописанное" not in (await ada.get("/@ada")).text
        values = (await ada.get("/compose")).form("/compose").values
        assert values["text"][0].strip() == "Недописанное\nв две строки"
        assert (values["spoiler_text"], values["visibility"]) == (["Черновик"], ["private"])
        cookie = ada.client.cookies["raf_unfinished"]
        boris = await site.member("boris")
        boris.client.cookies.set("raf_unfinished", cookie)
        assert (await boris.get("/compose")).form("/compose").values["text"] == [""]
        boris.client.cookies.set("raf_unfinished", "nonsense*")
        assert (await boris.get("/compose")).status == 200
        await (await ada.get("/compose")).submit("/compose")
        assert (await ada.get("/compose")).form("/compose").values["text"] == [""]


async def test_a_text_too_long_for_the_browser_stays_in_the_composer(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        text = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(3000))
        page = await ada.write(text, keep="1")
        assert page.status == 422
        assert "too long for the browser to keep" in page.text
        assert page.form("/compose").values["text"] == [text]


async def test_what_was_written_while_the_session_ended_is_back_after_logging_in(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        page = await ada.get("/home")
        await site.application.part(open_identity).close_session_of_token(ada.client.cookies["raf_session"])
        sent = await page.submit("/compose", text="An hour of thought")
        assert sent.path.startswith("/log-in")
        back = await sent.submit("/log-in", name="ada", password="coconut-and-soy")
        assert back.form("/compose").values["text"] == ["An hour of thought"]


async def test_pictures_that_arrived_stay_when_the_post_is_refused(open_site, picture: bytes) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        files = {"media_0": ("cup.jpg", picture, "image/jpeg")}
        page = await (await ada.get("/compose")).submit(
            "/compose", files, text="x" * 600, alt_0="A cup", sensitive=True, poll_for="3600"
        )
        assert page.status == 422
        values = page.form("/compose").values
        assert len(values["keep_media"]) == 1
        assert values["sensitive"] == ["1"]
        done = await page.submit("/compose", text="Shorter", **{f"description_of_{values['keep_media'][0]}": "A white cup"})
        assert done.path == "/home"
        assert 'alt="A white cup"' in done.html
        assert "Sensitive picture" in done.text


async def test_the_emojis_of_the_house_and_a_choice_of_others_are_on_a_page(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        page = await site.visitor("ru").get("/emoji")
        assert 'data-write="🥥"' in page.html
        assert "Со стойки" in page.text
