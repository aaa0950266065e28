"""Notifications, markers, conversations, search, trends."""

from __future__ import annotations

from typing import Any

from ostrov import run_tasks


async def test_people_hear_of_each_other(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await anna.says("good raf")
        await boris.post(f"/api/v1/accounts/{anna.id}/follow")
        await boris.post(f"/api/v1/statuses/{posted['id']}/favourite")
        await boris.post(f"/api/v1/statuses/{posted['id']}/reblog")
        await boris.says("@anna indeed", in_reply_to_id=posted["id"])
        await run_tasks(raf.application)
        told = await anna.get("/api/v1/notifications")
        assert [one["type"] for one in told] == ["mention", "reblog", "favourite", "follow"]
        assert {one["account"]["acct"] for one in told} == {"boris"}
        assert told[1]["status"]["id"] == posted["id"]
        assert [one["type"] for one in await anna.get("/api/v1/notifications?types[]=mention&types[]=follow")] == [
            "mention",
            "follow",
        ]
        assert [one["type"] for one in await anna.get("/api/v1/notifications?exclude_types[]=mention&limit=1")] == ["reblog"]
        assert (await anna.get("/api/v1/notifications/unread_count"))["count"] == 4
        marked = await anna.post("/api/v1/markers", json={"notifications": {"last_read_id": told[1]["id"]}})
        assert marked["notifications"]["last_read_id"] == told[1]["id"]
        assert (await anna.get("/api/v1/notifications/unread_count"))["count"] == 1
        assert set(await anna.get("/api/v1/markers?timeline[]=home&timeline[]=notifications")) == {"notifications"}
        assert (await anna.get(f"/api/v1/notifications/{told[0]['id']}"))["type"] == "mention"
        assert (await boris.ask("GET", f"/api/v1/notifications/{told[0]['id']}")).status_code == 404
        await anna.post(f"/api/v1/notifications/{told[0]['id']}/dismiss")
        assert len(await anna.get("/api/v1/notifications")) == 3
        await anna.post("/api/v1/notifications/clear")
        assert await anna.get("/api/v1/notifications") == []


async def test_notifications_come_in_groups_for_those_who_want_them(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await anna.says("good raf")
        await boris.post(f"/api/v1/accounts/{anna.id}/follow")
        await boris.post(f"/api/v1/statuses/{posted['id']}/favourite")
        await run_tasks(raf.application)
        told = await anna.get("/api/v2/notifications")
        assert [group["type"] for group in told["notification_groups"]] == ["favourite", "follow"]
        assert [one["acct"] for one in told["accounts"]] == ["boris"]
        assert [one["id"] for one in told["statuses"]] == [posted["id"]]
        group = told["notification_groups"][0]
        assert group["status_id"] == posted["id"]
        alone = (await anna.get(f"/api/v2/notifications/{group['group_key']}"))["notification_groups"]
        page = ("page_min_id", "page_max_id", "latest_page_notification_at")
        assert alone == [{name: value for name, value in group.items() if name not in page}]
        assert [one["acct"] for one in await anna.get(f"/api/v2/notifications/{group['group_key']}/accounts")] == ["boris"]
        assert (await boris.ask("GET", f"/api/v2/notifications/{group['group_key']}")).status_code == 404
        await anna.post(f"/api/v2/notifications/{group['group_key']}/dismiss")
        assert len((await anna.get("/api/v2/notifications"))["notification_groups"]) == 1
        assert (await anna.get("/api/v2/notifications/policy"))["for_not_following"] == "accept"


async def test_direct_posts_are_conversations(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        first = await anna.says("@boris a secret", visibility="direct")
        second = await boris.says("@anna tell", visibility="direct", in_reply_to_id=first["id"])
        await anna.says("@vera another", visibility="direct")
        mine = await anna.get("/api/v1/conversations")
        assert [one["accounts"][0]["acct"] for one in mine] == ["vera", "boris"]
        assert mine[1]["last_status"]["id"] == second["id"]
        assert len(await anna.get("/api/v1/conversations?limit=1")) == 1
        assert [one["accounts"][0]["acct"] for one in await vera.get("/api/v1/conversations")] == ["anna"]


async def test_search_finds_people_tags_own_posts_and_addresses(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await anna.says("Кокосовый раф 100% #coconut")
        await boris.says("ещё #cocoa #coconut")
        hidden = await anna.says("private #conspiracy", visibility="private")
        found = await anna.get("/api/v2/search", params={"q": "#co"})
        assert [tag["name"] for tag in found["hashtags"]] == ["coconut", "cocoa"]
        assert found["hashtags"][0]["history"][0]["uses"] == "2"
        assert [one["id"] for one in (await anna.get("/api/v2/search", params={"q": "раф"}))["statuses"]] == [posted["id"]]
        assert [one["id"] for one in (await boris.get("/api/v2/search", params={"q": "раф"}))["statuses"]] == [posted["id"]]
        await anna.ask("PATCH", "/api/v1/accounts/update_credentials", json={"indexable": False})
        assert (await boris.get("/api/v2/search", params={"q": "раф"}))["statuses"] == []
        assert [one["id"] for one in (await anna.get("/api/v2/search", params={"q": "100%"}))["statuses"]] == [posted["id"]]
        assert (await anna.get("/api/v2/search", params={"q": "1%0"}))["statuses"] == []
        for address in (posted["url"], posted["uri"]):
            resolved = await boris.get("/api/v2/search", params={"q": address, "resolve": "true", "type": "statuses"})
            assert [one["id"] for one in resolved["statuses"]] == [posted["id"]], address
        assert (await boris.get("/api/v2/search", params={"q": hidden["url"], "resolve": "true"}))["statuses"] == []
        assert [
            one["acct"] for one in (await boris.get("/api/v2/search", params={"q": "http://raf.test/@anna"}))["accounts"]
        ] == ["anna"]
        assert (await raf.get("/api/v2/search?q=anna")).json()["accounts"][0]["acct"] == "anna"
        assert (await anna.get("/api/v2/search?q="))["accounts"] == []


async def test_what_is_talked_about_is_counted_without_private_posts(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await anna.says("#coconut")
        await boris.says("#coconut #soy")
        await anna.says("#secret", visibility="private")
        await (await raf.person("vera")).says("#coconut", visibility="private")
        await boris.post(f"/api/v1/statuses/{posted['id']}/favourite")
        assert [tag["name"] for tag in (await raf.get("/api/v1/trends/tags")).json()] == ["coconut", "soy"]
        assert [one["id"] for one in (await raf.get("/api/v1/trends/statuses")).json()] == [posted["id"]]
        tag = await anna.get("/api/v1/tags/Coconut")
        assert (tag["name"], tag["following"], tag["history"][0]["accounts"]) == ("coconut", False, "2")
        assert (await raf.get("/api/v1/tags/se%20cret")).status_code == 404


async def test_whom_one_does_not_know_is_kept_aside_and_let_in(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        policy = await anna.get("/api/v2/notifications/policy")
        assert policy["for_private_mentions"] == "filter"
        answer = await anna.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
        assert answer.json() == {
            "for_not_following": "filter",
            "for_not_followers": "accept",
            "for_new_accounts": "accept",
            "for_private_mentions": "filter",
            "for_limited_accounts": "filter",
            "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
        }
        assert (await anna.ask("PUT", "/api/v2/notifications/policy", json={"for_new_accounts": "no"})).status_code == 422
        assert (await anna.get("/api/v1/notifications/policy"))["filter_not_following"] is True
        await boris.says("@anna hello")
        said = await boris.says("@anna hello again")
        await vera.says("@anna and from me")
        await run_tasks(raf.application)
        assert await anna.get("/api/v1/notifications") == []
        assert len(await anna.get("/api/v1/notifications?include_filtered=true")) == 3
        assert len(await anna.get(f"/api/v1/notifications?account_id={boris.id}")) == 2
        assert (await anna.get("/api/v2/notifications"))["notification_groups"] == []
        answer = await anna.ask("GET", "/api/v1/notifications/requests?limit=1")
        assert 'rel="next"' in answer.headers["link"]
        assert [one["account"]["acct"] for one in answer.json()] == ["vera"]
        requests = await anna.get("/api/v1/notifications/requests")
        theirs = requests[1]
        assert (theirs["account"]["acct"], theirs["notifications_count"]) == ("boris", "2")
        assert theirs["last_status"]["id"] == said["id"]
        assert set(theirs) == {"id", "created_at", "updated_at", "notifications_count", "account", "last_status"}
        path = f"/api/v1/notifications/requests/{theirs['id']}"
        assert await anna.get(path) == theirs
        assert (await vera.ask("GET", path)).status_code == 404
        assert (await vera.ask("POST", f"{path}/accept")).status_code == 404
        assert await anna.post(f"{path}/accept") == {}
        assert (await anna.get("/api/v1/notifications/requests/merged"))["merged"] is True
        assert len(await anna.get("/api/v1/notifications")) == 2
        assert (await anna.ask("POST", f"{path}/dismiss")).status_code == 404
        assert await anna.post("/api/v1/notifications/requests/dismiss", json={"id": [requests[0]["id"]]}) == {}
        assert await anna.get("/api/v1/notifications/requests") == []
        reading = await raf.token("anna", anna.account_id, "read")
        assert (await reading.ask("PATCH", "/api/v2/notifications/policy")).status_code == 403
        old = await anna.ask("PUT", "/api/v1/notifications/policy", data={"filter_not_following": "false"})
        assert old.json()["filter_not_following"] is False
