"""Conversations through the API."""

from __future__ import annotations

from typing import Any


async def test_a_conversation_is_unread_until_it_is_read_or_answered(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        first = await anna.says("@boris a word?", visibility="direct")
        (talk,) = await boris.get("/api/v1/conversations")
        assert set(talk) == {"id", "unread", "accounts", "last_status"}
        assert (talk["unread"], [one["acct"] for one in talk["accounts"]]) == (True, ["anna"])
        assert talk["last_status"]["id"] == first["id"]
        assert [one["unread"] for one in await anna.get("/api/v1/conversations")] == [False], "one's own word is read"
        assert await vera.get("/api/v1/conversations") == []
        path = f"/api/v1/conversations/{talk['id']}"
        assert (await boris.post(f"{path}/read"))["unread"] is False
        assert (await boris.get("/api/v1/conversations"))[0]["unread"] is False
        assert (await boris.post(f"{path}/unread"))["unread"] is True
        await boris.says("@anna yes?", visibility="direct", in_reply_to_id=first["id"])
        assert (await boris.get("/api/v1/conversations"))[0]["unread"] is False
        assert (await anna.get("/api/v1/conversations"))[0]["unread"] is True
        assert (await vera.ask("POST", f"{path}/read")).status_code == 404, "nobody learns of others' conversations"
        assert (await vera.ask("DELETE", path)).status_code == 404


async def test_one_that_was_put_away_comes_back_with_the_next_word(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        first = await anna.says("@boris a word?", visibility="direct")
        (talk,) = await boris.get("/api/v1/conversations")
        assert (await boris.ask("DELETE", f"/api/v1/conversations/{talk['id']}")).json() == {}
        assert await boris.get("/api/v1/conversations") == []
        assert len(await anna.get("/api/v1/conversations")) == 1
        await anna.says("@boris hello?", visibility="direct", in_reply_to_id=first["id"])
        assert [one["id"] for one in await boris.get("/api/v1/conversations")] == [talk["id"]]


async def test_conversations_are_paged_and_those_with_somebody_blocked_are_not_shown(api: Any) -> None:
    async with api() as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        said = [(await anna.says(f"@boris {number}", visibility="direct"))["id"] for number in range(3)]
        first = await boris.ask("GET", "/api/v1/conversations?limit=2")
        assert [one["last_status"]["id"] for one in first.json()] == [said[2], said[1]]
        assert f"max_id={said[1]}" in first.headers["link"]
        rest = await boris.get(f"/api/v1/conversations?limit=2&max_id={said[1]}")
        assert [one["last_status"]["id"] for one in rest] == [said[0]]
        await anna.post(f"/api/v1/accounts/{boris.id}/block")
        assert await boris.get("/api/v1/conversations") == []
