"""Posts that wait for their time, through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ostrov import run_tasks

HOUR = 3600


def later(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


async def test_a_post_waits_and_is_published_at_its_time(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        poll = {"options": ["a", "b"], "expires_in": 600}
        waiting = await anna.says("later", scheduled_at=later(HOUR), poll=poll, visibility="unlisted", spoiler_text="!")
        assert set(waiting) == {"id", "scheduled_at", "params", "media_attachments"}
        params = waiting["params"]
        assert (params["text"], params["visibility"], params["spoiler_text"]) == ("later", "unlisted", "!")
        assert params["poll"]["options"] == ["a", "b"]
        path = f"/api/v1/scheduled_statuses/{waiting['id']}"
        assert await anna.get("/api/v1/scheduled_statuses") == [waiting]
        assert await anna.get(path) == waiting
        assert (await boris.ask("GET", path)).status_code == 404, "it is nobody else's business"
        assert (await boris.ask("DELETE", path)).status_code == 404
        await run_tasks(raf.application)
        assert await anna.get(f"/api/v1/accounts/{anna.id}/statuses") == []
        await run_tasks(raf.application, ahead=HOUR)
        (published,) = await anna.get(f"/api/v1/accounts/{anna.id}/statuses")
        assert (published["content"], published["visibility"], published["spoiler_text"]) == ("<p>later</p>", "unlisted", "!")
        assert published["poll"]["options"][0]["title"] == "a"
        assert await anna.get("/api/v1/scheduled_statuses") == []


async def test_it_can_be_moved_and_taken_back(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        moved, gone = await anna.says("moved", scheduled_at=later(HOUR)), await anna.says("gone", scheduled_at=later(HOUR))
        path = f"/api/v1/scheduled_statuses/{moved['id']}"
        answer = await anna.ask("PUT", path, json={"scheduled_at": later(3 * HOUR)})
        assert answer.status_code == 200
        assert answer.json()["scheduled_at"] > moved["scheduled_at"]
        assert (await anna.ask("PUT", path, json={"scheduled_at": later(60)})).status_code == 422
        assert (await anna.ask("DELETE", f"/api/v1/scheduled_statuses/{gone['id']}")).json() == {}
        await run_tasks(raf.application, ahead=2 * HOUR)
        assert await anna.get(f"/api/v1/accounts/{anna.id}/statuses") == [], "the times it had before are void"
        await run_tasks(raf.application, ahead=3 * HOUR)
        assert [one["content"] for one in await anna.get(f"/api/v1/accounts/{anna.id}/statuses")] == ["<p>moved</p>"]


async def test_what_would_be_refused_then_is_refused_now(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        for body, words in (
            ({"status": "", "scheduled_at": later(HOUR)}, "Text can't be blank"),
            ({"status": "x", "scheduled_at": later(60)}, "The scheduled date must be in the future"),
            ({"status": "x", "scheduled_at": "tomorrow"}, "is not a date and time"),
            ({"status": "x", "scheduled_at": later(HOUR), "media_ids": ["1"]}, "not found"),
            ({"status": "x", "scheduled_at": later(HOUR), "poll": {"options": ["a"], "expires_in": 600}}, "more than one item"),
        ):
            answer = await anna.ask("POST", "/api/v1/statuses", json=body)
            assert answer.status_code == 422, body
            assert words in answer.json()["error"], body
        reply = await anna.ask(
            "POST", "/api/v1/statuses", json={"status": "x", "scheduled_at": later(HOUR), "in_reply_to_id": "7"}
        )
        assert reply.status_code == 404
        assert "id" in await anna.says("now", scheduled_at=later(-HOUR)), "what is past is published now"
        assert len(await anna.get(f"/api/v1/accounts/{anna.id}/statuses")) == 1
        assert await anna.get("/api/v1/scheduled_statuses") == []


async def test_sent_twice_with_one_key_it_waits_once_and_what_fails_says_why(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        parent = await anna.says("parent")
        body = {"status": "x", "scheduled_at": later(HOUR), "in_reply_to_id": parent["id"]}
        ids = {(await anna.post("/api/v1/statuses", json=body, headers={"Idempotency-Key": "k"}))["id"] for _ in range(2)}
        assert len(ids) == 1
        await anna.ask("DELETE", f"/api/v1/statuses/{parent['id']}")
        await run_tasks(raf.application, ahead=HOUR)
        (failed,) = await anna.get("/api/v1/scheduled_statuses")
        assert "does not appear to exist" in failed["error"]
