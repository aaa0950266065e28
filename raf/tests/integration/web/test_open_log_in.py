"""Logging in with an account of another place, which runs here as a small OpenID provider over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from raf.moderation import judging
from raf.moderation.moderation import open_moderation
from raf.network import open_raf
from raf.web.testing import ADDRESS, PASSWORD, Page, Visitor


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(value: int) -> str:
    return text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Place:
    """A provider that lets everybody in as whom they say. `fault` changes the next token's claims."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = rsa.generate_private_key(65537, 2048)
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, Any] = {}
        self.forged = False

    @property
    def settings(self) -> list[str]:
        section = {"issuer": self.issuer, "client_id": "raf", "client_secret": "very secret", "name": "Kofeinya"}
        return [f"web.url={ADDRESS}", *(f"raf.openid.{name}={value}" for name, value in section.items())]

    def approve(self, address: str, subject: str) -> str:
        """Somebody logs in there; where they are sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["redirect_uri"] == f"{ADDRESS}/log-in/open/back"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked | {"sub": subject}
        return f"/log-in/open/back?code={code}&state={asked['state']}"

    def token(self, form: dict[str, list[str]], authorization: str) -> dict[str, str] | None:
        asked = self.codes.pop(form["code"][0], None)
        right = base64.b64encode(b"raf:very%20secret").decode()
        if asked is None or authorization != f"Basic {right}":
            return None
        if text(hashlib.sha256(form["code_verifier"][0].encode()).digest()) != asked["code_challenge"]:
            return None
        claims = {"iss": self.issuer, "aud": "raf", "sub": asked["sub"], "nonce": asked["nonce"], "exp": time.time() + 60}
        head, body = ({"alg": "RS256", "kid": "1"}, claims | self.claims)
        signed = ".".join(text(json.dumps(part).encode()) for part in (head, body))
        key = rsa.generate_private_key(65537, 2048) if self.forged else self.key
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return {"id_token": f"{signed}.{text(signature)}"}

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            numbers = self.key.public_key().public_numbers()
            return {"keys": [{"kty": "RSA", "kid": "1", "n": number(numbers.n), "e": number(numbers.e)}]}
        ends = {name: f"{self.issuer}/{end}" for name, end in (("authorization_endpoint", "go"), ("token_endpoint", "token"))}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **ends}


@pytest.fixture
def place() -> Iterator[Place]:
    """The other place, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send(made.answer(self.path))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send(made.token(form, self.headers["authorization"]))

        def send(self, found: object) -> None:
            body = json.dumps(found).encode()
            self.send_response(200 if found else 400)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Place(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


async def came(place: Place, visitor: Visitor, subject: str) -> Page:
    """Somebody who goes there from the log-in and comes back."""
    sent = await visitor.client.get("/log-in/open", follow_redirects=False)
    return await visitor.get(place.approve(sent.headers["location"], subject))


async def connected(place: Place, visitor: Visitor, subject: str) -> Page:
    """A member who connects an account there."""
    page = await (await visitor.get("/settings/security")).submit("/settings/security/open")
    where = next(link for link in page.found.links if link.startswith(place.issuer))
    return await visitor.get(place.approve(where, subject))


async def test_a_connected_account_lets_in(open_site, database, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        assert "Log in with Kofeinya" in (await site.visitor().get("/log-in")).text
        page = await came(place, site.visitor(), "anna@there")
        assert (page.status, "No account here is connected" in page.text) == (422, True)
        anna = await site.member("anna")
        assert "Your account there opens this one." in (await connected(place, anna, "anna@there")).text
        page = await came(place, site.visitor(), "anna@there")
        assert (page.path, "@anna" in page.text) == ("/home", True)
        await (await anna.get("/settings/security")).submit("/settings/security/open/remove")
        assert (await came(place, site.visitor(), "anna@there")).status == 422


async def test_one_account_there_opens_one_here(open_site, database, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        anna, vera = await site.member("anna"), await site.member("vera")
        await connected(place, anna, "anna@there")
        assert "It was not connected" in (await connected(place, vera, "anna@there")).text
        assert "@anna" in (await came(place, site.visitor(), "anna@there")).text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"exp": 1000},
        {"aud": ["raf", "another"]},
        {"sub": ""},
        None,
    ],
)
async def test_an_answer_that_is_not_for_this_log_in_lets_nobody_in(open_site, place: Place, claims: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        await connected(place, await site.member("anna"), "anna@there")
        place.claims, place.forged = claims or {}, claims is None
        page = await came(place, site.visitor(), "anna@there")
        assert (page.status, "cannot be trusted" in page.text) == (422, True)


async def test_an_address_to_come_back_to_is_of_no_use_in_another_browser(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        await connected(place, await site.member("anna"), "anna@there")
        sent = await site.visitor().client.get("/log-in/open", follow_redirects=False)
        back = place.approve(sent.headers["location"], "anna@there")
        other = site.visitor()
        await other.client.get("/log-in/open", follow_redirects=False)
        assert (await other.get(back)).status == 422
        vera = await site.member("vera")
        assert (await vera.get(back)).path == "/settings/security"
        assert "Your account there" not in (await vera.get("/settings/security")).text


async def test_without_another_place_there_is_nothing_of_it(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        assert "/log-in/open" not in (await site.visitor().get("/log-in")).html
        assert (await site.visitor().get("/log-in/open")).status == 404


OPEN_SIGN_UP = "raf.openid.sign_up=true"


async def test_who_comes_from_there_opens_an_account_even_when_strangers_cannot(  # type: ignore[no-untyped-def]
    open_site, database, place: Place
) -> None:
    closed = ("raf.identity.registrations=false", "raf.identity.approval=true")
    async with open_site(*place.settings, OPEN_SIGN_UP, *closed) as site:
        place.claims = {"preferred_username": "anna.k@there", "email": "anna@there.example"}
        assert "Sign up with Kofeinya" in (await site.visitor().get("/sign-up")).text
        visitor = site.visitor()
        page = await came(place, visitor, "anna@there")
        assert (page.path, "Kofeinya knows you" in page.text) == ("/sign-up/open", True)
        begun = page.form("/sign-up/open").values
        assert (begun["username"], begun["email"]) == (["anna_k"], ["anna@there.example"])
        page = await page.submit("/sign-up/open", username="root", password=PASSWORD, agreement=True)
        assert (page.status, page.form("/sign-up/open").values["username"]) == (422, ["root"])
        page = await page.submit("/sign-up/open", username="anna", password=PASSWORD, agreement=True)
        assert (page.path, "@anna" in page.text) == ("/home", True)
        assert "Your account there opens this one." in (await visitor.get("/settings/security")).text
        again = await came(place, site.visitor(), "anna@there")
        assert (again.path, "@anna" in again.text) == ("/home", True)


async def test_a_form_to_join_from_there_is_of_use_once_and_in_one_browser(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings, OPEN_SIGN_UP) as site:
        visitor = site.visitor()
        page = await came(place, visitor, "anna@there")
        kept = dict(visitor.client.cookies)
        filled = {"username": "anna", "email": "a@example.org", "password": PASSWORD, "agreement": True}
        assert (await page.submit("/sign-up/open", **filled)).path == "/home"
        late = site.visitor()
        late.client.cookies.update(kept)
        assert (await late.get("/sign-up/open")).path == "/log-in"
        assert (await site.visitor().get("/sign-up/open")).path == "/log-in"


async def test_without_the_setting_nobody_joins_from_there(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings) as site:
        assert "/log-in/open" not in (await site.visitor().get("/sign-up")).html
        assert (await came(place, site.visitor(), "anna@there")).status == 422


async def test_a_blocked_provider_is_blocked_for_who_comes_from_there_too(open_site, place: Place) -> None:  # type: ignore[no-untyped-def]
    async with open_site(*place.settings, OPEN_SIGN_UP) as site:
        vera = await site.member("vera")
        account = await site.application.part(open_raf).account_by_name("vera")
        await site.application.part(open_moderation).write(judging.give_role, 0, int(account.id), "owner")
        page = await vera.get("/moderation/blocks")
        await page.submit("/moderation/blocks/email_domain_block", target="spam.example")
        page = await came(place, site.visitor(), "anna@there")
        filled = {"username": "anna", "email": "anna@spam.example", "password": PASSWORD, "agreement": True}
        assert "This is not allowed here" in (await page.submit("/sign-up/open", **filled)).text
