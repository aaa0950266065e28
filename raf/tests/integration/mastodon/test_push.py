"""`/api/v1/push/subscription` in Mastodon's shapes."""

from __future__ import annotations

from typing import Any

KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
PATH = "/api/v1/push/subscription"


async def test_a_client_subscribes_changes_its_mind_and_leaves(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna = await raf.person("anna")
        assert (await anna.ask("GET", PATH)).status_code == 404
        form = {
            "subscription": {"endpoint": "https://push.example/x", "keys": KEYS, "standard": True},
            "data": {"alerts": {"mention": True, "favourite": "true", "follow": False}, "policy": "followed"},
        }
        made = await anna.post(PATH, json=form)
        assert set(made) == {"id", "endpoint", "standard", "alerts", "policy", "server_key"}
        assert (made["endpoint"], made["standard"], made["policy"]) == ("https://push.example/x", True, "followed")
        assert [kind for kind, wanted in made["alerts"].items() if wanted] == ["mention", "favourite"]
        assert {"status", "reblog", "follow_request", "poll", "update", "admin.report"} <= set(made["alerts"])
        assert await anna.get(PATH) == made
        instance = (await raf.get("/api/v2/instance")).json()
        assert instance["configuration"]["vapid"]["public_key"] == made["server_key"]
        program = await anna.get("/api/v1/apps/verify_credentials")
        assert program["vapid_key"] == made["server_key"]
        changed = await anna.ask("PUT", PATH, json={"data": {"alerts": {"poll": True}}})
        assert [kind for kind, wanted in changed.json()["alerts"].items() if wanted] == ["poll"]
        other = await raf.token("anna", anna.account_id)
        assert (await other.ask("GET", PATH)).status_code == 404, "each token has its own"
        as_form = {
            "subscription[endpoint]": "https://push.example/y",
            "subscription[keys][p256dh]": KEYS["p256dh"],
            "subscription[keys][auth]": KEYS["auth"],
            "data[alerts][mention]": "1",
        }
        again = await anna.post(PATH, data=as_form)
        assert (again["endpoint"], again["standard"], again["policy"]) == ("https://push.example/y", False, "all")
        assert (await anna.ask("DELETE", PATH)).json() == {}
        assert (await anna.ask("GET", PATH)).status_code == 404


async def test_a_subscription_that_leads_nowhere_is_refused(api: Any) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        for subscription in (
            {},
            {"endpoint": "https://push.example/x"},
            {"endpoint": "http://push.example/x", "keys": KEYS},
            {"endpoint": "https://push.example/x", "keys": KEYS | {"auth": "x"}},
        ):
            answer = await anna.ask("POST", PATH, json={"subscription": subscription})
            assert answer.status_code in (400, 422), subscription
        wrong = {"subscription": {"endpoint": "https://push.example/x", "keys": KEYS}, "data": {"policy": "some"}}
        assert (await anna.ask("POST", PATH, json=wrong)).status_code == 422
        reading = await raf.token("anna", anna.account_id, "read write")
        assert (await reading.ask("GET", PATH)).status_code == 403
