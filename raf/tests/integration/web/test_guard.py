"""What a page holds against people who mean harm."""

from __future__ import annotations

import re
from itertools import product

import pytest

from ostrov.core.errors import StoreFull
from raf.network import Raf
from raf.web.application import PAGES
from raf.web.testing import PASSWORD

HANDLERS = [handler for module in PAGES for handler in module.HANDLERS]
ONE_CLICK = {"/letters/stop"}
"""What the reader of somebody's mail presses, without a page before it: the key in the address is its token (RFC 8058)."""
POSTS = sorted({path for handler in HANDLERS for path in handler.paths if "POST" in handler.http_methods} - ONE_CLICK)


def filled(path: str) -> str:
    """An address with something in place of its parameters."""
    path = path.replace("{action:str}", "follow" if "accounts" in path else "favourite").replace("{kind:str}", "following")
    return re.sub(r"\{\w+:(int|str)\}", lambda found: "1" if found[1] == "int" else "x", path)


async def test_no_form_is_taken_without_its_token(open_site) -> None:  # type: ignore[no-untyped-def]
    assert len(POSTS) > 80
    async with open_site() as site:
        member = await site.member("member")
        other = await site.member("other")
        token = (await other.get("/home")).form("/compose").values["csrf_token"][0]
        taken = []
        for path, sent in product(POSTS, ("", "nonsense", token)):
            page = await member.post(filled(path), {"csrf_token": sent, "text": "x", "name": "x", "username": "x"})
            if page.status != 403:
                taken.append((path, sent, page.status))
        assert taken == []
        assert (await member.get("/home")).path == "/home"


async def test_a_form_from_another_site_is_refused_even_with_a_token(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("member")
        values = (await member.get("/home")).form("/compose").values
        values["text"] = ["not mine"]
        page = await member.post("/compose", values, **{"sec-fetch-site": "cross-site"})
        assert page.status == 403
        page = await member.post("/compose", values, origin="https://elsewhere.example")
        assert page.status == 403
        assert "not mine" not in (await member.get("/home")).text


async def test_every_page_carries_the_policy_that_forbids_foreign_scripts(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("member")
        for path in (
            "/",
            "/home",
            "/local",
            "/@member",
            "/settings/profile",
            "/nothing/here",
            "/live?stream=",
            "/search?q=<x>",
        ):
            if path.startswith("/live"):
                continue
            headers = (await member.get(path)).response.headers
            policy = headers["content-security-policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert "strict-transport-security" not in headers, "the site is not on https"


async def test_on_https_cookies_are_secure_and_the_browser_is_told_to_stay(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site("web.url=https://raf.example") as site:
        visitor = site.visitor()
        visitor.client.base_url = "https://raf.example"  # type: ignore[assignment]
        page = await visitor.get("/log-in")
        assert "max-age" in page.response.headers["strict-transport-security"]
        assert "Secure" in page.response.headers["set-cookie"]


async def test_no_page_holds_inline_scripts_or_styles(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("member")
        await member.write("hello")
        for path in ("/home", "/settings/profile", "/notifications", "/about", "/@member"):
            html = (await member.get(path)).html
            assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
            assert not re.search(r"\son[a-z]+=", html)
            assert not re.search(r"\sstyle=", html)
            assert "<style" not in html


async def test_the_session_cookie_is_out_of_reach_of_scripts(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = site.visitor()
        page = await visitor.get("/sign-up")
        values = page.form("/sign-up").values | {
            "username": ["member"],
            "email": ["m@example.org"],
            "password": [PASSWORD],
            "agreement": ["1"],
        }
        visitor.client.follow_redirects = False
        answer = (await visitor.post("/sign-up", values)).response
        cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("raf_session="))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "%2F%2Fevil"],
)
async def test_log_in_leads_to_no_other_site(target: str, open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        await site.member("member")
        visitor = site.visitor()
        page = await visitor.get("/log-in")
        visitor.client.follow_redirects = False
        values = page.form("/log-in").values | {"name": ["member"], "password": [PASSWORD], "next": [target]}
        answer = (await visitor.post("/log-in", values)).response
        assert answer.status_code == 303
        assert answer.headers["location"] == "/home"


async def test_a_planted_session_is_not_taken_over(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        await site.member("member")
        visitor = site.visitor()
        visitor.client.cookies.set("raf_session", "planted-by-somebody-else-0123456789abcdef")
        page = await visitor.get("/log-in")
        page = await page.submit("/log-in", name="member", password=PASSWORD)
        assert page.path == "/home"
        assert visitor.client.cookies.get("raf_session", domain="127.0.0.1") != "planted-by-somebody-else-0123456789abcdef"


async def test_too_many_wrong_passwords_have_to_wait(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site("raf.identity.log_in_tries_of_address=3") as site:
        await site.member("member")
        visitor = site.visitor()
        statuses = []
        for _ in range(5):
            page = await (await visitor.get("/log-in")).submit("/log-in", name="member", password="wrong-password")
            statuses.append(page.status)
        assert statuses[0] == 401
        assert statuses[-1] == 429
        assert "too often" in page.text


async def test_what_people_write_is_never_markup(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        evil = "<script>alert(1)</script><img src=x onerror=alert(1)> \"'><svg onload=alert(1)>"
        member = await site.member("member")
        await member.write(evil, spoiler_text=evil[:100])
        await (await member.get("/settings/profile")).submit(
            "/settings/profile", display_name="<script>x</script>", note=evil, field_name_0="<b>", field_value_0="<img src=x>"
        )
        for path in ("/home", "/local", "/@member", "/settings/profile", f"/search?q={evil[:40]}"):
            html = (await site.visitor().get(path) if path == "/local" else await member.get(path)).html
            assert "<script>alert" not in html
            assert "<script>x" not in html
            assert "<img src=x" not in html
            assert "<svg onload" not in html


async def test_a_private_post_is_seen_by_followers_only(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, other = await site.member("author"), await site.member("other")
        page = await author.write("between us", visibility="private")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        for visitor in (other, site.visitor()):
            assert (await visitor.get(f"/@author/{post_id}")).status == 404
            assert "between us" not in (await visitor.get("/local")).text
            assert "between us" not in (await visitor.get("/@author")).text


@pytest.mark.parametrize("path", ["/@x/99999999999999999999", "/@x/0", "/posts/99999999999999999999/reply", "/home?max_id=-1"])
async def test_impossible_numbers_are_no_failure(path: str, open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("member")
        assert (await member.get(path)).status in (400, 404)


async def test_a_form_too_large_is_refused_in_words(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("member")
        page = await member.post("/log-out", {"csrf_token": "x" * 400_000})
        assert page.status == 413
        assert "Too much for this cup" in page.text


async def test_everything_a_page_refers_to_is_served(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = site.visitor()
        page = await visitor.get("/")
        addresses = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.html))
        assert len(addresses) > 10
        addresses |= {"/manifest.webmanifest", "/favicon.ico", "/robots.txt"}
        for address in addresses:
            answer = (await visitor.get(address)).response
            assert answer.status_code == 200, address
            if address.startswith("/static"):
                assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("name", ["\ue000csrf\ue000", "\ue000nothing\ue000", "a\ue000b"])
async def test_a_name_cannot_pass_for_a_hole_in_the_page(name: str, open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        member = await site.member("member")
        await (await member.get("/settings/profile")).submit("/settings/profile", display_name=name)
        for path in ("/home", "/@member", "/tags/%EE%80%80nothing%EE%80%80"):
            page = await member.get(path)
            assert page.status == 200, path
            assert path.startswith("/tags") or name in page.text, path
        assert "<title>" + name in (await member.get("/@member")).html


async def test_head_answers_as_get_does_without_the_body(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = site.visitor()
        page = await visitor.get("/about")
        stylesheet = re.search(r'href="(/static/[^"]+\.css)"', page.html)[1]  # type: ignore[index]
        for path in ("/about", stylesheet):
            answer = await visitor.client.head(path)
            assert answer.status_code == 200
            assert answer.content == b""
            assert int(answer.headers["content-length"]) > 1000


async def test_what_somebody_wrote_comes_back_whatever_went_wrong(open_site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, reader = await site.member("author"), await site.member("reader")
        page = await author.write("soon gone")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        answering = await reader.get(f"/posts/{post_id}/reply")
        await (await author.get(f"/posts/{post_id}/delete")).submit(f"/posts/{post_id}/delete")
        late = await answering.submit("/compose", text="a long and careful answer")
        assert late.status == 404
        assert "The post you answer is gone" in late.text
        assert late.form("/compose").values["text"] == ["a long and careful answer"]

        async def full(*_: object, **__: object) -> None:
            raise StoreFull("the disk is full")

        monkeypatch.setattr(Raf, "post", full)
        unlucky = await author.write("not lost")
        assert unlucky.status == 507
        assert "no room left on the disk" in unlucky.text
        assert unlucky.form("/compose").values["text"] == ["not lost"]


async def test_what_the_world_did_is_logged_in_a_line_and_what_we_did_with_its_trace(open_site, monkeypatch, caplog) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:

        async def full(*_: object, **__: object) -> None:
            raise StoreFull("the disk is full", tip="free some space")

        async def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        for cause, traced in ((full, False), (broken, True)):
            monkeypatch.setattr(Raf, "public", cause)
            caplog.clear()
            assert (await site.visitor().get("/local")).status >= 500
            (record,) = [record for record in caplog.records if record.name == "raf.web"]
            assert bool(record.exc_info) is traced
            assert ("free some space" in record.getMessage()) is not traced


async def test_the_switch_works_on_the_page_of_an_error(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        for visitor in (site.visitor(), await site.member("member")):
            lost = await visitor.get("/@nobody")
            page = await lost.submit("/appearance", language="ru")
            assert page.found.language == "ru"


async def test_no_search_writes_headers(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = site.visitor()
        page = await visitor.get("/search?q=http://127.0.0.1:8000/@a%0d%0aset-cookie:%20raf_session=planted")
        assert page.status == 200
        assert page.path.startswith("/search")
        assert "planted" not in str(page.response.headers)
