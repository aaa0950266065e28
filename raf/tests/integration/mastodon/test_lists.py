"""Lists, through the API, in Mastodon's shapes."""

from __future__ import annotations

from typing import Any


async def test_a_list_is_made_changed_and_deleted_by_its_owner_alone(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        made = await anna.post("/api/v1/lists", json={"title": " Coffee ", "replies_policy": "followed", "exclusive": True})
        assert made == {"id": made["id"], "title": "Coffee", "replies_policy": "followed", "exclusive": True}
        changed = (await anna.ask("PUT", f"/api/v1/lists/{made['id']}", json={"title": "Tea"})).json()
        assert changed == made | {"title": "Tea"}
        assert await anna.get("/api/v1/lists") == [changed]
        assert await boris.get("/api/v1/lists") == []
        for method, path in (
            ("GET", ""),
            ("PUT", ""),
            ("DELETE", ""),
            ("GET", "/accounts"),
            ("POST", "/accounts"),
            ("DELETE", "/accounts"),
        ):
            answer = await boris.ask(method, f"/api/v1/lists/{made['id']}{path}", json={"title": "Mine"})
            assert answer.status_code == 404, (method, path)
        assert (await boris.ask("GET", f"/api/v1/timelines/list/{made['id']}")).status_code == 404
        assert (await anna.ask("DELETE", f"/api/v1/lists/{made['id']}")).json() == {}
        assert await anna.get("/api/v1/lists") == []


async def test_a_list_without_a_title_or_with_an_unknown_rule_is_refused(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        answer = await anna.ask("POST", "/api/v1/lists", json={"title": " "})
        assert (answer.status_code, answer.json()["error"]) == (422, "Validation failed: Title can't be blank")
        answer = await anna.ask("POST", "/api/v1/lists", json={"title": "a", "replies_policy": "all"})
        assert (answer.status_code, answer.json()["error"]) == (422, "'all' is not a valid replies_policy")
        made = await anna.post("/api/v1/lists", data={"title": "plain"})
        assert (made["replies_policy"], made["exclusive"]) == ("list", False)
        reader = await raf.token("anna", anna.account_id, "read")
        assert (await reader.ask("POST", "/api/v1/lists", json={"title": "a"})).status_code == 403
        for number in range(49):
            await anna.post("/api/v1/lists", json={"title": str(number)})
        assert (await anna.ask("POST", "/api/v1/lists", json={"title": "one more"})).status_code == 422


async def test_only_those_one_follows_stand_in_a_list_and_leave_it_with_the_follow(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        made = await anna.post("/api/v1/lists", json={"title": "Friends"})
        accounts = f"/api/v1/lists/{made['id']}/accounts"
        assert (await anna.ask("POST", accounts, json={"account_ids": [boris.id]})).status_code == 404
        for person in (boris, vera):
            await anna.post(f"/api/v1/accounts/{person.id}/follow")
        assert await anna.post(accounts, data={"account_ids[]": [boris.id, vera.id]}) == {}
        again = await anna.ask("POST", accounts, json={"account_ids": [boris.id]})
        assert (again.status_code, again.json()["error"]) == (422, "Validation failed: Account has already been taken")
        assert {one["username"] for one in await anna.get(accounts)} == {"boris", "vera"}
        first = await anna.ask("GET", accounts, params={"limit": 1})
        older = await anna.ask("GET", accounts, params={"limit": 1, "max_id": first.json()[0]["id"]})
        assert 'rel="next"' in first.headers["link"]
        assert [one["username"] for one in first.json() + older.json()] == ["vera", "boris"]
        assert len(await anna.get(accounts, params={"limit": 0})) == 2
        assert await anna.get(f"/api/v1/accounts/{boris.id}/lists") == [made]
        await anna.post(f"/api/v1/accounts/{boris.id}/unfollow")
        await anna.post(f"/api/v1/accounts/{boris.id}/follow")
        assert [one["username"] for one in await anna.get(accounts)] == ["vera"]
        assert await anna.get(f"/api/v1/accounts/{boris.id}/lists") == []
        assert (await anna.ask("DELETE", accounts, params={"account_ids[]": vera.id})).json() == {}
        assert await anna.get(accounts) == []


async def test_a_list_shows_what_its_people_posted_by_its_rule_of_replies(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera, grace = [await raf.person(name) for name in ("anna", "boris", "vera", "grace")]
        for person in (boris, vera, grace):
            await anna.post(f"/api/v1/accounts/{person.id}/follow")
        made = await anna.post("/api/v1/lists", json={"title": "Friends"})
        await anna.post(f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [boris.id, vera.id]})
        hello = await boris.says("hello")
        other = await grace.says("not in the list")
        to_member = await vera.says("@boris hi", in_reply_to_id=hello["id"])
        to_other = await vera.says("@grace hi", in_reply_to_id=other["id"])
        secret = await boris.says("@vera psst", visibility="direct")
        private = await boris.says("for followers", visibility="private")
        own = await boris.says("to myself", in_reply_to_id=hello["id"])
        mine = await anna.says("@boris hey")
        to_me = await boris.says("@anna hey", in_reply_to_id=mine["id"])

        async def shown(policy: str) -> set[str]:
            await anna.ask("PUT", f"/api/v1/lists/{made['id']}", json={"replies_policy": policy})
            found = await anna.get(f"/api/v1/timelines/list/{made['id']}")
            assert [one["id"] for one in found] == sorted((one["id"] for one in found), reverse=True)
            return {one["id"] for one in found}

        always = {hello["id"], private["id"], own["id"], to_me["id"]}
        assert await shown("none") == always
        assert await shown("list") == always | {to_member["id"]}
        assert await shown("followed") == always | {to_member["id"], to_other["id"]}
        assert secret["id"] not in await shown("followed")
        pages, cursor = [], {}
        while found := await anna.get(f"/api/v1/timelines/list/{made['id']}", params={"limit": 2, **cursor}):
            pages += [one["id"] for one in found]
            cursor = {"max_id": found[-1]["id"]}
        assert len(pages) == len(set(pages))
        assert set(pages) == always | {to_member["id"], to_other["id"]}
        await anna.post(f"/api/v1/accounts/{vera.id}/mute")
        assert to_member["id"] not in await shown("followed")


async def test_people_of_an_exclusive_list_leave_the_home(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        for person in (boris, vera):
            await anna.post(f"/api/v1/accounts/{person.id}/follow")
        before = await boris.says("before")
        seen = await vera.says("somebody else")

        async def home() -> list[str]:
            return [one["id"] for one in await anna.get("/api/v1/timelines/home")]

        assert await home() == [seen["id"], before["id"]]
        made = await anna.post("/api/v1/lists", json={"title": "Apart", "exclusive": True})
        await anna.post(f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [boris.id]})
        assert await home() == [seen["id"]]
        after = await boris.says("after")
        assert await home() == [seen["id"]]
        assert [one["id"] for one in await anna.get(f"/api/v1/timelines/list/{made['id']}")] == [after["id"], before["id"]]
        await anna.ask("PUT", f"/api/v1/lists/{made['id']}", json={"exclusive": False})
        assert await home() == [after["id"], seen["id"], before["id"]]
        await anna.ask("PUT", f"/api/v1/lists/{made['id']}", json={"exclusive": True})
        await anna.ask("DELETE", f"/api/v1/lists/{made['id']}")
        assert await home() == [after["id"], seen["id"], before["id"]]
