"""Streams over real sockets: server-sent events and WebSocket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from raf.tests.integration.mastodon.listening import Ear, listening, open_streams, until
from websockets.asyncio.client import connect

from ostrov import run_tasks


async def test_what_happens_is_told_to_those_it_concerns_and_no_others(api: Any, database: list[str]) -> None:
    async with api(database) as raf, listening(raf) as host:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await boris.post(f"/api/v1/accounts/{anna.id}/follow")
        await run_tasks(raf.application)
        ears = {
            name: Ear(host, path, token)
            for name, path, token in (
                ("home", "user", boris.access_token),
                ("notes", "user/notification", anna.access_token),
                ("all", "public", ""),
                ("local", "public/local", ""),
                ("tag", "hashtag?tag=Raf", ""),
                ("other", "hashtag?tag=tea", ""),
                ("remote", "public/remote", ""),
            )
        }
        await until(lambda: all(ear.status == 200 for ear in ears.values()))
        posted = await anna.says("hello #raf")
        await boris.post(f"/api/v1/statuses/{posted['id']}/favourite")
        await run_tasks(raf.application)
        await until(lambda: all(ears[name].heard for name in ("home", "notes", "all", "local", "tag")))
        for name in ("home", "all", "local", "tag"):
            event, payload = ears[name].heard[0]
            assert (event, payload["id"], payload["account"]["acct"]) == ("update", posted["id"], "anna")
        event, payload = ears["notes"].heard[0]
        assert (event, payload["type"], payload["status"]["id"]) == ("notification", "favourite", posted["id"])
        await anna.says("for followers #raf", visibility="private")
        await anna.ask("DELETE", f"/api/v1/statuses/{posted['id']}")
        await until(lambda: ("delete", int(posted["id"])) in ears["home"].heard and len(ears["home"].heard) >= 3)
        assert [event for event, _ in ears["home"].heard] == ["update", "update", "delete"]
        assert ears["home"].heard[1][1]["visibility"] == "private"
        for name in ("all", "local"):
            assert [event for event, _ in ears[name].heard] == ["update", "delete"], name
        assert next(event for event, _ in ears["tag"].heard) == "update"
        assert "private" not in {payload["visibility"] for _, payload in ears["tag"].heard if isinstance(payload, dict)}
        assert ears["other"].heard == []
        assert ears["remote"].heard == []
        for ear in ears.values():
            await ear.close()
        await until(lambda: not open_streams(raf))


async def test_one_socket_carries_several_streams(api: Any, database: list[str]) -> None:
    async with api(database) as raf, listening(raf) as host:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await boris.post(f"/api/v1/accounts/{anna.id}/follow")
        async with connect(f"ws://{host}/api/v1/streaming", subprotocols=[boris.access_token]) as socket:  # type: ignore[list-item]
            assert socket.subprotocol == boris.access_token

            async def said() -> Any:
                return json.loads(await asyncio.wait_for(socket.recv(), 10))

            await socket.send(json.dumps({"type": "subscribe", "stream": "nonsense"}))
            assert (await said())["error"] == "Unknown stream type"
            await socket.send("{")
            assert (await said())["status"] == 400
            for command in ({"stream": "user"}, {"stream": "hashtag", "tag": "raf"}, {"stream": "user"}):
                await socket.send(json.dumps({"type": "subscribe", **command}))
            await socket.send("{")  # commands are obeyed in their order: after this answer both streams are open
            assert (await said())["status"] == 400
            posted = await anna.says("hello #raf")
            both = [await said(), await said()]
            assert sorted(one["stream"] for one in both) == [["hashtag", "raf"], ["user"]]
            assert {json.loads(one["payload"])["id"] for one in both} == {posted["id"]}
            await socket.send(json.dumps({"type": "unsubscribe", "stream": "user"}))
            await socket.send("{")
            assert (await said())["status"] == 400
            await anna.says("again #raf")
            assert (await said())["stream"] == ["hashtag", "raf"]


async def test_an_edit_after_an_edit_is_told_with_its_own_words(api: Any) -> None:
    async with api() as raf, listening(raf) as host:
        anna = await raf.person("anna")
        ear = Ear(host, "user", anna.access_token)
        await until(lambda: ear.status == 200)
        posted = await anna.says("one")
        for text in ("two", "three", "four"):
            await anna.ask("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": text})
        await until(lambda: len(ear.heard) == 4)
        assert [payload["content"] for _, payload in ear.heard][-1] == "<p>four</p>"
        await ear.close()


async def test_a_list_is_heard_by_its_owner_as_long_as_it_stays_so(api: Any, database: list[str]) -> None:
    async with api(database) as raf, listening(raf) as host:
        anna, boris, vera, gleb = [await raf.person(name) for name in ("anna", "boris", "vera", "gleb")]
        for somebody in (boris, vera):
            await anna.post(f"/api/v1/accounts/{somebody.id}/follow")
        made = await anna.post("/api/v1/lists", json={"title": "Cups", "exclusive": True, "replies_policy": "none"})
        members = f"/api/v1/lists/{made['id']}/accounts"
        await anna.post(members, json={"account_ids": [boris.id]})
        ear = Ear(host, f"list?list={made['id']}", anna.access_token)
        stranger = Ear(host, f"list?list={made['id']}", boris.access_token)
        home = Ear(host, "user", anna.access_token)
        await until(lambda: ear.status == home.status == 200 and stranger.ended)
        assert stranger.status == 404
        async with connect(f"ws://{host}/api/v1/streaming?access_token={anna.access_token}") as socket:
            await socket.send(json.dumps({"type": "subscribe", "stream": "list", "list": made["id"]}))
            await socket.send("{")
            assert json.loads(await asyncio.wait_for(socket.recv(), 10))["status"] == 400
            first = await boris.says("into the list")
            heard = json.loads(await asyncio.wait_for(socket.recv(), 10))
            assert (heard["stream"], heard["event"]) == (["list", made["id"]], "update")
        await vera.says("not in it")
        await gleb.says("nor this")
        await boris.says("@gleb an answer", in_reply_to_id=(await gleb.says("a question"))["id"])
        await boris.says("for @gleb alone", visibility="direct")
        await boris.ask("PUT", f"/api/v1/statuses/{first['id']}", json={"status": "changed"})
        await anna.post(members, json={"account_ids": [vera.id]})
        await until(lambda: len(raf.raf.timelines.memory.readers.ears.by_author) == 2)
        second = await vera.says("now in it")
        await boris.ask("DELETE", f"/api/v1/statuses/{first['id']}")
        await until(lambda: len(ear.heard) >= 4)
        told = [(event, payload["id"] if isinstance(payload, dict) else str(payload)) for event, payload in ear.heard]
        assert told == [
            ("update", first["id"]),
            ("status.update", first["id"]),
            ("update", second["id"]),
            ("delete", first["id"]),
        ]
        assert [
            payload["id"] for event, payload in home.heard if event == "update" and payload["account"]["acct"] == "boris"
        ] == []
        await anna.ask("DELETE", f"/api/v1/lists/{made['id']}")
        await until(lambda: not raf.raf.timelines.memory.readers.ears.by_author)
        for one in (ear, home, stranger):
            await one.close()
        await until(lambda: not open_streams(raf))
        assert raf.raf.timelines.memory.readers.ears.of(anna.account_id) == []


async def test_direct_posts_are_heard_as_conversations(api: Any, database: list[str]) -> None:
    async with api(database) as raf, listening(raf) as host:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        ears = [Ear(host, "direct", one.access_token) for one in (anna, boris, vera)]
        await until(lambda: all(ear.status == 200 for ear in ears))
        posted = await anna.says("@boris a secret", visibility="direct")
        await until(lambda: ears[0].heard and ears[1].heard)
        (_, mine), (event, theirs) = ears[0].heard[0], ears[1].heard[0]
        assert event == "conversation"
        assert theirs["last_status"]["id"] == posted["id"]
        assert ([one["acct"] for one in mine["accounts"]], [one["acct"] for one in theirs["accounts"]]) == (["boris"], ["anna"])
        assert (mine["unread"], theirs["unread"]) == (False, True)
        assert ears[2].heard == []
        for ear in ears:
            await ear.close()


async def test_clients_are_told_to_look_anew_at_filters_and_at_those_let_in(api: Any, database: list[str]) -> None:
    async with api(database) as raf, listening(raf) as host:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await boris.says("@anna psst", visibility="direct")
        await run_tasks(raf.application)
        ears = [Ear(host, "user", anna.access_token), Ear(host, "user", boris.access_token)]
        await until(lambda: all(ear.status == 200 for ear in ears))
        await anna.post("/api/v2/filters", json={"title": "tea", "context": ["home"]})
        (request,) = await anna.get("/api/v1/notifications/requests")
        await anna.post(f"/api/v1/notifications/requests/{request['id']}/accept")
        await until(lambda: len(ears[0].heard) == 2)
        assert [event for event, _ in ears[0].heard] == ["filters_changed", "notifications_merged"]
        assert ears[1].heard == []
        for ear in ears:
            await ear.close()


async def test_who_is_hidden_is_not_heard_where_everybody_is(api: Any, database: list[str]) -> None:
    async with api(database) as raf, listening(raf) as host:
        anna, muted, blocker, vera = [await raf.person(name) for name in ("anna", "muted", "blocker", "vera")]
        await anna.post(f"/api/v1/accounts/{muted.id}/mute")
        await blocker.post(f"/api/v1/accounts/{anna.id}/block")
        hers, everybodys = Ear(host, "public", anna.access_token), Ear(host, "hashtag?tag=raf")
        await until(lambda: hers.status == everybodys.status == 200)
        async with connect(f"ws://{host}/api/v1/streaming?stream=public&access_token={anna.access_token}") as socket:
            for somebody in (muted, blocker, vera):
                await somebody.says(f"#raf from {somebody.name}")
            await vera.says("about @muted")
            await vera.says("the end")
            heard = [json.loads(json.loads(await asyncio.wait_for(socket.recv(), 10))["payload"]) for _ in range(2)]
            assert [one["content"].rpartition(" ")[2] for one in heard] == ["vera</p>", "end</p>"]
        await until(lambda: len(hers.heard) >= 2 and len(everybodys.heard) >= 3)
        assert [payload["account"]["acct"] for _, payload in hers.heard] == ["vera", "vera"]
        assert [payload["account"]["acct"] for _, payload in everybodys.heard] == ["muted", "blocker", "vera"]
        for ear in (hers, everybodys):
            await ear.close()
