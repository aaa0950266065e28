"""Pages: drawn in both languages, guarded, contributed by whoever brings a component."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from ostrov.console.pages import Pages
from ostrov.core.component import Component, Page
from ostrov.core.errors import ProjectError

PAGES = (
    "/",
    "/processes",
    "/logs",
    "/operations",
    "/operations/orchard.water",
    "/operations/operators.add",
    "/approvals",
    "/audit",
    "/audit?step=entered",
    "/audit/check",
    "/operators",
    "/settings",
    "/me",
    "/runs/1",
    "/orchard",
    "/orchard/oak",
)


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_every_page_is_drawn_in_both_languages_without_scripts_or_styles_inside(opening: Any, language: str) -> None:
    async with opening() as house:
        ann = await house.person("ann", **{"accept-language": language})
        await ann.post("/operations/orchard.water", {"tree": "oak", "_step": "run"})
        for path in PAGES:
            answer = await ann.get(path)
            assert answer.status_code == 200, path
            assert f'<html lang="{language}">' in answer.text
            assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text), path
            assert all("src=" in script for script in re.findall(r"<script[^>]*>", answer.text)), path
            assert answer.text.count("<h1>") == 1
            ids = re.findall(r'\sid="([^"]+)"', answer.text)
            assert len(ids) == len(set(ids)), path
            cyrillic = bool(re.search("[а-яё]{4}", answer.text.replace("Русский", "")))
            assert cyrillic == (language == "ru"), path


async def test_every_answer_carries_its_guards(opening: Any) -> None:
    async with opening() as house:
        ann = await house.person("ann")
        paths = ("/", "/login", "/nowhere", "/broken", "/api/operations", "/static/x/console.css", "/orchard")
        for answer in [await ann.get(path) for path in paths]:
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["x-frame-options"] == "DENY"
        assert (await ann.get("/")).headers["cache-control"] == "no-store"


async def test_static_files_are_kept_for_ever_under_the_name_of_their_version(opening: Any) -> None:
    async with opening() as house:
        person = house.stranger()
        page = (await person.get("/login")).text
        address = re.search(r'href="/console(/static/\w+/console.css)"', page)
        assert address
        answer = await person.get(address[1])
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/css")
        assert (await person.get("/static/old/console.css")).headers["cache-control"] == "no-cache"
        for path in ("/static/x/none.css", "/static/x/../application.py", "/static/x/%2e%2e/application.py", "/static/"):
            assert (await person.get(path)).status_code in (303, 404)


async def test_a_component_contributes_pages_with_its_own_templates_and_texts(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera", **{"accept-language": "ru"})
        page = (await vera.get("/orchard")).text
        assert "<h1>Деревья</h1>" in page
        assert "Забор" in page
        assert "2 дерева" in page
        assert "Сад" in page
        assert '<a href="/console/orchard/oak">' in page
        assert "12 <b>ru</b>" in (await vera.get("/orchard/oak")).text
        answer = await vera.get("/orchard/birch")
        assert answer.status_code == 404
        assert "There is no tree birch" in answer.text


async def test_a_panel_stands_on_the_overview_and_a_broken_one_does_not_break_it(opening: Any) -> None:
    async with opening() as house:
        page = (await (await house.person("vera")).get("/")).text
        assert "Tallest: oak" in page
        assert "<b>2</b>" in page
        assert "Rotten" in page
        assert "could not be drawn" in page
        assert "a secret of the inside" not in page


async def test_a_broken_view_is_a_page_without_its_inside(opening: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with opening() as house:
        answer = await (await house.person("ann")).get("/broken")
        assert answer.status_code == 500
        assert "The console made a mistake" in answer.text
        assert "a secret of the inside" not in answer.text
        assert "a secret of the inside" in caplog.text


async def test_an_address_cannot_forge_a_line_of_the_log(opening: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with opening() as house:
        ann = await house.person("ann")
        caplog.clear()  # what migrations say of themselves has lines of its own
        await ann.get("/orchard/broken%0aERROR%20forged")
        said = [record.getMessage() for record in caplog.records]
        assert any("forged" in line for line in said)
        assert not [line for line in said if "\n" in line]


async def test_an_error_whose_page_fails_too_is_said_in_plain_words(opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opening() as house:
        ann = await house.person("ann")

        def broken(*arguments: Any, **options: Any) -> bytes:
            raise RuntimeError("a secret of the inside")

        monkeypatch.setattr(house.console.face.templates, "draw", broken)
        answer = await ann.get("/audit")
        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith("text/plain")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "a secret" not in answer.text


async def test_a_database_that_is_away_is_said_and_not_a_traceback(opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ostrov.core.errors import StoreUnreachable

    async with opening() as house:
        ann = await house.person("ann")

        async def unreachable(*arguments: Any, **options: Any) -> None:
            raise StoreUnreachable("the database cannot be reached", tip="start it")

        monkeypatch.setattr(house.application.store, "read", unreachable)
        answer = await ann.get("/audit")
        assert answer.status_code == 503
        assert "The database cannot be reached" in answer.text


async def test_an_address_with_a_slash_too_many_leads_to_the_page(opening: Any) -> None:
    async with opening() as house:
        ann = await house.person("ann")
        assert (await ann.get("/audit/")).headers["location"] == "/console/audit"
        assert (await ann.browser.get("/console")).status_code == 200
        assert (await ann.get("/nowhere/")).status_code == 404


async def test_head_is_answered_without_a_body(opening: Any) -> None:
    async with opening() as house:
        ann = await house.person("ann")
        answer = await ann.browser.head("/console/audit")
        assert (answer.status_code, answer.content) == (200, b"")


async def test_a_page_refreshes_by_itself_without_scripts_when_asked_to(opening: Any) -> None:
    async with opening() as house:
        ann = await house.person("ann")
        page = (await ann.get("/audit?q=ann&refresh=5")).text
        assert '<meta http-equiv="refresh" content="5">' in page
        assert 'href="/console/audit?q=ann"' in page
        assert "http-equiv" not in (await ann.get("/audit?refresh=no")).text


async def test_settings_show_origins_history_and_no_secret(opening: Any, tmp_path: Any) -> None:
    (tmp_path / "ostrov.local.toml").write_text('[console]\nrows = 20\n[db]\nurl = "postgresql://me:hunter22@db/raf"\n')
    async with opening("console.rows=30", "db.engine=sqlite") as house:
        page = (await (await house.person("vera")).get("/settings")).text
        row = page[page.index('id="setting-console.rows"') :][:900]
        assert "<code>30</code>" in row
        assert "<code>20</code>" in row
        assert "ostrov.local.toml:2" in row
        assert "overrides 2 values" in row
        assert "hunter22" not in page
        page = (await (await house.person("vera")).get("/settings?q=local.toml&origin=set")).text
        assert 'id="setting-db.url"' in page
        assert 'id="setting-db.engine"' not in page


async def test_the_audit_is_searched_and_paged(opening: Any) -> None:
    async with opening("console.rows=5") as house:
        ann = await house.person("ann")
        for number in range(4):
            await ann.post("/operations/orchard.water", {"tree": f"tree{number}", "_step": "run"})
        page = (await ann.get("/audit?step=finished")).text
        assert page.count("<tr id=") == 4
        page = (await ann.get("/audit")).text
        assert page.count("<tr id=") == 5
        older = re.search(r'rel="next" href="/console([^"]+)"', page)
        assert older
        assert "tree0" in (await ann.get(older[1].replace("&amp;", "&"))).text
        assert "The chain is whole: 9 entries." in (await ann.get("/audit/check")).text
        assert "No entries" in (await ann.get("/audit?q=%25nobody_")).text


async def test_a_changed_audit_is_said_to_be_broken(opening: Any) -> None:
    async with opening() as house:
        ann = await house.person("ann")
        for statement in ("DROP TRIGGER audit_no_update", "UPDATE audit SET actor = 'eve' WHERE id = 1"):
            await house.application.store.write(lambda connection, sql=statement: connection.execute(sql))
        assert "The chain is broken at entry 1." in (await ann.get("/audit/check")).text


async def test_what_is_not_up_is_said_on_processes_and_logs(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        assert "No supervisor to ask" in (await vera.get("/processes")).text
        assert "is not up" in (await vera.get("/logs")).text


def test_two_components_cannot_have_one_page() -> None:
    one = Component("one", pages=[Page("/same", "one:view", "a.html")])
    with pytest.raises(ProjectError, match="/same"):
        Pages([one, dataclasses.replace(one, name="two")])
    with pytest.raises(ProjectError, match="'same'"):
        Pages([Component("one", pages=[Page("same", "one:view", "a.html")])])
