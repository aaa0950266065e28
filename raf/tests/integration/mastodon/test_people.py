"""Accounts, profiles and relations, through the API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image


def jpeg(size: tuple[int, int] = (900, 700)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "olive").save(written, "JPEG")
    return written.getvalue()


async def test_an_application_signs_somebody_up(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        program = await raf.token("app", None, "read write")
        form = {
            "username": "Anna",
            "email": "a@example.org",
            "password": "soy milk and coconut",
            "agreement": "true",
            "locale": "ru",
        }
        answer = await program.post("/api/v1/accounts", data=form)
        assert answer["token_type"] == "Bearer"
        assert set(answer["scope"].split()) == {"read", "write", "follow", "push", "profile", "admin:read", "admin:write"}
        me = await raf.get("/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {answer['access_token']}"})
        assert me.json()["username"] == "Anna"
        assert me.json()["source"]["privacy"] == "public"


async def test_a_refused_sign_up_says_why_field_by_field(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        program = await raf.token("app", None, "read write")
        await raf.person("anna")
        form = {"username": "anna", "email": "nonsense", "password": "1234", "agreement": "false"}
        answer = await program.ask("POST", "/api/v1/accounts", json=form)
        assert answer.status_code == 422
        told = answer.json()
        assert told["error"].startswith("Validation failed: ")
        assert {field: [one["error"] for one in found] for field, found in told["details"].items()} == {
            "email": ["ERR_INVALID"],
            "password": ["ERR_TOO_SHORT"],
            "agreement": ["ERR_ACCEPTED"],
        }
        form = {"username": "Anna", "email": "b@example.org", "password": "soy milk and coconut", "agreement": True}
        answer = await program.ask("POST", "/api/v1/accounts", json=form)
        assert answer.json()["details"]["username"][0] == {"error": "ERR_TAKEN", "description": "has already been taken"}


async def test_signing_up_needs_an_applications_token_and_the_right_scope(api: Any) -> None:
    async with api() as raf:
        reader = await raf.token("app", None, "read")
        anna = await raf.person("anna")
        assert (await raf.client.post("/api/v1/accounts", json={})).status_code == 401
        assert (await reader.ask("POST", "/api/v1/accounts", json={})).status_code == 403
        assert (await anna.ask("POST", "/api/v1/accounts", json={})).status_code == 403


async def test_an_address_that_signs_up_many_has_to_wait(api: Any) -> None:
    async with api("raf.identity.sign_ups_of_address=1") as raf:
        program = await raf.token("app", None, "read write")
        form = {"username": "a1", "email": "a1@example.org", "password": "soy milk and coconut", "agreement": True}
        assert (await program.ask("POST", "/api/v1/accounts", json=form)).status_code == 200
        answer = await program.ask("POST", "/api/v1/accounts", json={**form, "username": "a2", "email": "a2@example.org"})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 60


@pytest.mark.parametrize("kind", ["json", "form", "multipart"])
async def test_a_profile_is_changed_however_the_form_comes(api: Any, kind: str) -> None:
    async with api() as raf:
        anna = await raf.person("anna")
        flat = {
            "display_name": "Анна ☕",
            "note": "soy & coconut",
            "bot": "true",
            "locked": "1",
            "source[privacy]": "unlisted",
            "source[sensitive]": "true",
            "source[language]": "ru",
            "fields_attributes[0][name]": "Site",
            "fields_attributes[0][value]": "https://example.org",
            "fields_attributes[1][name]": "Cup",
            "fields_attributes[1][value]": "big",
        }
        nested = {
            "display_name": "Анна ☕",
            "note": "soy & coconut",
            "bot": True,
            "locked": True,
            "source": {"privacy": "unlisted", "sensitive": True, "language": "ru"},
            "fields_attributes": [{"name": "Site", "value": "https://example.org"}, {"name": "Cup", "value": "big"}],
        }
        sent = {
            "json": {"json": nested},
            "form": {"data": flat},
            "multipart": {"files": {name: (None, value) for name, value in flat.items()}},
        }[kind]
        answer = await anna.ask("PATCH", "/api/v1/accounts/update_credentials", **sent)
        assert answer.status_code == 200, answer.text
        me = answer.json()
        assert (me["display_name"], me["bot"], me["locked"]) == ("Анна ☕", True, True)
        assert me["note"] == "<p>soy &amp; coconut</p>"
        assert me["source"]["note"] == "soy & coconut"
        assert (me["source"]["privacy"], me["source"]["sensitive"], me["source"]["language"]) == ("unlisted", True, "ru")
        assert [field["name"] for field in me["fields"]] == ["Site", "Cup"]
        preferences = await anna.get("/api/v1/preferences")
        assert preferences["posting:default:visibility"] == "unlisted"
        again = (await anna.ask("PATCH", "/api/v1/accounts/update_credentials", data={"note": ""})).json()
        assert (again["note"], again["display_name"]) == ("", "Анна ☕")


async def test_portraits_are_cut_served_and_taken_away(api: Any) -> None:
    from raf.media.application import build

    async with api() as raf:
        anna = await raf.person("anna")
        before = await anna.get("/api/v1/accounts/verify_credentials")
        assert "/media/default/avatar-" in before["avatar"]
        files = {"avatar": ("a.jpg", jpeg(), "image/jpeg"), "header": ("h.jpg", jpeg(), "image/jpeg")}
        answer = await anna.ask("PATCH", "/api/v1/accounts/update_credentials", files=files)
        assert answer.status_code == 200, answer.text
        me = answer.json()
        import httpx

        async with httpx.AsyncClient(transport=httpx.ASGITransport(build(raf.application))) as media:
            for url, size in ((me["avatar"], (400, 400)), (me["header"], (1500, 500)), (before["avatar"], (400, 400))):
                served = await media.get(url)
                assert served.status_code == 200
                with Image.open(io.BytesIO(served.content)) as opened:
                    assert opened.size == size
        bad = await anna.ask("PATCH", "/api/v1/accounts/update_credentials", files={"avatar": ("a.jpg", b"<svg/>")})
        assert bad.status_code == 422
        assert "Avatar" in bad.json()["error"]
        gone = await anna.ask("DELETE", "/api/v1/profile/avatar")
        assert gone.json()["avatar"] == before["avatar"]


async def test_people_are_found_by_name_and_by_number(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        assert (await raf.get("/api/v1/accounts/lookup?acct=ANNA")).json()["id"] == anna.id
        assert (await raf.get("/api/v1/accounts/lookup?acct=anna@raf.test")).json()["id"] == anna.id
        for name in ("nobody", "", "anna@elsewhere.example"):
            assert (await raf.get("/api/v1/accounts/lookup", params={"acct": name})).status_code == 404
        assert (await raf.get(f"/api/v1/accounts/{anna.id}")).json()["acct"] == "anna"
        both = await boris.get(f"/api/v1/accounts?id[]={boris.id}&id[]={anna.id}&id[]=1")
        assert [one["acct"] for one in both] == ["boris", "anna"]
        assert [one["acct"] for one in await boris.get("/api/v1/accounts/search?q=an")] == ["anna"]
        found = await boris.get("/api/v2/search?q=@anna&type=accounts&resolve=true")
        assert [one["acct"] for one in found["accounts"]] == ["anna"]


async def test_following_is_asked_granted_and_ended(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        there = await boris.post(f"/api/v1/accounts/{anna.id}/follow")
        assert (there["following"], there["showing_reblogs"], there["notifying"]) == (True, True, False)
        there = await boris.post(f"/api/v1/accounts/{anna.id}/follow", json={"notify": True})
        assert (there["showing_reblogs"], there["notifying"]) == (True, True)
        assert (await anna.get(f"/api/v1/accounts/relationships?id[]={boris.id}"))[0]["followed_by"] is True
        assert [one["acct"] for one in await anna.get(f"/api/v1/accounts/{anna.id}/followers")] == ["boris"]
        assert [one["acct"] for one in await anna.get(f"/api/v1/accounts/{boris.id}/following")] == ["anna"]
        await anna.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
        vera = await raf.person("vera")
        assert (await vera.post(f"/api/v1/accounts/{anna.id}/follow"))["requested"] is True
        assert [one["acct"] for one in await anna.get("/api/v1/follow_requests")] == ["vera"]
        assert (await anna.post(f"/api/v1/follow_requests/{vera.id}/authorize"))["followed_by"] is True
        assert (await anna.ask("POST", f"/api/v1/follow_requests/{vera.id}/reject")).status_code == 404
        assert (await anna.post(f"/api/v1/accounts/{vera.id}/remove_from_followers"))["followed_by"] is False
        assert (await boris.post(f"/api/v1/accounts/{anna.id}/unfollow"))["following"] is False
        assert (await boris.ask("POST", "/api/v1/accounts/12345/follow")).status_code == 404


async def test_blocks_and_mutes_are_listed_and_lifted(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris = await raf.person("anna"), await raf.person("boris")
        assert (await anna.post(f"/api/v1/accounts/{boris.id}/mute", data={"duration": "3600"}))["muting"] is True
        muted = await anna.get("/api/v1/mutes")
        assert muted[0]["acct"] == "boris"
        assert muted[0]["mute_expires_at"]
        assert (await anna.post(f"/api/v1/accounts/{boris.id}/unmute"))["muting"] is False
        assert (await anna.post(f"/api/v1/accounts/{boris.id}/block"))["blocking"] is True
        assert [one["acct"] for one in await anna.get("/api/v1/blocks")] == ["boris"]
        assert (await boris.ask("POST", f"/api/v1/accounts/{anna.id}/follow")).status_code in (403, 404)
        assert (await anna.post(f"/api/v1/accounts/{boris.id}/unblock"))["blocking"] is False


async def test_people_are_suggested_until_they_are_followed(api: Any, database: list[str]) -> None:
    async with api(database) as raf:
        anna, boris, vera = [await raf.person(name) for name in ("anna", "boris", "vera")]
        await vera.post(f"/api/v1/accounts/{boris.id}/follow")
        assert [one["account"]["acct"] for one in await anna.get("/api/v2/suggestions")] == ["boris", "vera"]
        await anna.post(f"/api/v1/accounts/{vera.id}/follow")
        assert [one["acct"] for one in await anna.get("/api/v1/suggestions")] == ["boris"]
        familiar = await anna.get(f"/api/v1/accounts/familiar_followers?id[]={boris.id}")
        assert [one["acct"] for one in familiar[0]["accounts"]] == ["vera"]
        await boris.says("hello")
        assert (await raf.get("/api/v1/directory?order=active")).json()[0]["acct"] == "boris"
        assert [one["acct"] for one in (await raf.get("/api/v1/directory?order=new&limit=2")).json()] == ["vera", "boris"]
