"""Followed hashtags bring posts home; profiles show tags and people; notes are one's own. Through the API."""

from __future__ import annotations

from typing import Any


async def home(person: Any) -> list[str]:
    return [one["id"] for one in await person.get("/api/v1/timelines/home")]


async def test_posts_with_a_followed_tag_come_home(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        before = await boris.says("first #Кофе")
        assert await home(anna) == []
        told = await anna.post("/api/v1/tags/КОФЕ/follow")
        assert (told["name"], told["following"], told["featuring"]) == ("кофе", True, False)
        assert await home(anna) == [before["id"]]
        after = await boris.says("second #кофе #raf")
        await boris.says("another #raf")
        for visibility in ("unlisted", "private", "direct"):
            await boris.says("@anna quiet #кофе", visibility=visibility)
        reply = await vera.says("me too #кофе", in_reply_to_id=after["id"])
        expected = [reply["id"], after["id"], before["id"]]
        assert await home(anna) == expected
        raf.raf.memory.forget()
        assert await home(anna) == expected
        changed = await boris.ask("PUT", f"/api/v1/statuses/{after['id']}", json={"status": "no tag any more"})
        assert changed.status_code == 200
        assert await home(anna) == [reply["id"], before["id"]]
        await boris.ask("PUT", f"/api/v1/statuses/{after['id']}", json={"status": "#кофе again"})
        assert await home(anna) == expected
        await vera.ask("DELETE", f"/api/v1/statuses/{reply['id']}")
        assert await home(anna) == expected[1:]
        await anna.post(f"/api/v1/accounts/{boris.id}/mute")
        assert await home(anna) == []
        await anna.post(f"/api/v1/accounts/{boris.id}/unmute")
        assert (await anna.get("/api/v1/tags/Кофе"))["following"] is True
        assert (await boris.get("/api/v1/tags/кофе"))["following"] is False
        assert "following" not in (await raf.get("/api/v1/tags/кофе")).json()
        assert (await anna.post("/api/v1/tags/кофе/unfollow"))["following"] is False
        assert await home(anna) == []


async def test_a_post_stands_once_in_a_home_that_follows_its_author_and_its_tags(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await anna.post(f"/api/v1/accounts/{boris.id}/follow")
        for tag in ("a", "b"):
            await anna.post(f"/api/v1/tags/{tag}/follow")
        posted = await boris.says("#a #b #c")
        assert await home(anna) == [posted["id"]]
        boost = await boris.post(f"/api/v1/statuses/{posted['id']}/reblog")
        assert boost["id"] not in await home(anna)
        mine = await anna.says("#a")
        assert await home(anna) == [mine["id"], posted["id"]]
        raf.raf.memory.forget()
        assert await home(anna) == [mine["id"], posted["id"]]
        assert [one async for one in _pages(anna)] == [mine["id"], posted["id"]]


async def _pages(person: Any) -> Any:
    cursor: dict[str, Any] = {}
    while found := await person.get("/api/v1/timelines/home", params={"limit": 1, **cursor}):
        yield found[0]["id"]
        cursor = {"max_id": found[0]["id"]}


async def test_followed_tags_are_listed_and_outlive_a_rebuild(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        for tag in ("one", "two", "three"):
            await anna.post(f"/api/v1/tags/{tag}/follow")
        await anna.post("/api/v1/tags/two/unfollow")
        listed = await anna.ask("GET", "/api/v1/followed_tags", params={"limit": 1})
        assert [(tag["name"], tag["following"]) for tag in listed.json()] == [("three", True)]
        older = listed.headers["link"].split("max_id=")[1].split(">")[0]
        assert [tag["name"] for tag in await anna.get("/api/v1/followed_tags", params={"max_id": older})] == ["one"]
        await raf.raf.events.rebuild()
        assert [tag["name"] for tag in await anna.get("/api/v1/followed_tags")] == ["three", "one"]
        for wrong in ("12", "a b", "a-b"):
            assert (await anna.ask("POST", f"/api/v1/tags/{wrong}/follow")).status_code == 404
        reader = await raf.token("anna", anna.account_id, "read")
        assert (await reader.ask("POST", "/api/v1/tags/one/follow")).status_code == 403


async def test_a_profile_shows_tags_with_how_often_everybody_may_read_them(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await anna.says("#Raf")
        await anna.says("#raf again", visibility="unlisted")
        await anna.says("#raf for me", visibility="private")
        made = await anna.post("/api/v1/featured_tags", json={"name": "#Raf"})
        assert made == {
            "id": made["id"],
            "name": "raf",
            "url": "http://raf.test/@anna/tagged/raf",
            "statuses_count": "2",
            "last_status_at": made["last_status_at"],
        }
        assert len(made["last_status_at"]) == 10
        again = await anna.ask("POST", "/api/v1/featured_tags", json={"name": "raf"})
        assert (again.status_code, again.json()["error"]) == (422, "Validation failed: Tag has already been taken")
        assert (await anna.ask("POST", "/api/v1/featured_tags", json={"name": "a b"})).status_code == 422
        assert (await anna.post("/api/v1/tags/soy/feature"))["featuring"] is True
        seen = (await raf.get(f"/api/v1/accounts/{anna.id}/featured_tags")).json()
        assert [(one["name"], one["statuses_count"], one["last_status_at"] is None) for one in seen] == [
            ("raf", "2", False),
            ("soy", "0", True),
        ]
        assert await boris.get("/api/v1/featured_tags") == []
        assert (await boris.ask("DELETE", f"/api/v1/featured_tags/{made['id']}")).status_code == 404
        assert (await anna.ask("DELETE", f"/api/v1/featured_tags/{made['id']}")).json() == {}
        assert [tag["name"] for tag in await anna.get("/api/v1/featured_tags/suggestions")] == ["raf"]
        for number in range(9):
            await anna.post("/api/v1/featured_tags", json={"name": f"t{number}"})
        assert (await anna.ask("POST", "/api/v1/featured_tags", json={"name": "eleven"})).status_code == 422


async def test_one_recommends_only_whom_one_follows(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        path = f"/api/v1/accounts/{boris.id}"
        refused = await anna.ask("POST", f"{path}/endorse")
        assert refused.status_code == 422
        assert refused.json()["error"].endswith("You must be already following the person you want to endorse")
        await anna.post(f"{path}/follow")
        assert (await anna.post(f"{path}/endorse"))["endorsed"] is True
        assert [one["username"] for one in (await raf.get(f"/api/v1/accounts/{anna.id}/endorsements")).json()] == ["boris"]
        assert [one["username"] for one in await anna.get("/api/v1/endorsements")] == ["boris"]
        await anna.post(f"{path}/unfollow")
        assert (await anna.post(f"{path}/follow"))["endorsed"] is False
        assert await anna.get("/api/v1/endorsements") == []
        await anna.post(f"{path}/pin")
        assert (await anna.post(f"{path}/unpin"))["endorsed"] is False


async def test_a_note_is_kept_for_its_writer_alone(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        path = f"/api/v1/accounts/{boris.id}/note"
        assert (await anna.post(path, json={"comment": "owes me a raf"}))["note"] == "owes me a raf"
        (seen,) = await boris.get("/api/v1/accounts/relationships", params={"id[]": anna.id})
        assert seen["note"] == ""
        assert (await anna.ask("POST", path, json={"comment": "x" * 2001})).status_code == 422
        assert (await anna.post(path, json={"comment": ""}))["note"] == ""
        assert (await anna.ask("POST", "/api/v1/accounts/1/note", json={"comment": "x"})).status_code == 404


async def test_familiar_followers_leave_out_who_hides_whom_they_follow(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera, shy = [await raf.person(name) for name in ("anna", "boris", "vera", "shy")]
        for friend in (boris, shy):
            await anna.post(f"/api/v1/accounts/{friend.id}/follow")
            await friend.post(f"/api/v1/accounts/{vera.id}/follow")
        await shy.ask("PATCH", "/api/v1/accounts/update_credentials", json={"hide_collections": True})

        async def familiar() -> list[str]:
            (found,) = await anna.get("/api/v1/accounts/familiar_followers", params={"id[]": vera.id})
            assert found["id"] == vera.id
            return [one["username"] for one in found["accounts"]]

        assert await familiar() == ["boris"]
        await vera.post(f"/api/v1/accounts/{anna.id}/block")
        assert await familiar() == []
