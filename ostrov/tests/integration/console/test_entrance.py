"""Coming in and going out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ostrov.core.operations.operators import create_link, get_operator, remove_operator


async def test_a_stranger_is_sent_to_log_in_and_back_to_what_they_wanted(opening: Any) -> None:
    async with opening() as house:
        person = house.stranger()
        answer = await person.get("/settings?q=db")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/login?next=%2Fsettings%3Fq%3Ddb"
        await person.get("/login?next=%2Fsettings%3Fq%3Ddb")
        wanted = re.search(r'name="_next" value="([^"]+)"', person.page)
        assert wanted
        answer = await person.post("/login", {"name": "ann", "password": "correct horse battery", "_next": wanted[1]})
        assert answer.headers["location"] == "/console/settings?q=db"
        assert "db.engine" in (await person.get("/settings?q=db")).text


async def test_the_session_cookie_is_only_for_the_console_and_not_for_scripts(opening: Any) -> None:
    async with opening() as house:
        person = house.stranger()
        answer = await person.log_in("ann")
        cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("ostrov_console="))
        assert {"Path=/console", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        behind_tls = house.stranger()
        behind_tls.browser.base_url = "https://console.test"
        answer = await behind_tls.log_in("ann")
        assert all("Secure" in value for value in answer.headers.get_list("set-cookie"))


async def test_a_wrong_password_and_an_unknown_name_are_answered_the_same(opening: Any) -> None:
    async with opening() as house:
        wrong = await house.stranger().log_in("ann", "not the password")
        unknown = await house.stranger().log_in("zoe", "not the password")
        assert wrong.status_code == unknown.status_code == 401
        assert "the name or the password is wrong" in wrong.text
        assert "set-cookie" not in wrong.headers
        tidy = [re.sub(r"ann|zoe|\w{64}", "", answer.text) for answer in (wrong, unknown)]
        assert tidy[0] == tidy[1]


async def test_failed_log_ins_make_the_next_wait_even_with_the_right_password(opening: Any) -> None:
    async with opening() as house:
        for _ in range(4):
            assert (await house.stranger().log_in("ann", "not the password")).status_code == 401
        answer = await house.stranger().log_in("ann")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "too many failed log-ins" in answer.text
        assert (await house.stranger().log_in("boris")).status_code == 303


async def test_a_link_asks_first_and_lets_in_once(opening: Any) -> None:
    async with opening() as house:
        operator = await house.application.store.read(get_operator, "vera")
        key = await house.application.store.write(create_link, operator)
        preview, person = house.stranger(), house.stranger()
        for _ in range(2):  # what a chat's preview does
            answer = await preview.get(f"/enter/{key}")
            assert answer.status_code == 200
            assert "Log in as vera" in answer.text
        await person.get(f"/enter/{key}")
        assert (await person.post(f"/enter/{key}")).status_code == 303
        assert "vera" in (await person.get("/me")).text
        assert (await preview.post(f"/enter/{key}")).status_code == 401
        assert (await preview.get(f"/enter/{key}")).status_code == 404


async def test_a_link_works_in_the_query_too(opening: Any) -> None:
    async with opening() as house:
        operator = await house.application.store.read(get_operator, "vera")
        key = await house.application.store.write(create_link, operator)
        answer = await house.stranger().get(f"/?link={key}")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/console/enter/{key}"


async def test_logging_out_makes_the_old_cookie_worthless(opening: Any) -> None:
    async with opening() as house:
        person = await house.person("ann")
        old = person.browser.cookies["ostrov_console"]
        await person.get("/")
        assert (await person.post("/logout")).headers["location"] == "/console/login"
        thief = house.stranger()
        thief.browser.cookies.set("ostrov_console", old, path="/console")
        assert (await thief.get("/me")).status_code == 303


async def test_a_removed_operator_is_out_at_once(opening: Any) -> None:
    async with opening() as house:
        person = await house.person("vera")
        await house.application.store.write(remove_operator, "vera")
        assert (await person.get("/me")).status_code == 303


async def test_a_cookie_that_was_planted_before_is_not_the_session(opening: Any) -> None:
    async with opening() as house:
        person = house.stranger()
        person.browser.cookies.set("ostrov_console", "planted", domain="console.test", path="/console")
        await person.log_in("ann")
        assert person.browser.cookies.get("ostrov_console", domain="console.test") != "planted"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)", "/console//evil.test", "\t//evil.test"],
)
async def test_log_in_leads_nowhere_outside_the_console(opening: Any, wanted: str) -> None:
    async with opening() as house:
        person = house.stranger()
        await person.get("/login")
        answer = await person.post("/login", {"name": "ann", "password": "correct horse battery", "_next": wanted})
        assert answer.headers["location"] == "/console/"


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)
async def test_a_log_in_form_of_another_site_is_refused(opening: Any, headers: dict[str, str]) -> None:
    async with opening() as house:
        person = house.stranger()
        await person.get("/login")
        answer = await person.post("/login", {"name": "ann", "password": "correct horse battery"}, **headers)
        assert answer.status_code == 403
        assert "ostrov_console" not in person.browser.cookies


async def test_a_log_in_form_without_its_token_is_refused(opening: Any) -> None:
    async with opening() as house:
        person = house.stranger()
        await person.get("/login")
        person.page = ""
        answer = await person.post("/login", {"name": "ann", "password": "correct horse battery"})
        assert answer.status_code == 403


async def test_a_form_is_taken_under_the_public_address_of_a_proxy(opening: Any) -> None:
    async with opening("web.url=https://raf.example") as house:
        person = house.stranger(host="10.0.0.3:8000")
        person.browser.base_url = "https://raf.example"
        await person.get("/login")
        fields = {"name": "ann", "password": "correct horse battery"}
        assert (await person.post("/login", fields, origin="https://raf.example")).status_code == 303


async def test_cookies_are_secure_under_a_public_https_address_whatever_the_proxy_says(opening: Any) -> None:
    async with opening("web.url=https://raf.example") as house:
        answer = await house.stranger().log_in("ann")
        cookies = answer.headers.get_list("set-cookie")
        assert cookies
        assert all("Secure" in cookie for cookie in cookies)


async def test_a_wanted_page_with_letters_of_any_language_is_found_again(opening: Any) -> None:
    async with opening() as house:
        person = house.stranger()
        await person.get("/login")
        fields = {"name": "ann", "password": "correct horse battery", "_next": "/audit?q=пальма"}
        answer = await person.post("/login", fields)
        assert answer.headers["location"] == "/console/audit?q=%D0%BF%D0%B0%D0%BB%D1%8C%D0%BC%D0%B0"


async def test_a_request_that_cannot_be_read_is_told_so(opening: Any) -> None:
    async with opening() as house:
        answer = await house.stranger().get("/login?q=%ff")
        assert answer.status_code == 400
        assert "cannot be read" in answer.text


async def test_the_language_is_the_persons_choice_and_else_the_browsers(opening: Any) -> None:
    async with opening() as house:
        person = house.stranger(**{"accept-language": "de, ru;q=0.8, en;q=0.5"})
        assert '<html lang="ru">' in (await person.get("/login")).text
        await person.post("/language", {"language": "en", "_next": "/console/login"})
        assert '<html lang="en">' in (await person.get("/login")).text
        await person.post("/language", {"language": "xx"})
        assert '<html lang="en">' in (await person.get("/login")).text
