"""OWASP's ASVS, level 1: the table of docs/explanation/security.md names tests that exist, and what no other test shows."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from raf.identity import open_identity
from raf.identity.passwords import problems_of_password
from raf.identity.secrets import new_token
from raf.web.testing import PASSWORD

TOP = Path(__file__).parents[3]
TABLE = TOP / "docs/explanation/security.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+[^|]*) \|", re.MULTILINE)
LEVEL_1 = {
    **{2: {1: 12, 2: 3, 3: 1, 5: 6, 7: 4, 8: 1}, 3: {1: 1, 2: 3, 3: 2, 4: 5, 7: 1}, 4: {1: (1, 2, 3, 5), 2: 2, 3: 2}},
    **{5: {1: 5, 2: 8, 3: 10, 5: 4}, 6: {2: 1}, 7: {1: 2, 4: 1}, 8: {2: 3, 3: 4}, 9: {1: 3}, 10: {3: 3}, 11: {1: 5}},
    **{12: {1: 1, 3: 5, 4: 2, 5: 2, 6: 1}, 13: {1: (1, 3), 2: 3, 3: 1}, 14: {2: 3, 3: (2, 3), 4: 7, 5: 3}},
}
"""The items of level 1: by chapter and section, how many from the first on, or which."""
SOURCES = [*(TOP / "raf/src/raf").rglob("*.py")]
ONES_OWN = re.compile(r"\b(eval|exec|compile|__import__)\(|\bpickle\b|\bmarshal\b|yaml\.load|shell=True|os\.system|os\.popen")


def items() -> set[str]:
    found = set()
    for chapter, sections in LEVEL_1.items():
        for section, which in sections.items():
            numbers = which if isinstance(which, tuple) else range(1, which + 1)
            found |= {f"{chapter}.{section}.{number}" for number in numbers}
    return found


def test_every_item_of_level_1_stands_in_the_table_once() -> None:
    told = [item.strip() for cell in ROW.findall(TABLE.read_text()) for item in cell.split(",")]
    assert sorted(told) == sorted(set(told))
    assert set(told) == items()


def test_every_row_names_a_test_that_is_there() -> None:
    there = set()
    for folder in ("tests", "raf/tests", "ostrov/tests"):
        for path in (TOP / folder).rglob("test_*.py"):
            there |= set(re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE))
    rows = [line for line in TABLE.read_text().splitlines() if ROW.match(line) and line.count("|") == 5]
    assert len(rows) > 100
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert set(named) <= there, sorted(set(named) - there)


@pytest.mark.parametrize("length", [12, 64, 128])
async def test_passwords_of_any_length_up_to_the_limit_count_whole(open_site: Any, length: int) -> None:
    password = ("soy milk & coconut at dawn, " * 9)[:length]
    assert problems_of_password("ё" * 3 + "x" * 126 + "y") != []
    async with open_site() as site:
        visitor = site.visitor()
        page = await visitor.get("/sign-up")
        form = {"username": "anna", "email": "anna@example.org", "password": password, "agreement": True}
        assert (await page.submit("/sign-up", **form)).status == 200
        stranger = site.visitor()
        page = await (await stranger.get("/log-in")).submit("/log-in", name="anna", password=password[:-1])
        assert page.status == 401, "the last letter counts"
        page = await (await stranger.get("/log-in")).submit("/log-in", name="anna", password=password)
        assert page.path == "/home"


async def test_a_changed_password_needs_the_old_one_and_ends_everything_else(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        here = await site.member("anna")
        there = site.visitor()
        await (await there.get("/log-in")).submit("/log-in", name="anna", password=PASSWORD)
        assert (await there.get("/home")).status == 200
        new = {"current": "not the old one", "password": "another good one of mine"}
        assert (await (await here.get("/settings/security")).submit("/settings/security", **new)).status == 401
        page = await (await here.get("/settings/security")).submit("/settings/security", **new | {"current": PASSWORD})
        assert page.status == 200
        assert (await here.get("/home")).path == "/home"
        assert (await there.get("/home")).path.startswith("/log-in")
        page = await (await site.visitor().get("/log-in")).submit("/log-in", name="anna", password=PASSWORD)
        assert page.status == 401


async def test_password_fields_name_themselves_to_managers(open_site: Any) -> None:
    async with open_site() as site:
        member = await site.member("anna")
        pages = [(await site.visitor().get("/sign-up")).html, (await site.visitor().get("/log-in")).html]
        fields = re.findall(r"<input type=\"password\"[^>]*>", "".join([*pages, (await member.get("/settings/security")).html]))
        assert len(fields) > 4
        for field in fields:
            assert re.search(r'autocomplete="(new|current)-password"', field), field
            assert "onpaste" not in field


async def test_the_form_for_a_forgotten_password_asks_for_a_name_alone(open_site: Any) -> None:
    async with open_site() as site:
        html = (await site.visitor().get("/log-in")).html
        assert not re.search(r"(?i)question|hint\"? *name|maiden", html)


async def test_a_new_house_has_no_account(open_site: Any) -> None:
    async with open_site() as site:
        count = await site.application.store.read(lambda connection: connection.value("SELECT count(*) FROM credential"))
        assert count == 0
        for name in ("admin", "root", "owner"):
            page = await (await site.visitor().get("/log-in")).submit("/log-in", name=name, password=name)
            assert page.status == 401


async def test_a_new_house_says_what_it_keeps(open_site: Any) -> None:
    async with open_site() as site:
        assert (await site.visitor().get("/about")).status == 200


def test_tokens_are_long_and_unlike() -> None:
    found = {new_token() for _ in range(1000)}
    assert len(found) == 1000
    assert all(len(token) == 43 for token in found)


async def test_a_session_ends_after_thirty_days_used_or_not(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        member = await site.member("anna")
        assert site.application.settings.raf.identity.session_days <= 30
        for days, path in ((29, "/home"), (31, "/log-in")):
            then = time.time() - days * 86400

            def age(connection: Any, then: float = then) -> None:
                connection.execute("UPDATE session SET created_at = ?, seen_at = ?", (then, time.time()))

            await site.application.store.write(age)
            site.application.part(open_identity)._sessions._found.clear()  # what a process remembers for a minute
            assert (await member.get("/home")).path.startswith(path), days


def test_sql_is_never_made_of_what_came_in() -> None:
    """SQL that is formatted takes marks, columns, tables or directions of ours; ruff's S608 is on for the whole tree."""
    loose = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"(execute|rows?|value|many)\(\s*f?[\"'].*(%s|\" \+ |\.format\(.*(text|name|query|said))", line):
                loose.append(f"{path.name}:{number}: {line.strip()}")
    assert loose == []


def test_nothing_that_came_in_is_run_or_unpacked_into_objects() -> None:
    found = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if ONES_OWN.search(line) and "re.compile(" not in line:
                found.append(f"{path.name}:{number}: {line.strip()}")
    assert found == []


def test_no_script_of_ours_makes_code_or_markup_of_words() -> None:
    """`JSON.parse`, never `eval`; markup that is put into a page is what our own server rendered."""
    for path in (TOP / "raf/src/raf/web/static/js").glob("*.js"):
        text = path.read_text()
        assert not re.search(r"\beval\(|new Function|document\.write|setTimeout\(\s*[\"'`]", text), path.name
        for use in re.findall(r"innerHTML\s*=\s*([^;]+);", text):
            assert "`" not in use, (path.name, use)


def test_the_browser_is_given_nothing_to_keep_but_drafts() -> None:
    kept = set()
    for path in (TOP / "raf/src/raf/web").rglob("*.js"):
        kept |= set(re.findall(r"(?:localStorage|sessionStorage)\.setItem\(\s*([^,]+),", path.read_text()))
        assert "indexedDB" not in path.read_text(), path.name
    assert not [one for one in kept if re.search(r"(?i)token|passw|session(?!Storage)|secret", one)], kept


async def test_no_form_with_a_password_is_sent_in_the_address(open_site: Any) -> None:
    async with open_site() as site:
        member = await site.member("anna")
        for path in ("/log-in", "/sign-up"):
            assert all(
                form.method == "post" for form in (await site.visitor().get(path)).found.forms if "password" in form.values
            )
        for path in ("/settings/security", "/settings/leave"):
            forms = [form for form in (await member.get(path)).found.forms if any("password" in name for name in form.values)]
            assert forms
            assert all(form.method == "post" for form in forms)


async def test_an_error_of_ours_tells_nothing_of_its_insides(open_site: Any, api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from raf.network import Raf

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("zq-inside SELECT secret FROM table")

    monkeypatch.setattr(Raf, "status", broken)
    monkeypatch.setattr(Raf, "document", broken)
    async with open_site() as site:
        page = await site.visitor().get("/@anna/1")
        assert page.status == 500
        assert not re.search(r"zq-inside|Traceback|RuntimeError|\.py", page.html)
    async with api() as raf:
        answer = await raf.get("/api/v1/statuses/1")
        assert (answer.status_code, answer.json()) == (500, {"error": "Internal Server Error"})
