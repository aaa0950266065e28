"""Search, trends, directory and suggestions, as clients ask for them."""

from __future__ import annotations

from typing import Any


async def test_search_has_its_kinds_bounds_and_refusals(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posts = [await anna.says(f"кокосовый раф {number} #coco") for number in range(4)]
        mine = await boris.says("раф")
        ids = [post["id"] for post in posts]

        async def statuses(**more: Any) -> list[str]:
            found = await boris.get("/api/v2/search", params={"q": "рафа", **more})
            return [one["id"] for one in found["statuses"]]

        assert await statuses() == [mine["id"], *ids[::-1]]
        assert await statuses(account_id=anna.id) == ids[::-1]
        assert await statuses(max_id=ids[2]) == [ids[1], ids[0]]
        assert await statuses(min_id=ids[2], limit=1) == [mine["id"]]
        assert await statuses(type="statuses", limit=2, offset=1) == [ids[3], ids[2]]
        assert await statuses(q="рафа from:boris") == [mine["id"]]
        told = await anna.says("@boris look at https://raf.example/menu")
        assert await statuses(q="@boris") == await statuses(q="https://raf.example/menu") == [told["id"]]
        only = await boris.get("/api/v2/search", params={"q": "coco", "type": "hashtags"})
        assert (only["accounts"], only["statuses"], only["hashtags"][0]["name"]) == ([], [], "coco")
        assert (await raf.get("/api/v2/search?q=раф")).json()["statuses"] == []
        for more, words in (("offset=1", "pagination"), ("resolve=true", "resolve remote")):
            answer = await raf.get(f"/api/v2/search?q=a&{more}")
            assert answer.status_code == 401
            assert words in answer.json()["error"]
        assert (await boris.ask("GET", "/api/v2/search?q=before:then")).status_code == 422
        narrow = await raf.token("boris", boris.account_id, "read:accounts")
        assert (await narrow.ask("GET", "/api/v2/search?q=a")).status_code == 403


async def test_trends_come_in_pages_with_their_days(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await anna.says("#coconut https://raf.example/menu/")
        await boris.says("#coconut #Соя")
        await boris.post(f"/api/v1/statuses/{posted['id']}/favourite")
        answer = await raf.get("/api/v1/trends/tags?limit=1")
        assert [(tag["name"], tag["history"][0]["accounts"], len(tag["history"])) for tag in answer.json()] == [
            ("coconut", "2", 7)
        ]
        assert answer.headers["link"] == '<http://raf.test/api/v1/trends/tags?limit=1&offset=1>; rel="next"'
        second = await raf.get("/api/v1/trends/tags?limit=1&offset=1")
        assert second.json()[0]["url"] == "http://raf.test/tags/%D1%81%D0%BE%D1%8F"
        assert 'offset=0>; rel="prev"' in second.headers["link"]
        assert [one["id"] for one in (await raf.get("/api/v1/trends/statuses")).json()] == [posted["id"]]
        card = (await raf.get("/api/v1/trends/links")).json()[0]
        assert (card["url"], card["title"], card["provider_name"]) == (
            *("https://raf.example/menu/", "raf.example/menu"),
            "raf.example",
        )
        assert (card["type"], card["history"][0]["uses"]) == ("link", "1")
        there = await raf.get("/api/v1/timelines/link", params={"url": card["url"]})
        assert [one["id"] for one in there.json()] == [posted["id"]]
        assert 'rel="next"' in there.headers["link"]
        for url in ("https://raf.example/other", ""):
            assert (await raf.get("/api/v1/timelines/link", params={"url": url})).status_code == 404


async def test_suggestions_tell_why_and_can_be_dismissed(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        await anna.post(f"/api/v1/accounts/{boris.id}/follow")
        await boris.post(f"/api/v1/accounts/{vera.id}/follow")
        (found,) = await anna.get("/api/v2/suggestions")
        assert (found["account"]["acct"], found["source"]) == ("vera", "past_interactions")
        assert found["sources"] == ["friends_of_friends", "most_followed"]
        answer = await anna.ask("DELETE", f"/api/v1/suggestions/{vera.id}")
        assert (answer.status_code, answer.json()) == (200, {})
        assert await anna.get("/api/v1/suggestions") == []
        assert [one["acct"] for one in await anna.get("/api/v1/directory?local=true&order=new")] == ["vera", "boris", "anna"]
