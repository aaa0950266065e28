"""What every answer tells the browser: who may run, frame, keep and guess."""

from __future__ import annotations

import re
from typing import Any

from raf.tests.security.routes import api_routes, page_routes

FOREIGN = re.compile(r"\b(unsafe-inline|unsafe-eval|https?:|\*)(?=[\s;']|$)")
ABROAD = "/log-in/open"
DATA = ("application/json", "application/jrd+json", "text/plain")
PUBLIC = re.compile(r"/(\.well-known|nodeinfo|health|api/openapi|openapi)")
"""Of the API, what is the same for everybody and may be kept."""


def check_page(path: str, headers: Any, *, known: bool) -> None:
    """The headers of a page; `known` says that somebody is logged in."""
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy, path
    assert "frame-ancestors 'none'" in policy, path
    assert not FOREIGN.search(policy.replace("form-action 'self'", "")), (path, policy)
    assert headers["x-content-type-options"] == "nosniff", path
    assert headers["x-frame-options"] == "DENY", path
    assert headers["referrer-policy"] == "same-origin", path
    assert "server" not in headers, path
    assert "x-powered-by" not in headers, path
    kind = headers.get("content-type", "")
    if kind.startswith("text/"):
        assert "charset=utf-8" in kind, path
    if known and path not in ("/manifest.webmanifest", "/favicon.ico", "/robots.txt", "/service-worker.js"):
        assert "no-store" in headers["cache-control"], (path, headers["cache-control"])


async def test_every_page_forbids_what_it_does_not_need_and_is_kept_nowhere(open_site: Any) -> None:
    async with open_site() as site:
        member, stranger = await site.member("member"), site.visitor()
        values = {name: "1" for route in page_routes() for name in route.names} | {"handle": "@member", "tab": "posts"}
        for client in (member.client, stranger.client):
            client.follow_redirects = False
        opened = 0
        for route in page_routes():
            if route.method != "GET" or route.path.startswith(ABROAD):
                continue
            path = route.filled(values)
            for visitor in (member, stranger):
                answer = await visitor.client.get(path)
                check_page(path, answer.headers, known=visitor is member)
                opened += answer.status_code == 200
        assert opened > 60


async def test_every_answer_of_the_api_is_data_and_is_kept_nowhere(api: Any) -> None:
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna")
        values = dict.fromkeys([name for route in api_routes() for name in route.names], "9") | {"account_id": anna.id}
        for route in api_routes():
            if route.path.startswith("/oauth/authorize"):
                continue
            path = route.filled(values)
            for answer in (await anna.ask(route.method, path), await raf.client.request(route.method, path)):
                headers = answer.headers
                assert headers["content-type"].startswith(DATA), str(route)
                assert "no-store" in headers["cache-control"] or PUBLIC.match(route.path), str(route)
                assert headers["x-content-type-options"] == "nosniff", str(route)
                assert "default-src 'none'" in headers["content-security-policy"], str(route)
                assert "frame-ancestors 'none'" in headers["content-security-policy"], str(route)
                assert headers["access-control-allow-origin"] == "*", str(route)
                assert "access-control-allow-credentials" not in headers, str(route)
                assert "set-cookie" not in headers, str(route)
                assert "server" not in headers


async def test_over_https_a_browser_never_asks_in_the_clear_again(open_site: Any, api: Any) -> None:
    """HSTS for this host and what is below it, cookies for this host alone, out of reach of scripts and other sites."""
    async with open_site("web.url=https://raf.test") as site:
        visitor = site.visitor()
        visitor.client.base_url = "https://raf.test"
        page = await visitor.sign_up("member")
        assert page.status == 200
        assert page.response.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        cookies = [value for answer in page.response.history for value in answer.headers.get_list("set-cookie")]
        (session,) = [value for value in cookies if value.startswith("__Host-raf_session=")]
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/;"):
            assert flag in session
        assert "domain" not in session.lower()
        assert all("Secure" in value and "SameSite=Lax" in value for value in cookies)
        token = session.partition("=")[2].partition(";")[0]
        planted = site.visitor()  # another host of the domain can set a cookie without the prefix only
        planted.client.base_url = "https://raf.test"
        planted.client.cookies.set("raf_session", token)
        assert (await planted.get("/home")).path.startswith("/log-in")
    async with api("web.url=https://raf.test") as raf:
        for path in ("/api/v2/instance", "/api/v1/nothing", "/api/v1/timelines/home", "/.well-known/nodeinfo"):
            answer = await raf.get(path)
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000; includeSub"), path


async def test_who_logs_out_leaves_nothing_in_the_browser(open_site: Any) -> None:
    async with open_site() as site:
        member = await site.member("member")
        values = (await member.get("/home")).form("/compose").values
        page = await member.post("/log-out", {"csrf_token": values["csrf_token"]})
        answer = page.response.history[0]
        assert answer.headers["clear-site-data"] == '"storage"'
        assert "raf_session=; Path=/; Max-Age=0" in answer.headers["set-cookie"]
        assert (await member.get("/home")).path.startswith("/log-in")


async def test_no_session_travels_in_an_address(open_site: Any) -> None:
    async with open_site() as site:
        member = await site.member("member")
        token = member.client.cookies["raf_session"]
        stranger = site.visitor()
        for name in ("raf_session", "session", "access_token"):
            assert (await stranger.get(f"/home?{name}={token}")).path.startswith("/log-in")
        for path in ("/home", "/settings/security", "/@member"):
            assert token not in (await member.get(path)).html
