"""Filters, through both versions of the API: kept in Mastodon's shapes, and told in the posts they match."""

from __future__ import annotations

from typing import Any

import pytest

from raf.mastodon.frames import Frames


async def coffee(person: Any, **more: Any) -> Any:
    form = {"title": "Coffee", "context": ["home", "public"], "keywords_attributes": [{"keyword": "raf", "whole_word": True}]}
    return await person.post("/api/v2/filters", json=form | more)


async def test_a_filter_is_made_changed_and_deleted_by_its_owner_alone(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        made = await coffee(anna, filter_action="hide", expires_in=3600)
        assert made == {
            "id": made["id"],
            "title": "Coffee",
            "context": ["home", "public"],
            "expires_at": made["expires_at"],
            "filter_action": "hide",
            "keywords": [{"id": made["keywords"][0]["id"], "keyword": "raf", "whole_word": True}],
            "statuses": [],
        }
        assert made["expires_at"].endswith("Z")
        path = f"/api/v2/filters/{made['id']}"
        kept = made["keywords"][0]["id"]
        form = {
            "title": "Drinks",
            "context": ["thread"],
            "filter_action": "blur",
            "expires_in": "",
            "keywords_attributes": [{"keyword": "soy"}, {"id": kept, "_destroy": True}],
        }
        changed = (await anna.ask("PUT", path, json=form)).json()
        assert (changed["title"], changed["context"], changed["filter_action"]) == ("Drinks", ["thread"], "blur")
        assert (changed["expires_at"], [one["keyword"] for one in changed["keywords"]]) == (None, ["soy"])
        assert await anna.get("/api/v2/filters") == [changed] == [await anna.get(path)]
        word = changed["keywords"][0]["id"]
        assert (await boris.get("/api/v2/filters"), await boris.get("/api/v1/filters")) == ([], [])
        others = [path, f"{path}/keywords", f"{path}/statuses", f"/api/v2/filters/keywords/{word}", f"/api/v1/filters/{word}"]
        for method, address in [("GET", other) for other in others] + [
            ("PUT", path),
            ("DELETE", path),
            ("POST", f"{path}/keywords"),
            ("POST", f"{path}/statuses"),
            ("PUT", others[3]),
            ("DELETE", others[3]),
            ("PUT", others[4]),
            ("DELETE", others[4]),
        ]:
            answer = await boris.ask(method, address, json={"keyword": "x", "phrase": "x", "context": ["home"]})
            assert answer.status_code == 404, (method, address)
        assert (await anna.ask("DELETE", path)).json() == {}
        assert await anna.get("/api/v2/filters") == []


async def test_a_form_encodes_keywords_as_rails_does(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        made = await anna.post(
            "/api/v2/filters",
            content="title=a&context[]=home&keywords_attributes[][keyword]=one&keywords_attributes[][whole_word]=false"
            "&keywords_attributes[][keyword]=two",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert [(one["keyword"], one["whole_word"]) for one in made["keywords"]] == [("one", False), ("two", True)]
        assert made["filter_action"] == "warn"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"context": ["home"]}, "Validation failed: Title can't be blank"),
        ({"title": "a"}, "Validation failed: Context None or invalid context supplied"),
        ({"title": "a", "context": ["kitchen"]}, "Validation failed: Context None or invalid context supplied"),
        ({"title": "a", "context": ["home"], "filter_action": "burn"}, "'burn' is not a valid filter_action"),
        (
            {"title": "a", "context": ["home"], "keywords_attributes": [{"keyword": " "}]},
            "Validation failed: Keyword can't be blank",
        ),
    ],
)
async def test_a_filter_that_cannot_be_is_refused_in_mastodons_words(api: Any, form: dict[str, Any], error: str) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        answer = await anna.ask("POST", "/api/v2/filters", json=form)
        assert (answer.status_code, answer.json()) == (422, {"error": error})
        assert await anna.get("/api/v2/filters") == []
        reader = await raf.token("anna", anna.account_id, "read")
        assert (await reader.ask("POST", "/api/v2/filters", json={"title": "a", "context": ["home"]})).status_code == 403


async def test_posts_tell_which_filters_of_the_reader_they_match(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await anna.post(f"/api/v1/accounts/{boris.id}/follow")
        hit = await boris.says("A cup of RAF, please")
        lid = await boris.says("yes", spoiler_text="about raf")
        part = await boris.says("rafting")
        found = {one["id"]: one["filtered"] for one in await anna.get("/api/v1/timelines/home")}
        assert found == {hit["id"]: [], lid["id"]: [], part["id"]: []}
        made = await coffee(anna)
        told = {name: made[name] for name in ("id", "title", "context", "expires_at", "filter_action")}
        found = {one["id"]: one["filtered"] for one in await anna.get("/api/v1/timelines/home")}
        assert found == {
            hit["id"]: [{"filter": told, "keyword_matches": ["RAF"], "status_matches": None}],
            lid["id"]: [{"filter": told, "keyword_matches": ["raf"], "status_matches": None}],
            part["id"]: [],
        }
        assert (await boris.get(f"/api/v1/statuses/{hit['id']}"))["filtered"] == []
        assert "filtered" not in (await raf.get(f"/api/v1/statuses/{hit['id']}")).json()
        boost = await boris.post(f"/api/v1/statuses/{hit['id']}/reblog")
        seen = await anna.get(f"/api/v1/statuses/{boost['id']}")
        assert seen["filtered"] == seen["reblog"]["filtered"] == found[hit["id"]]
        await anna.ask("PUT", f"/api/v2/filters/keywords/{made['keywords'][0]['id']}", json={"whole_word": False})
        assert (await anna.get(f"/api/v1/statuses/{part['id']}"))["filtered"][0]["keyword_matches"] == ["raf"]
        await boris.ask("PUT", f"/api/v1/statuses/{hit['id']}", json={"status": "tea"})
        assert (await anna.get(f"/api/v1/statuses/{hit['id']}"))["filtered"] == []
        await anna.ask("DELETE", f"/api/v2/filters/{made['id']}")
        assert (await anna.get(f"/api/v1/statuses/{lid['id']}"))["filtered"] == []


async def test_words_of_a_link_a_mention_and_another_alphabet_are_found(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        made = await coffee(anna, keywords_attributes=[])
        path = f"/api/v2/filters/{made['id']}/keywords"
        for keyword in ("example.org/a", "@boris", "Кофе", "a<b & c", "(*+"):
            await anna.post(path, json={"keyword": keyword, "whole_word": True})
        for text, match in (
            ("see https://example.org/a?b=1", "example.org/a"),
            ("hello @boris", "@boris"),
            ("утренний КОФЕ!", "КОФЕ"),
            ("so a<b & c", "a<b & c"),
            ("odd (*+ thing", "(*+"),
            ("кофейня", None),
        ):
            posted = await boris.says(text)
            found = (await anna.get(f"/api/v1/statuses/{posted['id']}"))["filtered"]
            assert [one["keyword_matches"] for one in found] == ([[match]] if match else []), text


async def test_one_post_is_filtered_by_itself(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        posted = await boris.says("this one")
        hidden = await boris.says("not for anna", visibility="direct")
        made = await coffee(anna)
        path = f"/api/v2/filters/{made['id']}/statuses"
        kept = await anna.post(path, json={"status_id": posted["id"]})
        assert kept == {"id": kept["id"], "status_id": posted["id"]}
        assert await anna.get(path) == [kept] == [await anna.get(f"/api/v2/filters/statuses/{kept['id']}")]
        assert (await anna.ask("POST", path, json={"status_id": posted["id"]})).status_code == 422
        assert (await anna.ask("POST", path, json={"status_id": hidden["id"]})).status_code == 404
        found = (await anna.get(f"/api/v1/statuses/{posted['id']}"))["filtered"]
        assert [(one["keyword_matches"], one["status_matches"]) for one in found] == [(None, [posted["id"]])]
        assert (await boris.ask("DELETE", f"/api/v2/filters/statuses/{kept['id']}")).status_code == 404
        assert (await anna.ask("DELETE", f"/api/v2/filters/statuses/{kept['id']}")).json() == {}
        assert (await anna.get(f"/api/v1/statuses/{posted['id']}"))["filtered"] == []


async def test_a_filter_ends_when_it_was_told_to(api: Any, database: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    async with api(database) as raf:
        anna = await raf.person("anna")
        posted = await anna.says("raf")
        await coffee(anna, expires_in=60)
        assert len((await anna.get(f"/api/v1/statuses/{posted['id']}"))["filtered"]) == 1
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 61)
        assert (await anna.get(f"/api/v1/statuses/{posted['id']}"))["filtered"] == []
        assert len(await anna.get("/api/v2/filters")) == 1


async def test_the_first_api_sees_each_keyword_as_a_filter(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        made = await anna.post("/api/v1/filters", json={"phrase": "soy", "context": ["home"], "irreversible": True})
        assert made == {
            "id": made["id"],
            "phrase": "soy",
            "context": ["home"],
            "whole_word": True,
            "expires_at": None,
            "irreversible": True,
        }
        path = f"/api/v1/filters/{made['id']}"
        changed = (await anna.ask("PUT", path, json={"phrase": "coconut", "context": ["thread"], "whole_word": False})).json()
        assert changed == made | {"phrase": "coconut", "context": ["thread"], "whole_word": False}
        (second,) = await anna.get("/api/v2/filters")
        assert (second["title"], second["filter_action"]) == ("coconut", "hide")
        await anna.post(f"/api/v2/filters/{second['id']}/keywords", json={"keyword": "palm"})
        assert [one["phrase"] for one in await anna.get("/api/v1/filters")] == ["coconut", "palm"]
        refused = await anna.ask("PUT", path, json={"phrase": "coconut", "context": ["home"]})
        assert refused.status_code == 422
        renamed = await anna.ask("PUT", path, json={"phrase": "nut", "context": ["thread"]})
        assert renamed.json()["phrase"] == "nut"
        for one in await anna.get("/api/v1/filters"):
            assert (await anna.ask("DELETE", f"/api/v1/filters/{one['id']}")).json() == {}
        assert await anna.get("/api/v2/filters") == []


async def test_a_stream_tells_its_listener_alone_what_their_filters_match(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        for reader in (anna, vera):
            await reader.post(f"/api/v1/accounts/{boris.id}/follow")
        made = await coffee(anna)
        frames = Frames(raf.raf)
        with await raf.raf.live(anna.account_id, ("user",)) as mine, await raf.raf.live(vera.account_id, ("user",)) as others:
            await boris.says("a raf for everybody")
            (mine_told,), (others_told,) = await mine.take(5), await others.take(5)
            told = (await frames.event(mine_told, anna.account_id)).decode()
            assert f'"filtered":[{{"filter":{{"id":"{made["id"]}"' in told
            assert frames.kept(others_told) is None
            assert b"filtered" not in await frames.event(others_told, vera.account_id)
            assert frames.kept(others_told) is not None
