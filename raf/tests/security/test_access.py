"""Who may use which endpoint, and on whose things: the whole route table, so that a new route is tried by itself."""

from __future__ import annotations

import time
from typing import Any

import httpx
from raf.tests.security.routes import Route, api_routes

from ostrov import run_tasks
from raf.identity.scopes import SCOPES, grants
from raf.times import iso

EVERYTHING = "read write follow push profile admin:read admin:write"
COMMON = {"account_id", "name", "tag", "date"}
"""Parameters that name what is everybody's: people, hashtags, versions of the terms."""
FOR_ALL = "/api/v1/announcements/"
NOTHING_TO_DO = {"POST /api/v2/notifications/{group_key:str}/dismiss"}
"""Answered 200 as Mastodon does: a key names a group among one's own, and there is none."""


def person_routes() -> list[Route]:
    return [route for route in api_routes() if route.rule is not None and route.rule.who == "person"]


async def test_no_scope_opens_what_it_does_not_name(api: Any) -> None:
    """For each endpoint: a token of every scope but those that grant it is outside, one of each alone is inside."""
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna")
        values = dict.fromkeys([name for route in api_routes() for name in route.names], "9")
        wrong: list[str] = []
        tokens: dict[tuple[str, ...], Any] = {}
        for route in api_routes():
            rule = route.rule
            if rule is None or rule.who == "anyone" or not rule.scopes:
                continue
            others = tuple(scope for scope in SCOPES if grants([scope]).isdisjoint(rule.scopes))
            if others not in tokens:
                tokens[others] = await narrow(raf, anna.account_id, " ".join(others))
            answer = await tokens[others].ask(route.method, route.filled(values))
            if (answer.status_code, "outside" in answer.text) != (403, True):
                wrong.append(f"{route} took a token without {rule.scopes}: {answer.status_code}")
            for scope in rule.scopes:
                if (scope,) not in tokens:
                    tokens[scope,] = await narrow(raf, anna.account_id, scope)
                answer = await tokens[scope,].ask(route.method, route.filled(values))
                if rule.who != "application" and (answer.status_code == 401 or "outside" in answer.text):
                    wrong.append(f"{route} refused {scope}: {answer.status_code}")
        assert wrong == []


async def test_who_is_kept_out_uses_nothing(api: Any) -> None:
    """Frozen, suspended or not let in yet: no endpoint of a person answers, whatever the token."""
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna", EVERYTHING)
        values = dict.fromkeys([name for route in api_routes() for name in route.names], "9")
        for column in ("disabled", "suspended", "held"):
            await raf.application.store.write(
                lambda connection, column=column: connection.execute(
                    f"UPDATE account SET {column} = 1 WHERE id = ?", (anna.account_id,)
                )
            )
            await anna_is_read_anew(raf, anna)
            for route in person_routes():
                answer = await anna.ask(route.method, route.filled(values))
                assert (answer.status_code, "Your login is" in answer.text) == (403, True), (column, str(route))
            await raf.application.store.write(
                lambda connection, column=column: connection.execute(
                    f"UPDATE account SET {column} = 0 WHERE id = ?", (anna.account_id,)
                )
            )


async def test_the_moderators_endpoints_are_the_moderators(api: Any) -> None:
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna", EVERYTHING)
        other = await raf.person("other")
        values = dict.fromkeys([name for route in api_routes() for name in route.names], "9") | {"account_id": other.id}
        tried = [route for route in api_routes() if "/admin/" in route.path]
        assert len(tried) > 30
        for route in tried:
            answer = await anna.ask(route.method, route.filled(values), json={"type": "suspend", "domain": "x.example"})
            assert answer.status_code == 403, str(route)


async def test_nobody_reaches_what_is_another_persons(api: Any, database: list[str], picture: bytes) -> None:
    """Every endpoint with an id of something of one person's, asked by another: 403 or 404, and nothing is changed."""
    async with api("raf.api.rate_limit=0", database) as raf:
        anna, mallory = await raf.person("anna", EVERYTHING), await raf.person("mallory", EVERYTHING)
        values = await belongings(raf, anna, picture)
        body = {
            **dict.fromkeys(("title", "phrase", "keyword", "status", "description", "comment"), "stolen"),
            **{"context": ["home"], "account_ids": [mallory.id], "status_id": values["status_id"], "choices": [0]},
            **{"quote_approval_policy": "nobody", "scheduled_at": iso(time.time() + 7200)},
        }
        tried = [r for r in api_routes() if set(r.names) - COMMON and not r.path.startswith(FOR_ALL)]
        assert len(tried) > 70
        before = await all_of(anna)
        reached = []
        for route in tried:
            options: dict[str, Any] = {} if route.method == "GET" else {"json": body}
            answer = await mallory.ask(route.method, route.filled(values), **options)
            if answer.status_code not in (403, 404) and str(route) not in NOTHING_TO_DO:
                reached.append(f"{route} → {answer.status_code} {answer.text[:80]}")
            without = await raf.client.request(route.method, route.filled(values), **options)
            if without.status_code not in (401, 404):
                reached.append(f"{route} without a token → {without.status_code}")
        assert reached == []
        assert await all_of(anna) == before, "a refused request changed something"
        for route in tried:  # the ids were right: their owner is let in
            if route.method == "GET" and "/admin/" not in route.path:
                answer = await anna.ask("GET", route.filled(values))
                assert answer.status_code in (200, 206), (str(route), answer.text)


async def test_no_body_names_another_persons_things(api: Any, database: list[str], picture: bytes) -> None:
    """Ids in bodies are looked at like ids in paths: of media, posts, keywords, requests, reports."""
    async with api("raf.api.rate_limit=0", database) as raf:
        anna, mallory = await raf.person("anna"), await raf.person("mallory")
        hers = await belongings(raf, anna, picture)
        before = await all_of(anna)
        tries: list[tuple[str, str, dict[str, Any], tuple[int, ...]]] = [
            ("POST", "/api/v1/statuses", {"status": "mine", "media_ids": [hers["media_id"]]}, (404, 422)),
            ("POST", "/api/v1/statuses", {"status": "mine", "in_reply_to_id": hers["status_id"]}, (404, 422)),
            ("POST", "/api/v1/statuses", {"status": "mine", "quoted_status_id": hers["status_id"]}, (404, 422)),
            ("POST", "/api/v1/reports", {"account_id": anna.id, "status_ids": [hers["status_id"]]}, (404, 422)),
        ]
        for method, path, body, refusals in tries:
            answer = await mallory.ask(method, path, json=body)
            assert answer.status_code in refusals, (path, body, answer.text)
        own = await mallory.post("/api/v2/filters", json={"title": "own", "context": ["home"]})
        stolen = {"keywords_attributes": [{"id": hers["keyword_id"], "keyword": "stolen"}]}
        answer = await mallory.ask("PUT", f"/api/v2/filters/{own['id']}", json=stolen)
        assert answer.status_code in (404, 422), answer.text
        answer = await mallory.ask("POST", f"/api/v2/filters/{own['id']}/statuses", json={"status_id": hers["status_id"]})
        assert answer.status_code in (404, 422), answer.text
        await mallory.ask("POST", "/api/v1/notifications/requests/accept", json={"id": [hers["request_id"]]})
        await mallory.ask("POST", "/api/v1/notifications/requests/dismiss", json={"id": [hers["request_id"]]})
        assert await all_of(anna) == before


async def test_no_field_beyond_the_form_is_taken(api: Any) -> None:
    """Mass assignment: fields of the entity that are not the form's change nothing."""
    async with api() as raf:
        anna = await raf.person("anna")
        extra = {
            **{
                "id": "1",
                "username": "root",
                "acct": "root",
                "followers_count": 9,
                "suspended": False,
                "created_at": "2001-01-01",
            },
            **{"role": {"id": "3", "permissions": "1"}, "role_id": 3, "permissions": "1048575", "email": "x@example.org"},
            **{"held": 0, "disabled": 0, "account_id": "1", "favourites_count": 7, "reblogs_count": 7, "verified_at": "now"},
        }
        before = await anna.get("/api/v1/accounts/verify_credentials")
        await anna.ask("PATCH", "/api/v1/accounts/update_credentials", json=extra)
        after = await anna.get("/api/v1/accounts/verify_credentials")
        assert after == before
        said = await anna.says("mine", **extra)
        assert (said["account"]["username"], said["favourites_count"], said["reblogs_count"]) == ("anna", 0, 0)
        assert said["id"] != "1"
        fields = {"fields_attributes": [{"name": "a", "value": "b", "verified_at": "2020-01-01T00:00:00Z"}]}
        changed = (await anna.ask("PATCH", "/api/v1/accounts/update_credentials", json=fields)).json()
        assert changed["fields"][0]["verified_at"] is None


async def narrow(raf: Any, account_id: int, scopes: str) -> Any:
    """A token of these scopes, of a program that registered for all there are."""
    from raf.identity import open_oauth
    from raf.identity.applications import OUT_OF_BAND, check_application

    oauth = raf.application.part(open_oauth)
    program, _ = await oauth.register(check_application("All", [OUT_OF_BAND], " ".join(SCOPES), None))
    token, _ = await oauth.issue_token(program, account_id, scopes)
    return type(await raf.token("any", account_id, "read"))(raf.client, "narrow", account_id, token)


async def anna_is_read_anew(raf: Any, anna: Any) -> None:
    """A judgement tells every process so itself; this test wrote to the table."""
    from raf.identity.recognized import announce_revoked
    from raf.identity.secrets import digest

    announce_revoked(raf.application.channel, [digest(anna.access_token)])


async def belongings(raf: Any, anna: Any, picture: bytes) -> dict[str, Any]:
    """One of each thing a person can have, by the name of the parameter it is asked for with."""
    friend = await raf.person("friend")
    await anna.ask("PATCH", "/api/v2/notifications/policy", json={"for_new_accounts": "accept"})
    poll = {"options": ["soy", "coconut"], "expires_in": 600}
    post = await anna.says("between us @friend", visibility="direct", poll=poll)
    answered = await friend.says("@anna yes", visibility="direct", in_reply_to_id=post["id"])
    await run_tasks(raf.application)  # what comes next is kept aside, this is not
    quoting = await anna.says("once more", quoted_status_id=(await anna.says("quoted", visibility="private"))["id"])
    await anna.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
    stranger = await raf.person("stranger")
    await stranger.says("@anna hello")
    await run_tasks(raf.application)
    people = await anna.post("/api/v1/lists", json={"title": "Friends"})
    words = {"title": "Words", "context": ["home"], "keywords_attributes": [{"keyword": "milk"}]}
    filtering = await anna.post("/api/v2/filters", json=words)
    filtered = await anna.post(f"/api/v2/filters/{filtering['id']}/statuses", json={"status_id": post["id"]})
    later = await anna.says("later", scheduled_at=iso(time.time() + 3600))
    featured = await anna.post("/api/v1/featured_tags", json={"name": "raf"})
    media = (await anna.ask("POST", "/api/v2/media", files={"file": ("a.jpg", picture, "image/jpeg")})).json()
    await run_tasks(raf.application)
    (talk,) = await anna.get("/api/v1/conversations")
    notes = await anna.get("/api/v1/notifications")
    groups = (await anna.get("/api/v2/notifications"))["notification_groups"]
    (request,) = await anna.get("/api/v1/notifications/requests")
    reported = await anna.post("/api/v1/reports", json={"account_id": stranger.id, "comment": "spam"})
    assert answered["id"]
    return {
        **{"account_id": anna.id, "name": "raf", "tag": "raf", "identity": "1", "list_id": people["id"]},
        **{"filter_id": filtering["id"], "keyword_id": filtering["keywords"][0]["id"], "filtered_id": filtered["id"]},
        **{"status_id": post["id"], "poll_id": post["poll"]["id"], "quoting_id": quoting["id"], "media_id": media["id"]},
        **{"scheduled_id": later["id"], "featured_id": featured["id"], "conversation_id": talk["id"]},
        **{"notification_id": notes[0]["id"], "group_key": groups[0]["group_key"], "request_id": request["id"]},
        "report_id": reported["id"],
    }


async def all_of(anna: Any) -> dict[str, Any]:
    """What a person has, as the API tells them."""
    found: dict[str, httpx.Response] = {}
    for path in (
        *("/api/v1/lists", "/api/v2/filters", "/api/v1/scheduled_statuses", "/api/v1/conversations", "/api/v1/notifications"),
        *("/api/v1/notifications/requests", "/api/v1/featured_tags", f"/api/v1/accounts/{anna.id}/statuses"),
        *("/api/v1/blocks", "/api/v1/mutes", "/api/v2/notifications/policy", "/api/v1/accounts/verify_credentials"),
    ):
        found[path] = await anna.get(path)
    return found
