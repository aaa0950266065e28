"""Quotes through the API: shown to whom, with whose leave."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov import run_tasks


async def test_a_quote_holds_the_post_as_the_reader_sees_it(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        first = await anna.says("first")
        second = await boris.says("second", quoted_status_id=first["id"])
        assert second["quote"]["state"] == "accepted"
        assert second["quote"]["quoted_status"]["content"] == "<p>first</p>"
        assert (await anna.get(f"/api/v1/statuses/{first['id']}"))["quotes_count"] == 1
        third = await vera.says("third", quoted_status_id=second["id"])
        inside = third["quote"]["quoted_status"]
        assert inside["quote"] == {"state": "accepted", "quoted_status_id": first["id"]}, "a quote in a quote is told of only"
        await anna.ask("PUT", f"/api/v1/statuses/{first['id']}", json={"status": "changed"})
        path = f"/api/v1/statuses/{second['id']}"
        assert (await vera.get(path))["quote"]["quoted_status"]["content"] == "<p>changed</p>"
        assert (await raf.get(path)).json()["quote"]["quoted_status"]["content"] == "<p>changed</p>"
        assert [one["id"] for one in await vera.get(f"/api/v1/statuses/{first['id']}/quotes")] == [second["id"]]
        boost = await vera.post(f"{path}/reblog")
        assert boost["reblog"]["quote"]["quoted_status"]["id"] == first["id"]
        await run_tasks(raf.application)
        assert "quote" in [note["type"] for note in await anna.get("/api/v1/notifications")]
        assert "quoted_update" in [note["type"] for note in await boris.get("/api/v1/notifications")]


async def test_its_author_takes_a_post_out_of_a_quote_and_nobody_else_does(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        first = await anna.says("first")
        second = await boris.says("second", quoted_status_id=first["id"])
        path = f"/api/v1/statuses/{first['id']}/quotes/{second['id']}/revoke"
        assert (await boris.ask("POST", path)).status_code == 404
        assert (await anna.post(path))["quote"] == {"state": "revoked", "quoted_status": None}
        assert (await boris.get(f"/api/v1/statuses/{second['id']}"))["quote"]["state"] == "revoked"
        assert await anna.get(f"/api/v1/statuses/{first['id']}/quotes") == []
        assert (await anna.get(f"/api/v1/statuses/{first['id']}"))["quotes_count"] == 0


async def test_who_may_quote_is_its_authors_to_say(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        await boris.post(f"/api/v1/accounts/{anna.id}/follow")

        async def may(who: Any, status: Any) -> bool:
            answer = await who.ask("POST", "/api/v1/statuses", json={"status": "x", "quoted_status_id": status["id"]})
            if answer.status_code != 200:
                assert answer.status_code == 404
                assert answer.json()["error"] == "The post you are trying to quote does not appear to exist."
            return bool(answer.status_code == 200)

        for_followers = await anna.says("1", quote_approval_policy="followers")
        for_nobody = await anna.says("2", quote_approval_policy="nobody")
        private, direct = await anna.says("3", visibility="private"), await anna.says("@boris 4", visibility="direct")
        assert [await may(boris, one) for one in (for_followers, for_nobody, private, direct)] == [True, False, False, False]
        assert [await may(vera, one) for one in (for_followers, for_nobody, private, direct)] == [False] * 4
        assert [await may(anna, one) for one in (for_followers, for_nobody, private, direct)] == [True, True, True, False]
        mine = (await anna.get(f"/api/v1/accounts/{anna.id}/statuses"))[0]
        assert mine["visibility"] == "private", "a quote of a private post is as private"
        path = f"/api/v1/statuses/{for_nobody['id']}/interaction_policy"
        assert (await vera.ask("PUT", path, json={"quote_approval_policy": "public"})).status_code == 404
        assert (await anna.ask("PUT", path, json={"quote_approval_policy": "everybody"})).status_code == 422
        assert (await anna.ask("PUT", path, json={"quote_approval_policy": "public"})).status_code == 200
        assert await may(vera, for_nobody)


@pytest.mark.parametrize("end", ["deleted", "blocked", "muted"])
async def test_what_may_not_be_seen_is_not_seen_in_a_quote_either(api: Any, database: list[str], end: str) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        first = await anna.says("first secret")
        second = await boris.says("second", quoted_status_id=first["id"])
        path = f"/api/v1/statuses/{second['id']}"
        await vera.get(path)
        if end == "deleted":
            await anna.ask("DELETE", f"/api/v1/statuses/{first['id']}")
        elif end == "blocked":
            await anna.post(f"/api/v1/accounts/{vera.id}/block")
        else:
            await vera.post(f"/api/v1/accounts/{anna.id}/mute")
        shown = await vera.ask("GET", path)
        assert "secret" not in shown.text
        state = {"deleted": "deleted", "blocked": "unauthorized", "muted": "muted_account"}[end]
        assert shown.json()["quote"] == {"state": state, "quoted_status": None}
        before = (await vera.get(path), await boris.get(path))
        await raf.raf.events.rebuild()
        raf.raf.memory.forget()
        assert (await vera.get(path), await boris.get(path)) == before
