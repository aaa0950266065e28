"""Mastodon's moderation API: reports, judgements, blocks, who may join, announcements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ostrov import run_tasks
from raf.errors import Invalid
from raf.identity.registration import NewAccount
from raf.moderation import announcements, blocking, house, judging
from raf.moderation.announcements import NewNotice
from raf.moderation.moderation import open_moderation

PASSWORD = "soy milk and coconut"
ALL = "read write follow push"


STAFF = ALL + " admin:read admin:write"


async def staff(raf: Any, name: str = "vera", role: str = "admin") -> Any:
    """Somebody with a role and a token for it."""
    person = await raf.person(name, STAFF)
    await raf.application.part(open_moderation).write(judging.give_role, 0, person.account_id, role)
    return person


async def test_a_report_goes_from_its_maker_to_a_moderator_and_is_resolved(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        mod, rude, ada = await staff(raf), await raf.person("rude"), await raf.person("ada")
        post = await rude.says("grr")
        said = {"account_id": rude.id, "status_ids": [post["id"]], "comment": "rude", "category": "spam"}
        made = await ada.post("/api/v1/reports", json=said)
        assert (made["action_taken"], made["category"], made["status_ids"]) == (False, "spam", [post["id"]])
        assert made["target_account"]["username"] == "rude"
        (found,) = await mod.get("/api/v1/admin/reports")
        assert found["account"]["username"] == "ada"
        assert found["target_account"]["email"] == "rude@example.org"
        assert [status["id"] for status in found["statuses"]] == [post["id"]]
        path = f"/api/v1/admin/reports/{made['id']}"
        assert (await mod.post(f"{path}/assign_to_self"))["assigned_account"]["username"] == "vera"
        answer = await mod.ask("PUT", path, json={"category": "other"})
        assert answer.json()["category"] == "other"
        assert (await mod.post(f"{path}/resolve"))["action_taken_by_account"]["username"] == "vera"
        assert await mod.get("/api/v1/admin/reports") == []
        assert len(await mod.get("/api/v1/admin/reports?resolved=true")) == 1
        assert (await mod.post(f"{path}/reopen"))["action_taken"] is False


async def test_a_post_one_may_not_see_cannot_be_reported_to_read_it(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        shy, ada = await raf.person("shy"), await raf.person("ada")
        secret = await shy.says("secret", visibility="private")
        said = {"account_id": shy.id, "status_ids": [secret["id"]]}
        assert (await ada.ask("POST", "/api/v1/reports", json=said)).status_code == 404
        long = await ada.ask("POST", "/api/v1/reports", json={"account_id": shy.id, "comment": "x" * 1001})
        assert long.status_code == 422


async def test_a_suspended_person_s_token_opens_nothing_and_works_again_when_lifted(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        mod, spammer = await staff(raf), await raf.person("spammer")
        assert await mod.post(f"/api/v1/admin/accounts/{spammer.id}/action", json={"type": "suspend", "text": "spam"}) == {}
        refused = await spammer.ask("GET", "/api/v1/accounts/verify_credentials")
        assert (refused.status_code, refused.json()) == (403, {"error": "Your login is currently disabled"})
        shown = await mod.get(f"/api/v1/admin/accounts/{spammer.id}")
        assert shown["suspended"] is True
        assert shown["approved"] is True
        assert (await mod.get("/api/v2/admin/accounts?status=suspended"))[0]["id"] == spammer.id
        assert (await mod.post(f"/api/v1/admin/accounts/{spammer.id}/unsuspend"))["suspended"] is False
        assert (await spammer.get("/api/v1/accounts/verify_credentials"))["username"] == "spammer"


async def test_who_has_no_role_or_no_scope_gets_nothing(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        mod = await staff(raf)
        nobody = await raf.person("nobody", STAFF)
        paths = ("accounts", "reports", "domain_blocks", "domain_allows", "email_domain_blocks", "ip_blocks")
        for path in (*paths, "canonical_email_blocks"):
            answer = await nobody.ask("GET", f"/api/v1/admin/{path}")
            assert (answer.status_code, answer.json()["error"]) == (403, "This action is not allowed")
        narrow = await raf.token("vera", mod.account_id, ALL)
        assert (await narrow.ask("GET", "/api/v1/admin/accounts")).status_code == 403
        assert (
            await nobody.ask("POST", f"/api/v1/admin/accounts/{mod.id}/action", json={"type": "suspend"})
        ).status_code == 403


async def test_newcomers_wait_when_the_house_wants_to_see_them(api: Any, database: list[str]) -> None:
    async with api(*database, "raf.identity.approval=true") as raf:
        mod_id = await raf.raf.sign_up(_new("vera"))
        await raf.application.part(open_moderation).welcome(0, mod_id, approved=True)
        await raf.application.part(open_moderation).write(judging.give_role, 0, mod_id, "moderator")
        mod = await raf.token("vera", mod_id, STAFF)
        new = await raf.token("new", await raf.raf.sign_up(_new("new", reason="I like raf")))
        refused = await new.ask("GET", "/api/v1/accounts/verify_credentials")
        assert (refused.status_code, refused.json()["error"]) == (403, "Your login is currently pending approval")
        (waiting,) = await mod.get("/api/v1/admin/accounts?pending=true")
        assert (waiting["username"], waiting["invite_request"], waiting["approved"]) == ("new", "I like raf", False)
        assert (await raf.get("/api/v1/accounts/lookup?acct=new")).status_code == 404
        assert (await raf.get(f"/api/v1/accounts/{new.id}")).status_code == 404
        assert (await mod.post(f"/api/v1/admin/accounts/{new.id}/approve"))["approved"] is True
        assert (await new.get("/api/v1/accounts/verify_credentials"))["username"] == "new"
        other = await raf.raf.sign_up(_new("other"))
        assert (await mod.post(f"/api/v1/admin/accounts/{other}/reject"))["username"] == "other"
        assert await raf.raf.sign_up(_new("other"))


async def test_blocks_are_made_listed_changed_and_taken_away(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        mod = await staff(raf)
        made = await mod.post("/api/v1/admin/domain_blocks", json={"domain": "Bad.Example", "severity": "suspend"})
        assert made["domain"] == "bad.example"
        assert len(made["digest"]) == 64
        assert made["severity"] == "suspend"
        path = f"/api/v1/admin/domain_blocks/{made['id']}"
        assert (await mod.ask("PUT", path, json={"public_comment": "spam"})).json()["public_comment"] == "spam"
        again = await mod.ask("POST", "/api/v1/admin/domain_blocks", json={"domain": "bad.example"})
        assert again.status_code == 422
        assert [row["id"] for row in await mod.get("/api/v1/admin/domain_blocks")] == [made["id"]]
        assert (await mod.ask("DELETE", path)).json() == {}
        assert (await mod.ask("GET", path)).status_code == 404
        assert (await mod.post("/api/v1/admin/domain_allows", json={"domain": "good.example"}))["domain"] == "good.example"
        ip = await mod.post(
            "/api/v1/admin/ip_blocks", json={"ip": "192.0.2.0/24", "severity": "sign_up_block", "expires_in": 60}
        )
        assert ip["ip"] == "192.0.2.0/24"
        assert ip["expires_at"]
        email = await mod.post("/api/v1/admin/canonical_email_blocks", json={"email": "a.b+c@example.org"})
        (same,) = await mod.post("/api/v1/admin/canonical_email_blocks/test", json={"email": "AB@example.org"})
        assert same == email


async def test_blocked_providers_addresses_and_networks_open_no_account(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        mod = await staff(raf)
        await mod.post("/api/v1/admin/email_domain_blocks", json={"domain": "spam.example"})
        await mod.post("/api/v1/admin/canonical_email_blocks", json={"email": "known@example.org"})
        await mod.post("/api/v1/admin/ip_blocks", json={"ip": "198.51.100.0/24", "severity": "sign_up_block"})
        await mod.post("/api/v1/admin/ip_blocks", json={"ip": "203.0.113.7", "severity": "sign_up_requires_approval"})
        for email in ("a@spam.example", "a@mail.spam.example", "kno.wn+1@example.org"):
            with pytest.raises(Invalid, match="disallowed"):
                await raf.raf.sign_up(_new("spam", email=email))
        with pytest.raises(Invalid, match="network"):
            await raf.raf.sign_up(_new("spam"), address="198.51.100.9")
        held = await raf.raf.sign_up(_new("held"), address="203.0.113.7")
        assert (await mod.get(f"/api/v1/admin/accounts/{held}"))["approved"] is False


async def test_servers_one_hides_are_listed(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        ada = await raf.person("ada")
        await ada.post("/api/v1/domain_blocks", json={"domain": "loud.example"})
        assert await ada.get("/api/v1/domain_blocks") == ["loud.example"]
        assert (await ada.ask("DELETE", "/api/v1/domain_blocks", params={"domain": "loud.example"})).status_code == 200
        assert await ada.get("/api/v1/domain_blocks") == []
        assert (await ada.ask("POST", "/api/v1/domain_blocks", json={"domain": "a b"})).status_code == 422


async def test_announcements_are_read_and_liked(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        ada = await raf.person("ada")
        notice = await raf.application.part(open_moderation).write(announcements.write, 0, NewNotice(text="New beans!"))
        (shown,) = await ada.get("/api/v1/announcements")
        assert (shown["content"], shown["read"], shown["reactions"]) == ("<p>New beans!</p>", False, [])
        assert (await ada.ask("PUT", f"/api/v1/announcements/{notice}/reactions/☕")).status_code == 200
        assert (await ada.ask("PUT", f"/api/v1/announcements/{notice}/reactions/nonsense")).status_code == 422
        await ada.post(f"/api/v1/announcements/{notice}/dismiss")
        (shown,) = await ada.get("/api/v1/announcements")
        assert (shown["read"], shown["reactions"]) == (True, [{"name": "☕", "count": 1, "me": True}])
        assert (await ada.ask("DELETE", f"/api/v1/announcements/{notice}/reactions/☕")).status_code == 200
        assert (await ada.get("/api/v1/announcements"))[0]["reactions"] == []


def _new(name: str, email: str = "", **more: Any) -> NewAccount:
    return NewAccount(username=name, email=email or f"{name}@example.org", password=PASSWORD, agreement=True, **more)


async def test_pictures_of_the_house_stand_in_posts_and_names(api: Any, database: list[str], tmp_path: Path) -> None:
    async with api(*database) as raf:
        moderation = raf.application.part(open_moderation)
        ada = await raf.person("ada")
        before = await ada.says("a :cup: of raf")
        assert before["emojis"] == []
        drawing = tmp_path / "cup.png"
        Image.new("RGBA", (64, 64), (90, 60, 40, 128)).save(drawing)
        identity = await moderation.add_emoji(0, "cup", drawing, "drinks")
        with pytest.raises(Invalid, match="taken"):
            await moderation.add_emoji(0, "cup", drawing)
        (shown,) = (await raf.get("/api/v1/custom_emojis")).json()
        assert (shown["shortcode"], shown["category"], shown["visible_in_picker"]) == ("cup", "drinks", True)
        again = await ada.get(f"/api/v1/statuses/{before['id']}")
        assert again["emojis"] == [shown]
        await ada.ask("PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "Ada :cup:"})
        assert (await ada.get(f"/api/v1/accounts/{ada.id}"))["emojis"] == [shown]
        await moderation.delete_emoji(0, identity)
        assert (await ada.get(f"/api/v1/statuses/{before['id']}"))["emojis"] == []


async def test_rules_terms_and_blocks_are_told_to_clients(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        write = raf.application.part(open_moderation).write
        await write(house.write_rule, 0, None, "Be kind", "Always")
        rule = {"id": "1", "text": "Be kind", "hint": "Always", "translations": {}}
        assert (await raf.get("/api/v1/instance/rules")).json() == [rule]
        assert (await raf.get("/api/v1/instance/terms_of_service")).status_code == 404
        await write(house.write_text, 0, "terms", "# Terms\n<script>x</script>")
        terms = (await raf.get("/api/v1/instance/terms_of_service")).json()
        assert "<h2>Terms</h2>" in terms["content"]
        assert "<script" not in terms["content"]
        await write(blocking.block_domain, 0, blocking.DomainForm(domain="secret.example", severity="suspend", obfuscate=True))
        (told,) = (await raf.get("/api/v1/instance/domain_blocks")).json()
        assert told["domain"] == "sec***.****ple"


async def test_a_network_without_access_sees_nothing_until_the_block_is_gone(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        vera, moderation = await staff(raf), raf.application.part(open_moderation)
        said = {"ip": "192.0.2.0/28", "severity": "no_access"}
        made = await vera.post("/api/v1/admin/ip_blocks", json={**said, "ip": "198.51.100.0/24"})
        assert (await raf.get("/api/v1/instance")).status_code == 200
        changed = await vera.ask("PUT", f"/api/v1/admin/ip_blocks/{made['id']}", json=said)
        assert changed.status_code in (200, 403)
        for answer in (await raf.get("/api/v1/instance"), await vera.ask("GET", "/api/v1/timelines/home")):
            assert (answer.status_code, answer.json()["error"]) == (403, "Access from your network is blocked")
        await moderation.block(blocking.remove, 0, blocking.IP, int(made["id"]))
        assert (await raf.get("/api/v1/instance")).status_code == 200


async def test_the_staff_hears_of_newcomers(api: Any, database: list[str]) -> None:
    async with api(*database) as raf:
        vera, ada = await staff(raf), await raf.person("ada")
        await run_tasks(raf.application)
        (told,) = await vera.get("/api/v1/notifications", params={"types[]": "admin.sign_up"})
        assert (told["type"], told["account"]["username"]) == ("admin.sign_up", "ada")
        assert await ada.get("/api/v1/notifications") == []


async def test_what_a_stream_of_a_suspended_person_heard_it_hears_no_more(api: Any) -> None:
    async with api() as raf:
        ada = await raf.person("ada")
        access = await raf.house.oauth.access_of(ada.access_token)
        assert access.barred == ""
        await raf.application.part(open_moderation).judge(0, ada.account_id, "disable")
        assert (await raf.house.oauth.access_of(ada.access_token)).barred == "disabled"
        refused = await ada.ask("GET", "/api/v1/streaming/user")
        assert refused.status_code == 401
