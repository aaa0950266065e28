"""OAuth as programs and browsers go through it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

VERIFIER = "verifier-" * 6
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
CALLBACK = "https://app.example/cb"


class Browser:
    """Somebody's browser: has cookies, follows no redirects by itself, sends back the forms it was given."""

    def __init__(self, raf: Any, session: str = "") -> None:
        self.raf = raf
        self.cookie = f"raf_session={session}" if session else ""

    async def open(self, **query: str) -> httpx.Response:
        asked = {"response_type": "code", "client_id": self.raf.program.client_id, "redirect_uri": CALLBACK, "scope": "read"}
        answer: httpx.Response = await self.raf.client.get(
            "/oauth/authorize", params=asked | query, headers={"Cookie": self.cookie}
        )
        return answer

    async def send(self, page: httpx.Response, decision: str = "allow", **changes: str) -> httpx.Response:
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
        fields = {name: value.replace("&amp;", "&") for name, value in hidden.items()} | {"decision": decision} | changes
        answer: httpx.Response = await self.raf.client.post(
            "/oauth/authorize", data=fields, headers={"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        )
        return answer


async def browser_of(raf: Any, name: str = "anna") -> Browser:
    person = await raf.person(name)
    return Browser(raf, await raf.house.identity.open_session(person.account_id))


def answered(answer: httpx.Response) -> dict[str, str]:
    """What came back to the client's address."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(CALLBACK + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def exchange(raf: Any, code: str, /, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": raf.program.client_id,
        "client_secret": raf.secret,
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    answer: httpx.Response = await raf.client.post("/oauth/token", data=form | changes)
    return answer


async def test_a_person_lets_a_program_in_with_pkce(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        browser = await browser_of(raf)
        page = await browser.open(state="xyz", code_challenge=CHALLENGE, code_challenge_method="S256", scope="read write:media")
        assert page.status_code == 200
        assert "Tests" in page.text
        assert "@anna" in page.text
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self' https://app.example" in policy
        back = answered(await browser.send(page))
        assert back["state"] == "xyz"
        answer = await exchange(raf, back["code"])
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        token = answer.json()
        assert token["token_type"] == "Bearer"
        assert token["scope"] == "read write:media"
        me = await raf.get("/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {token['access_token']}"})
        assert me.json()["acct"] == "anna"
        again = await exchange(raf, back["code"])
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        me = await raf.get("/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {token['access_token']}"})
        assert me.status_code == 401


async def test_a_code_without_its_verifier_or_from_elsewhere_is_worth_nothing(api: Any) -> None:
    async with api() as raf:
        browser = await browser_of(raf)
        page = await browser.open(code_challenge=CHALLENGE, code_challenge_method="S256")
        code = answered(await browser.send(page))["code"]
        for changes, error in (
            ({"code_verifier": ""}, "invalid_grant"),
            ({"code_verifier": "x" * 60}, "invalid_grant"),
            ({"redirect_uri": "https://evil.example/"}, "invalid_grant"),
            ({"client_secret": "wrong"}, "invalid_client"),
            ({"code": "wrong"}, "invalid_grant"),
            ({"grant_type": "implicit"}, "unsupported_grant_type"),
            ({"grant_type": ""}, "invalid_request"),
        ):
            answer = await exchange(raf, code, **changes)
            assert answer.status_code == (401 if error == "invalid_client" else 400)
            assert answer.json()["error"] == error
            assert answer.json()["error_description"]
        assert (await exchange(raf, code)).status_code == 200


async def test_who_declines_tells_the_program_so(api: Any) -> None:
    async with api() as raf:
        browser = await browser_of(raf)
        page = await browser.open(state="s")
        back = answered(await browser.send(page, "deny"))
        assert (back["error"], back["state"]) == ("access_denied", "s")


async def test_a_stranger_logs_in_first_and_comes_back(api: Any) -> None:
    async with api() as raf:
        answer = await Browser(raf).open(state="s")
        assert answer.status_code == 303
        target = urlsplit(answer.headers["location"])
        assert target.path == "/log-in"
        back = parse_qs(target.query)["next"][0]
        assert back.startswith("/oauth/authorize?")
        assert raf.program.client_id in back


@pytest.mark.parametrize(
    "uri",
    [
        *("https://evil.example/", "https://app.example/cb/../x", "https://app.example/cb?x=1", "javascript:alert(1)"),
        *("https://app.example.evil.example/cb", "https://app.example@evil.example/cb"),
    ],
)
async def test_a_code_goes_to_no_address_but_the_registered(api: Any, uri: str) -> None:
    async with api() as raf:
        browser = await browser_of(raf)
        answer = await browser.open(redirect_uri=uri)
        assert answer.status_code == 400
        assert "location" not in answer.headers
        page = await browser.open()
        forged = await browser.send(page, redirect_uri=uri)
        assert forged.status_code == 400
        assert "location" not in forged.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "read admin:fly"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_code_challenge_method"),
        ({"code_challenge": CHALLENGE}, "invalid_code_challenge_method"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_code_challenge_method"),
    ],
)
async def test_what_a_program_asks_wrongly_is_told_to_it(api: Any, changes: dict[str, str], error: str) -> None:
    async with api() as raf:
        browser = await browser_of(raf)
        assert answered(await browser.open(**changes))["error"] == error
        page = await browser.open()
        assert answered(await browser.send(page, **changes))["error"] == error


async def test_an_unknown_program_gets_a_page_and_no_redirect(api: Any) -> None:
    async with api() as raf:
        browser = await browser_of(raf)
        answer = await browser.open(client_id="nobody")
        assert answer.status_code in (400, 401)
        assert "location" not in answer.headers
        assert answer.headers["content-type"].startswith("text/html")


async def test_no_other_site_lets_a_program_in(api: Any) -> None:
    async with api() as raf:
        browser, stranger = await browser_of(raf), await browser_of(raf, "boris")
        page, other = await browser.open(), await stranger.open()
        token = re.findall(r'name="csrf_token" value="([^"]*)"', other.text)[0]
        for changes in ({"csrf_token": ""}, {"csrf_token": "forged"}, {"csrf_token": token}):
            answer = await browser.send(page, **changes)
            assert answer.status_code == 403
            assert "location" not in answer.headers
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)) | {"decision": "allow"}
        crossing = await raf.client.post(
            "/oauth/authorize", data=fields, headers={"Cookie": browser.cookie, "Sec-Fetch-Site": "cross-site"}
        )
        assert crossing.status_code == 403


async def test_a_program_without_address_gets_its_code_shown(api: Any) -> None:
    async with api() as raf:
        browser = await browser_of(raf)
        uri = "urn:ietf:wg:oauth:2.0:oob"
        page = await browser.open(redirect_uri=uri)
        answer = await browser.send(page)
        assert answer.status_code == 303
        shown = await raf.client.get(answer.headers["location"], headers={"Cookie": browser.cookie})
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        assert code in shown.text
        token = await exchange(raf, code, redirect_uri=uri, code_verifier="")
        assert token.status_code == 200
        forged = await raf.client.get('/oauth/authorize/native?code="><script>alert(1)</script>')
        assert "<script>alert" not in forged.text


async def test_a_password_becomes_a_token_and_guessing_is_slowed(api: Any, database: list[str]) -> None:
    async with api(database, "raf.identity.log_in_tries=2") as raf:
        await raf.person("anna")
        form = {
            "grant_type": "password",
            "client_id": raf.program.client_id,
            "client_secret": raf.secret,
            "username": "anna@example.org",
            "password": "soy milk and coconut",
            "scope": "read write",
        }
        answer = await raf.client.post("/oauth/token", json=form)
        assert answer.status_code == 200
        assert answer.json()["scope"] == "read write"
        assert (await raf.client.post("/oauth/token", data=form | {"scope": "admin:fly"})).json()["error"] == "invalid_scope"
        for _ in range(2):
            wrong = await raf.client.post("/oauth/token", data=form | {"password": "wrong"})
            assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
        assert (await raf.client.post("/oauth/token", data=form)).status_code == 429


async def test_a_program_registers_proves_itself_and_gives_its_token_up(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        made = await raf.client.post(
            "/api/v1/apps",
            json={
                "client_name": "Cup",
                "redirect_uris": [CALLBACK, "cup://x"],
                "scopes": "read write",
                "website": "https://cup.example",
            },
        )
        assert made.status_code == 200
        program = made.json()
        assert program["redirect_uris"] == [CALLBACK, "cup://x"]
        assert program["scopes"] == ["read", "write"]
        basic = httpx.BasicAuth(program["client_id"], program["client_secret"])
        answer = await raf.client.post("/oauth/token", data={"grant_type": "client_credentials", "scope": "read"}, auth=basic)
        token = answer.json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        known = (await raf.get("/api/v1/apps/verify_credentials", headers=bearer)).json()
        assert known["name"] == "Cup"
        assert "client_secret" not in known
        assert (await raf.get("/api/v1/timelines/home", headers=bearer)).json() == {
            "error": "This method requires an authenticated user"
        }
        own = {"client_id": program["client_id"], "client_secret": program["client_secret"]}
        foreign = {"client_id": raf.program.client_id, "client_secret": raf.secret}
        assert (await raf.client.post("/oauth/revoke", data={"token": token, **foreign})).status_code == 403
        assert (await raf.client.post("/oauth/revoke", data={"token": token})).status_code == 403
        assert (await raf.client.post("/oauth/revoke", data={"token": token, **own})).json() == {}
        assert (await raf.get("/api/v1/apps/verify_credentials", headers=bearer)).status_code == 401
        assert (await raf.client.post("/oauth/revoke", data={"token": token, **own})).status_code == 200
        wrong = await raf.client.post("/api/v1/apps", json={"client_name": "", "redirect_uris": "javascript:alert(1)"})
        assert wrong.status_code == 422


async def test_a_program_learns_whose_token_it_has(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna", "profile")
        info = await anna.get("/oauth/userinfo")
        assert info["preferred_username"] == "anna"
        assert info["iss"] == "http://raf.test/"
        assert (await anna.get("/api/v1/accounts/verify_credentials"))["acct"] == "anna"
        assert (await anna.ask("GET", "/api/v1/timelines/home")).status_code == 403


async def test_a_program_on_this_machine_may_listen_at_any_port(api: Any) -> None:
    from raf.identity.applications import check_application

    async with api() as raf:
        client, _ = await raf.house.oauth.register(check_application("Cli", ["http://127.0.0.1/cb"], "read", None))
        browser = await browser_of(raf)
        page = await browser.open(client_id=client.client_id, redirect_uri="http://127.0.0.1:41234/cb")
        assert page.status_code == 200
        for uri in (
            "http://127.0.0.1:41234/other",
            "http://localhost:41234/cb",
            "https://127.0.0.1:41234/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1:41234/c\r\nb",
        ):
            assert (await browser.open(client_id=client.client_id, redirect_uri=uri)).status_code == 400
