"""What waits for something: a follow for its answer, an account for its address, and how apps are told."""

from __future__ import annotations

from typing import Any

from raf.testing import say


async def test_somebody_who_was_asked_stands_in_a_list_and_their_posts_come_when_they_agree(
    api: Any, database: list[str]
) -> None:
    async with api() as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        await boris.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
        made = (await anna.ask("POST", "/api/v1/lists", json={"title": "Sea"})).json()
        path = f"/api/v1/lists/{made['id']}"
        refused = await anna.ask("POST", f"{path}/accounts", json={"account_ids": [boris.id]})
        assert refused.status_code == 404  # nobody has asked
        await anna.ask("POST", f"/api/v1/accounts/{boris.id}/follow")
        added = await anna.ask("POST", f"{path}/accounts", json={"account_ids": [boris.id]})
        assert added.status_code == 200, added.text
        assert [one["id"] for one in await anna.get(f"{path}/accounts")] == [boris.id]
        post = await say(raf.raf, boris.account_id, "waves")
        timeline = f"/api/v1/timelines/list/{made['id']}"
        assert await anna.get(timeline) == []
        await boris.ask("POST", f"/api/v1/follow_requests/{anna.id}/authorize")
        assert [one["id"] for one in await anna.get(timeline)] == [str(post)]
        assert [one["id"] for one in await anna.get(f"{path}/accounts")] == [boris.id]


async def test_how_posts_are_shown_is_told_to_apps(api: Any) -> None:
    from raf.preferences.preferences import Reading, set_reading

    async with api() as raf:
        anna = await raf.person("anna")
        before = await anna.get("/api/v1/preferences")
        assert (before["reading:expand:media"], before["reading:expand:spoilers"]) == ("default", False)
        await raf.raf.store.write(set_reading, anna.account_id, Reading("hide_all", True, True))
        after = await anna.get("/api/v1/preferences")
        assert after["reading:expand:media"] == "hide_all"
        assert (after["reading:expand:spoilers"], after["reading:autoplay:gifs"]) == (True, True)


async def test_an_account_whose_address_waits_may_only_ask_for_the_letter(api: Any) -> None:
    async with api("raf.mail.host=127.0.0.1", "raf.mail.port=9", "raf.mail.security=none") as raf:
        anna = await raf.person("anna")  # her token is of the application below, which did not sign her up
        refused = await anna.ask("GET", "/api/v1/accounts/verify_credentials")
        assert refused.status_code == 403
        assert refused.json()["error"] == "Your login is missing a confirmed e-mail address"
        assert (await anna.get("/api/v1/emails/check_confirmation")) is False
        other = await anna.ask("POST", "/api/v1/emails/confirmations")
        assert other.status_code == 403

        def adopt(connection: Any) -> None:
            connection.execute("UPDATE credential SET application_id = ?", (raf.program.id,))

        await raf.raf.store.write(adopt)
        again = await anna.ask("POST", "/api/v1/emails/confirmations", json={"email": "anya@example.org"})
        assert (again.status_code, again.json()) == (200, {})
        letters = await raf.raf.store.read(lambda connection: connection.rows("SELECT kind, recipient FROM letter ORDER BY id"))
        assert letters == [("confirm", "anna@example.org"), ("confirm", "anya@example.org")]
        taken = await anna.ask("POST", "/api/v1/emails/confirmations", json={"email": "no address"})
        assert taken.status_code == 422
