"""What the server says of itself is so: its limits, its texts, the versions it claims."""

from __future__ import annotations

from typing import Any

from raf.tests.integration.mastodon.test_posting import png

from raf.moderation import house


async def written(raf: Any, name: str, text: str) -> None:
    def write(connection: Any) -> None:
        connection.execute(house.SET_TEXT, (name, text, 1_700_000_000.0))

    await raf.application.store.write(write)


async def test_the_usual_rules_are_told_in_russian_too(api: Any) -> None:
    async with api() as raf:
        rules = (await raf.get("/api/v1/instance/rules")).json()
        assert rules[0]["text"].startswith("Be kind.")
        assert rules[0]["translations"]["ru"]["text"] not in ("", rules[0]["text"])
        assert (await raf.get("/api/v2/instance")).json()["rules"] == rules


async def test_texts_that_somebody_wrote_are_told(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        assert (await raf.get("/api/v1/instance/terms_of_service")).status_code == 404
        for name in ("description", "terms"):
            await written(raf, name, f"All of the {name}")
        described = (await raf.get("/api/v1/instance/extended_description")).json()
        assert "All of the description" in described["content"]
        terms = (await raf.get("/api/v1/instance/terms_of_service")).json()
        assert "All of the terms" in terms["content"]
        day = terms["effective_date"]
        assert (await raf.get(f"/api/v1/instance/terms_of_service/{day}")).json() == terms
        assert (await raf.get("/api/v1/instance/terms_of_service/2001-01-01")).status_code == 404


async def test_as_many_tags_can_be_shown_on_a_profile_as_is_said(api: Any) -> None:
    async with api() as raf:
        most = (await raf.get("/api/v2/instance")).json()["configuration"]["accounts"]["max_featured_tags"]
        anna = await raf.person("anna")
        answers = [
            (await anna.ask("POST", "/api/v1/featured_tags", data={"name": f"tag{number}"})).status_code
            for number in range(most + 1)
        ]
        assert answers == [200] * most + [422]


async def test_files_of_a_deleted_post_go_at_once_when_that_is_asked(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        for wanted, left in (("", 200), ("?delete_media=true", 404)):
            sent = await anna.post("/api/v1/media", files={"file": ("cup.png", png(), "image/png")})
            said = await anna.says("a cup", media_ids=[sent["id"]])
            gone = await anna.ask("DELETE", f"/api/v1/statuses/{said['id']}{wanted}")
            assert gone.json()["text"] == "a cup"
            assert (await anna.ask("GET", f"/api/v1/media/{sent['id']}")).status_code == left


async def test_a_watcher_is_told_that_the_server_answers(api: Any) -> None:
    async with api() as raf:
        answer = await raf.get("/health")
        assert (answer.status_code, answer.text, answer.headers["content-type"].partition(";")[0]) == (200, "OK", "text/plain")
