"""How the API behaves to everybody: errors, scopes, pages, limits, headers, discovery."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from raf.mastodon.access import Rule
from raf.mastodon.direct import ENDPOINTS
from raf.mastodon.routes import HANDLERS

INVALID = {"error": "The access token is invalid"}
OUTSIDE = {"error": "This action is outside the authorized scopes"}


def rules() -> list[tuple[str, str, Rule]]:
    """(method, path, rule) of every endpoint, with ids put into the path."""
    found = [(method, path, rule) for (method, path), (rule, _) in ENDPOINTS.items()]
    for handler in HANDLERS:
        for path in handler.paths:
            for method in handler.http_methods:
                concrete = "/".join(
                    ("1" if part.endswith(":int}") else "x") if part.startswith("{") else part for part in path.split("/")
                )
                found.append((method, concrete, handler.opt["rule"]))
    return found


async def test_every_endpoint_keeps_its_rule_of_access(api: Any) -> None:
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna")
        without = await raf.token("push", anna.account_id, "push")
        program = await raf.token("program", None, "read write follow push")
        checked = 0
        for method, path, rule in rules():
            anonymous = await raf.client.request(method, path)
            forged = await raf.client.request(method, path, headers={"Authorization": "Bearer " + "x" * 43})
            narrow = await without.ask(method, path)
            if rule.who in ("application", "person"):
                assert (anonymous.status_code, anonymous.json()) == (401, INVALID), path
            if rule.who != "anyone":
                assert (forged.status_code, forged.json()) == (401, INVALID), path
                if rule.scopes and "push" not in rule.scopes:
                    assert (narrow.status_code, narrow.json()) == (403, OUTSIDE), path
            if rule.who == "person":
                mine = await program.ask(method, path)
                assert mine.status_code in (403, 422), path
            checked += 1
        assert checked > 110


async def test_writing_needs_a_writing_scope() -> None:
    for method, path, rule in rules():
        writes = method != "GET" and not path.endswith("/canonical_email_blocks/test")  # it asks by POST, as in Mastodon
        if writes and path.startswith("/api/v1/") and rule.who == "person":
            assert rule.scopes
            assert all(scope.startswith(("write", "admin:write", "push")) for scope in rule.scopes), path
        if method == "GET" and rule.who == "person" and path.startswith("/api/") and "/media/" not in path:
            assert all(not scope.startswith(("write", "admin:write")) for scope in rule.scopes), path


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/nothing"),
        ("GET", "/api/v9/instance"),
        ("POST", "/api/v1/instance"),
        ("DELETE", "/api/v1/timelines/home"),
        ("GET", "/api/v1/accounts/abc"),
        ("GET", "/api/v1/statuses/1/translate"),
        ("GET", "/.well-known/nothing"),
        ("GET", "/nodeinfo/9.9"),
    ],
)
async def test_what_does_not_exist_is_told_as_mastodon_tells_it(api: Any, method: str, path: str) -> None:
    async with api() as raf:
        answer = await raf.client.request(method, path)
        assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


@pytest.mark.parametrize("number", ["1", "99999999999999999999999999", "9223372036854775808", "-1"])
async def test_an_id_that_cannot_be_is_not_found(api: Any, database: list[str], number: str) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        for path in ("/api/v1/statuses/{}", "/api/v1/accounts/{}", "/api/v1/statuses/{}/context", "/api/v1/media/{}"):
            answer = await anna.ask("GET", path.format(number))
            assert answer.status_code == 404, path
        for path in (
            *("/api/v1/timelines/home?max_id={}", "/api/v1/notifications?since_id={}", "/api/v1/accounts?id[]={}"),
            *("/api/v1/accounts/search?q=a&offset={}", "/api/v2/search?q=a&type=accounts&offset={}&limit={}"),
        ):
            assert (await anna.ask("GET", path.format(number, number))).status_code in (200, 400), path
        post = await anna.ask("POST", "/api/v1/statuses", json={"status": "x", "in_reply_to_id": number})
        assert post.status_code in (400, 404)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[1,2]", "application/json"),
        (b'{"status": {"a": 1}}', "application/json"),
        (b'{"media_ids": [[[]]]}', "application/json"),
        (b'{"poll":' + b'{"a":' * 700 + b"1" + b"}" * 701, "application/json"),
        (b'{"note":' + b"[" * 700 + b"]" * 700 + b"}", "application/json"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=status\r\n\r\nhello", "multipart/form-data; boundary=x"),
        (b"anything", "multipart/form-data"),
        (b"%%%=%%%&[[[[=1&]=2", "application/x-www-form-urlencoded"),
        (b"status", "image/png"),
        (b"", ""),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_and_never_an_error_of_ours(api: Any, content: bytes, kind: str) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        for path in ("/api/v1/statuses", "/api/v2/media", "/api/v1/markers", "/api/v1/apps", "/oauth/token"):
            answer = await anna.ask("POST", path, content=content, headers={"content-type": kind})
            assert 400 <= answer.status_code < 500 or path == "/api/v1/markers", (path, answer.status_code, answer.text)
            assert answer.status_code < 500
        answer = await anna.ask("PATCH", "/api/v1/accounts/update_credentials", content=content, headers={"content-type": kind})
        assert answer.status_code < 500


async def test_pages_lead_through_everything_once_in_both_directions(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        ids = [(await anna.says(f"{number}"))["id"] for number in range(7)]

        async def walk(path: str, rel: str) -> list[str]:
            found: list[str] = []
            while path:
                answer = await anna.ask("GET", path)
                found += [one["id"] for one in answer.json()]
                link = answer.links.get(rel)
                if not answer.json() or link is None:
                    break
                parts = urlsplit(link["url"])
                assert parts.netloc == "raf.test"
                assert parse_qs(parts.query)["limit"] == ["3"]
                path = f"{parts.path}?{parts.query}"
            return found

        for path in ("/api/v1/timelines/home", "/api/v1/timelines/public", f"/api/v1/accounts/{anna.id}/statuses"):
            assert await walk(f"{path}?limit=3", "next") == ids[::-1], path
            newer = await walk(f"{path}?limit=3&min_id={ids[0]}", "prev")
            assert sorted(newer) == ids[1:], path
            assert [one["id"] for one in await anna.get(f"{path}?limit=3&since_id={ids[0]}")] == ids[:3:-1], path
            assert [one["id"] for one in await anna.get(f"{path}?limit=3&min_id={ids[0]}")] == ids[3:0:-1], path


async def test_no_address_writes_headers(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        await anna.says("#a")
        answer = await anna.ask("GET", "/api/v1/timelines/tag/a%0d%0aX-Evil:%201?limit=1&x=%0d%0aX-Evil:%202")
        assert answer.status_code < 500
        answer = await anna.ask("GET", "/api/v1/timelines/public?limit=1&x=%0d%0aX-Evil:%202&y[]=%3E;%22")
        assert "x-evil" not in answer.headers
        assert "\n" not in answer.headers["link"]
        assert answer.headers["link"].count(">") == 2


async def test_lists_of_people_end_without_a_next_page(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        names = [f"p{number}" for number in range(5)]
        for name in names:
            await (await raf.person(name)).post(f"/api/v1/accounts/{anna.id}/follow")
        found, path = [], f"/api/v1/accounts/{anna.id}/followers?limit=2"
        for _ in range(5):
            answer = await anna.ask("GET", path)
            found += [one["acct"] for one in answer.json()]
            if "next" not in answer.links:
                break
            path = answer.links["next"]["url"]
        assert found == names[::-1]


async def test_a_limit_is_held_within_bounds(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        for number in range(42):
            await anna.says(f"{number}")
        for asked, got in (("", 20), ("?limit=0", 20), ("?limit=-5", 20), ("?limit=1000", 40), ("?limit=", 20)):
            assert len(await anna.get(f"/api/v1/timelines/home{asked}")) == got, asked


async def test_requests_are_counted_and_then_refused(api: Any) -> None:
    async with api("raf.api.rate_limit=5") as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        for left in (4, 3, 2, 1, 0):
            answer = await anna.ask("GET", "/api/v1/timelines/home")
            assert answer.headers["x-ratelimit-limit"] == "5"
            assert answer.headers["x-ratelimit-remaining"] == str(left)
            assert answer.headers["x-ratelimit-reset"].endswith("Z")
        refused = await anna.ask("GET", "/api/v1/instance")
        assert (refused.status_code, refused.json()) == (429, {"error": "Too many requests"})
        assert int(refused.headers["retry-after"]) > 0
        assert (await boris.ask("GET", "/api/v1/timelines/home")).status_code == 200
        assert (await raf.get("/api/v1/instance")).status_code == 200


async def test_programs_of_other_sites_may_ask_but_bring_no_cookies(api: Any) -> None:
    async with api() as raf:
        preflight = await raf.client.options(
            "/api/v1/statuses",
            headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"},
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "*"
        assert "Authorization" in preflight.headers["access-control-allow-headers"]
        for asked, allowed in (("x-app-version, authorization", "x-app-version, authorization"), ("a\tb;c", "Authorization, ")):
            preflight = await raf.client.options("/api/v1/statuses", headers={"Access-Control-Request-Headers": asked})
            assert preflight.headers["access-control-allow-headers"].startswith(allowed)
        assert "access-control-allow-credentials" not in preflight.headers
        for path in ("/api/v1/instance", "/api/v1/timelines/public", "/oauth/token", "/.well-known/oauth-authorization-server"):
            answer = await raf.client.request("POST" if path == "/oauth/token" else "GET", path)
            assert answer.headers["access-control-allow-origin"] == "*", path
            assert "Link" in answer.headers["access-control-expose-headers"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            assert answer.headers["content-type"].startswith("application/json")


async def test_a_browser_session_opens_nothing_in_the_api(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        token = await raf.house.identity.open_session(anna.account_id)
        for method, path in (("GET", "/api/v1/timelines/home"), ("POST", "/api/v1/statuses")):
            answer = await raf.client.request(method, path, headers={"Cookie": f"raf_session={token}"})
            assert answer.status_code == 401


async def test_what_is_empty_here_is_empty_in_mastodons_shape(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        for path in (
            *("/api/v1/lists", "/api/v1/filters", "/api/v2/filters", "/api/v1/announcements", "/api/v1/custom_emojis"),
            *("/api/v1/followed_tags", "/api/v1/domain_blocks", "/api/v1/scheduled_statuses", "/api/v1/trends/links"),
            *("/api/v1/featured_tags", "/api/v1/endorsements", f"/api/v1/accounts/{anna.id}/featured_tags"),
            *(f"/api/v1/accounts/{anna.id}/lists", "/api/v1/instance/peers", "/api/v1/notifications/requests"),
        ):
            assert await anna.get(path) == [], path
        for path in ("/api/v1/timelines/list/1", "/api/v1/polls/1", "/api/v1/push/subscription"):
            assert (await anna.ask("GET", path)).status_code == 404, path


async def test_the_server_says_what_it_is(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        await anna.says("one")
        old, new = (await raf.get("/api/v1/instance")).json(), (await raf.get("/api/v2/instance")).json()
        assert old["version"] == new["version"] == "4.4.0 (compatible; Raf 0.1.0)"
        assert old["uri"] == new["domain"] == "raf.test"
        assert old["stats"] == {"user_count": 1, "status_count": 1, "domain_count": 0}
        assert new["usage"]["users"]["active_month"] == 1
        assert new["configuration"]["urls"]["streaming"] == "ws://raf.test"
        assert new["configuration"]["statuses"]["max_characters"] == 500
        assert new["api_versions"]["mastodon"] >= 2
        assert new["rules"] == (await raf.get("/api/v1/instance/rules")).json()
        links = (await raf.get("/.well-known/nodeinfo")).json()["links"]
        info = (await raf.get(urlsplit(links[0]["href"]).path)).json()
        assert info["usage"] == {"users": {"total": 1, "activeMonth": 1, "activeHalfyear": 1}, "localPosts": 1}
        assert "argon2id" in (await raf.get("/api/v1/instance/privacy_policy")).json()["content"]
        assert (await raf.get("/api/v1/instance/extended_description")).json()["content"].startswith("<p>")
        weeks = (await raf.get("/api/v1/instance/activity")).json()
        assert len(weeks) == 12
        assert (weeks[0]["statuses"], weeks[0]["registrations"]) == ("1", "1")
        metadata = (await raf.get("/.well-known/oauth-authorization-server")).json()
        assert metadata["issuer"] == "http://raf.test/"
        assert metadata["code_challenge_methods_supported"] == ["S256"]


async def test_what_goes_wrong_around_the_page_that_asks_for_consent_is_a_page(api: Any) -> None:
    async with api() as raf:
        for method, path, status in (
            ("OPTIONS", "/oauth/authorize", 405),
            ("HEAD", "/oauth/authorize", 401),
            ("GET", "/oauth/authorize/native/further", 404),
            ("GET", "/oauth/authorize?client_id[a]=1", 400),
        ):
            answer = await raf.client.request(method, path)
            assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), path
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert len(answer.headers.get_list("content-security-policy")) == 1
            assert bool(answer.content) == (method != "HEAD")


async def test_the_description_of_the_api_is_served_to_programs_anywhere(api: Any) -> None:
    async with api() as raf:
        answer = await raf.get("/api/openapi.json")
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        told = answer.json()
        assert told["openapi"].startswith("3.1")
        assert told["servers"] == [{"url": "http://raf.test"}]
        assert "/api/v1/statuses" in told["paths"]
