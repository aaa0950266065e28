"""Polls through the API."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("kind", ["json", "form"])
async def test_a_poll_is_asked_answered_and_looked_at(api: Any, database: list[str], kind: str) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        sent = {
            "json": {"json": {"status": "which?", "poll": {"options": ["soy", "oat"], "expires_in": 3600, "multiple": True}}},
            "form": {
                "data": {
                    "status": "which?",
                    "poll[options][]": ["soy", "oat"],
                    "poll[expires_in]": "3600",
                    "poll[multiple]": "true",
                }
            },
        }[kind]
        asked = await anna.post("/api/v1/statuses", **sent)
        poll = asked["poll"]
        assert set(poll) == {
            *("id", "expires_at", "expired", "multiple", "votes_count", "voters_count", "options", "emojis"),
            *("voted", "own_votes"),
        }
        assert poll["options"] == [{"title": "soy", "votes_count": 0}, {"title": "oat", "votes_count": 0}]
        assert (poll["voted"], poll["multiple"], poll["expired"]) == (True, True, False)
        path = f"/api/v1/polls/{poll['id']}"
        voted = await boris.post(f"{path}/votes", json={"choices": ["1"]})
        assert (voted["voted"], voted["own_votes"], voted["votes_count"]) == (True, [1], 1)
        again = await boris.ask("POST", f"{path}/votes", data={"choices[]": ["1"]})
        assert (again.status_code, again.json()["error"]) == (422, "Validation failed: You have already voted on this poll")
        seen = (await raf.get(path)).json()
        assert "voted" not in seen
        assert (await boris.get("/api/v1/timelines/public"))[0]["poll"]["own_votes"] == [1]
        boost = await boris.post(f"/api/v1/statuses/{asked['id']}/reblog")
        assert boost["poll"] is None
        assert boost["reblog"]["poll"]["votes_count"] == 1
        history = await anna.get(f"/api/v1/statuses/{asked['id']}/history")
        assert history[0]["poll"] == {"options": [{"title": "soy"}, {"title": "oat"}]}


async def test_voting_needs_a_person_with_the_scope_and_a_poll(api: Any) -> None:
    async with api() as raf:
        anna, reader = await raf.person("anna"), await raf.person("reader", "read")
        asked = await anna.says("which?", poll={"options": ["a", "b"], "expires_in": 600})
        path = f"/api/v1/polls/{asked['poll']['id']}/votes"
        assert (await raf.client.post(path)).status_code == 401
        assert (await reader.ask("POST", path, json={"choices": [0]})).status_code == 403
        assert (await anna.ask("POST", "/api/v1/polls/1/votes", json={"choices": [0]})).status_code == 404
        limits = (await raf.get("/api/v2/instance")).json()["configuration"]["polls"]
        expected = {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2629746}
        assert limits == expected


async def test_a_poll_is_edited_and_a_refused_one_is_no_post(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        refused = await anna.ask(
            "POST", "/api/v1/statuses", json={"status": "?", "poll": {"options": ["a"], "expires_in": 600}}
        )
        assert refused.status_code == 422
        asked = await anna.says("which?", poll={"options": ["a", "b"], "expires_in": 600})
        path = f"/api/v1/statuses/{asked['id']}"
        kept = (await anna.ask("PUT", path, json={"status": "what?"})).json()
        assert [option["title"] for option in kept["poll"]["options"]] == ["a", "b"]
        new = {"options": ["c", "d"], "expires_in": 600}
        changed = (await anna.ask("PUT", path, json={"status": "what?", "poll": new})).json()
        assert [option["title"] for option in changed["poll"]["options"]] == ["c", "d"]
