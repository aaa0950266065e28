"""Polls on pages, with forms alone."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.usefixtures("database")


async def test_a_poll_is_asked_and_answered_without_scripts(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada, boris = await site.member("ada"), await site.member("boris")
        page = await ada.write("Which milk?", option=["soy", "coconut", "", ""], poll_for="3600")
        assert page.status == 200
        assert "0 people voted" in page.text
        shown = await boris.get("/local")
        address = next(link for link in shown.found.links if re.fullmatch(r"/@ada/\d+", link))
        number = address.rpartition("/")[2]
        assert f'name="poll-{number}" value="1"' in shown.html
        form = next(form for form in shown.found.forms if form.identity == "act")
        nothing = await boris.post(f"/polls/{number}/votes", form.values)
        assert "people voted" not in nothing.text, "who chose nothing has not voted"
        voted = await boris.post(f"/polls/{number}/votes", {**form.values, f"poll-{number}": "1"})
        assert voted.status == 200
        assert "1 person voted" in voted.text
        assert "100%" in voted.text
        again = await boris.post(f"/polls/{number}/votes", {**form.values, f"poll-{number}": "0"})
        assert again.status == 422
        stranger = await site.visitor("ru").get(address)
        assert "1 человек ответил" in stranger.text


async def test_a_poll_that_is_refused_gives_back_what_was_written(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        page = await ada.write("Which milk?", option=["soy", "", "", ""], poll_for="3600")
        assert page.status == 422
        form = page.form("/compose")
        assert form.values["text"] == ["Which milk?"]
        assert form.values["option"] == ["soy", "", "", ""]
        assert "at least two" in page.text
