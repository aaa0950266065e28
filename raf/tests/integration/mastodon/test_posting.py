"""Posting and reading, through the API."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from ostrov import run_tasks


def png(colour: str = "teal") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(written, "PNG")
    return written.getvalue()


async def test_a_post_is_read_where_it_belongs(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await boris.post(f"/api/v1/accounts/{anna.id}/follow")
        posted = await anna.says("Raf with #coconut, @boris?", language="en")
        assert posted["account"]["acct"] == "anna"
        assert posted["visibility"] == "public"
        assert posted["application"]["name"] == "Tests"
        assert [tag["name"] for tag in posted["tags"]] == ["coconut"]
        assert [mention["acct"] for mention in posted["mentions"]] == ["boris"]
        assert posted["url"] == f"http://raf.test/@anna/{posted['id']}"
        for path in (
            "/api/v1/timelines/home",
            "/api/v1/timelines/public",
            "/api/v1/timelines/public?local=true",
            "/api/v1/timelines/tag/coconut",
            f"/api/v1/accounts/{anna.id}/statuses",
            f"/api/v1/statuses?id[]={posted['id']}",
        ):
            assert [one["id"] for one in await boris.get(path)] == [posted["id"]], path
        anonymous = (await raf.get(f"/api/v1/statuses/{posted['id']}")).json()
        assert "favourited" not in anonymous
        assert (await boris.get(f"/api/v1/statuses/{posted['id']}"))["favourited"] is False


@pytest.mark.parametrize("kind", ["json", "form", "multipart"])
async def test_a_post_may_come_as_json_or_as_either_kind_of_form(api: Any, kind: str) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        fields = {"status": "привет", "spoiler_text": "cw", "sensitive": "true", "visibility": "unlisted"}
        sent = {
            "json": {"json": {**fields, "sensitive": True}},
            "form": {"data": fields},
            "multipart": {"files": {name: (None, value) for name, value in fields.items()}},
        }[kind]
        posted = await anna.post("/api/v1/statuses", **sent)
        assert posted["content"] == "<p>привет</p>"
        assert (posted["spoiler_text"], posted["sensitive"], posted["visibility"]) == ("cw", True, "unlisted")


async def test_the_same_key_twice_is_one_post(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        sent = [
            anna.ask("POST", "/api/v1/statuses", json={"status": "once"}, headers={"Idempotency-Key": "k1"}) for _ in range(4)
        ]
        answers = await asyncio.gather(*sent)
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(await anna.get(f"/api/v1/accounts/{anna.id}/statuses")) == 1


async def test_a_thread_holds_together(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        first = await anna.says("one")
        second = await boris.says("@anna two", in_reply_to_id=first["id"])
        third = await anna.says("@boris three", in_reply_to_id=int(second["id"]))
        context = await anna.get(f"/api/v1/statuses/{second['id']}/context")
        assert [one["id"] for one in context["ancestors"]] == [first["id"]]
        assert [one["id"] for one in context["descendants"]] == [third["id"]]
        assert (await anna.get(f"/api/v1/statuses/{first['id']}"))["replies_count"] == 1
        answer = await anna.ask("POST", "/api/v1/statuses", json={"status": "x", "in_reply_to_id": "12345"})
        assert answer.status_code == 404


async def test_what_one_does_with_a_post_is_seen_and_undone(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await anna.says("good raf")
        path = f"/api/v1/statuses/{posted['id']}"
        for verb, flag in (("favourite", "favourited"), ("bookmark", "bookmarked"), ("mute", "muted")):
            assert (await boris.post(f"{path}/{verb}"))[flag] is True
            assert (await boris.post(f"{path}/{verb}"))[flag] is True
        boost = await boris.post(f"{path}/reblog")
        assert boost["reblog"]["id"] == posted["id"]
        assert boost["reblog"]["reblogged"] is True
        assert [one["id"] for one in await boris.get("/api/v1/favourites")] == [posted["id"]]
        assert [one["id"] for one in await boris.get("/api/v1/bookmarks")] == [posted["id"]]
        assert [one["acct"] for one in await anna.get(f"{path}/favourited_by")] == ["boris"]
        assert [one["acct"] for one in await anna.get(f"{path}/reblogged_by")] == ["boris"]
        seen = await anna.get(path)
        assert (seen["favourites_count"], seen["reblogs_count"]) == (1, 1)
        for verb, flag in (
            ("unfavourite", "favourited"),
            ("unbookmark", "bookmarked"),
            ("unmute", "muted"),
            ("unreblog", "reblogged"),
        ):
            assert (await boris.post(f"{path}/{verb}"))[flag] is False
        assert (await anna.post(f"{path}/pin"))["pinned"] is True
        assert [one["id"] for one in await boris.get(f"/api/v1/accounts/{anna.id}/statuses?pinned=true")] == [posted["id"]]
        assert (await anna.post(f"{path}/unpin"))["pinned"] is False


async def test_a_post_is_edited_with_its_history_and_taken_away_with_its_source(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await anna.says("firts")
        path = f"/api/v1/statuses/{posted['id']}"
        assert (await boris.ask("PUT", path, json={"status": "mine"})).status_code in (403, 404)
        edited = (await anna.ask("PUT", path, json={"status": "first"})).json()
        assert edited["content"] == "<p>first</p>"
        assert edited["edited_at"]
        assert [version["content"] for version in await anna.get(f"{path}/history")] == ["<p>firts</p>", "<p>first</p>"]
        assert (await anna.get(f"{path}/source"))["text"] == "first"
        assert (await boris.ask("GET", f"{path}/source")).status_code == 404
        assert (await boris.ask("DELETE", path)).status_code == 404
        gone = await anna.ask("DELETE", path)
        assert gone.status_code == 200
        assert gone.json()["text"] == "first"
        assert (await anna.ask("GET", path)).status_code == 404


async def test_a_private_post_is_not_there_for_strangers(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        for visibility in ("private", "direct"):
            posted = await anna.says("for few", visibility=visibility)
            path = f"/api/v1/statuses/{posted['id']}"
            for suffix in ("", "/context", "/history", "/favourited_by", "/reblogged_by"):
                assert (await boris.ask("GET", path + suffix)).status_code == 404, suffix
                assert (await raf.get(path + suffix)).status_code == 404, suffix
            for verb in ("favourite", "reblog", "bookmark", "pin", "mute"):
                assert (await boris.ask("POST", f"{path}/{verb}")).status_code in (404, 422), verb
            assert await boris.get(f"/api/v1/accounts/{anna.id}/statuses") == []


async def test_a_post_carries_its_pictures_in_their_order(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        first = await anna.post(
            "/api/v1/media", files={"file": ("a.png", png("red"), "image/png")}, data={"description": "red"}
        )
        assert first["url"]
        assert first["description"] == "red"
        later = await anna.ask("POST", "/api/v2/media", files={"file": ("b.bin", png("blue"), "text/plain")})
        assert later.status_code == 202
        assert later.json()["url"] is None
        second = later.json()["id"]
        assert (await anna.ask("GET", f"/api/v1/media/{second}")).status_code == 206
        early = await anna.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [second]})
        assert early.status_code == 422
        changed = await anna.ask("PUT", f"/api/v1/media/{second}", data={"description": "blue", "focus": "0.5,-0.25"})
        assert changed.status_code == 200
        await run_tasks(raf.application)
        ready = await anna.get(f"/api/v1/media/{second}")
        assert ready["meta"]["focus"] == {"x": 0.5, "y": -0.25}
        posted = await anna.post("/api/v1/statuses", data={"media_ids[]": [second, first["id"]]})
        assert [one["description"] for one in posted["media_attachments"]] == ["blue", "red"]
        assert (await anna.ask("GET", f"/api/v1/media/{second}")).status_code == 404  # it belongs to the post now
        assert [one["id"] for one in await anna.get(f"/api/v1/accounts/{anna.id}/statuses?only_media=true")] == [posted["id"]]
        boris = await raf.person("boris")
        stolen = await boris.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [first["id"]]})
        assert stolen.status_code in (404, 422)


async def test_an_unwanted_upload_is_thrown_away(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        made = await anna.post("/api/v1/media", files={"file": ("a.png", png(), "image/png")})
        assert (await anna.ask("DELETE", f"/api/v1/media/{made['id']}")).status_code == 200
        assert (await anna.ask("GET", f"/api/v1/media/{made['id']}")).status_code == 404


async def test_a_disguised_upload_is_refused_with_a_reason(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        for version in ("v1", "v2"):
            answer = await anna.ask(
                "POST", f"/api/{version}/media", files={"file": ("cat.png", b"<script>alert(1)</script>", "image/png")}
            )
            assert answer.status_code == 422
            assert "JPEG, PNG" in answer.json()["error"]
        nothing = await anna.ask("POST", "/api/v2/media", data={"description": "no file"})
        assert nothing.status_code == 422
        broken = await anna.ask("POST", "/api/v2/media", files={"file": ("cat.png", png()[:60], "image/png")})
        await run_tasks(raf.application)
        told = await anna.ask("GET", f"/api/v1/media/{broken.json()['id']}")
        assert told.status_code == 422
        assert "damaged" in told.json()["error"]


async def test_a_body_has_a_limit_and_a_form_leaves_nothing_behind(api: Any) -> None:
    async with api("raf.media.max_bytes=2000", "raf.media.max_film_bytes=2000", "raf.api.max_body=5000") as raf:
        anna = await raf.person("anna")
        large = await anna.ask("POST", "/api/v1/statuses", json={"status": "x" * 6000})
        assert large.status_code == 413

        async def chunks() -> Any:
            for _ in range(40):
                yield b"x" * 200

        streamed = await anna.ask(
            "POST", "/api/v1/statuses", content=chunks(), headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert streamed.status_code == 413
        file = await anna.ask("POST", "/api/v2/media", files={"file": ("a.png", png() + b"x" * 2_100_000)})
        assert file.status_code == 413
        file = await anna.ask("POST", "/api/v2/media", files={"file": ("a.png", png() + b"x" * 3000)})
        assert file.status_code == 422
        scratch = raf.application.data_dir / "media" / "scratch"
        assert list(scratch.iterdir()) == []


async def test_a_description_is_no_longer_in_a_new_version_than_it_may_be(api: Any) -> None:
    async with api("raf.media.description_limit=20") as raf:
        anna = await raf.person("anna")
        media = await anna.post("/api/v1/media", files={"file": ("a.png", png("red"), "image/png")})
        posted = await anna.says("raf", media_ids=[media["id"]])
        path = f"/api/v1/statuses/{posted['id']}"
        for length, status in ((21, 422), (20, 200)):
            change = {"media_ids": [media["id"]], "media_attributes": [{"id": media["id"], "description": "x" * length}]}
            answer = await anna.ask("PUT", path, json={"status": "raf", **change})
            assert answer.status_code == status, answer.text
