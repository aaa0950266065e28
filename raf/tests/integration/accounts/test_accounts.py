"""Accounts and profiles, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from raf.errors import Invalid, Missing, WrongPassword
from raf.forms import ProfileChange
from raf.identity.registration import NewAccount
from raf.testing import network, people, person, say

ADA = NewAccount(username="Ada", email="ada@example.org", password="correct horse battery", agreement=True)


async def test_who_signs_up_can_log_in_and_is_found(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada = await raf.sign_up(ADA)
        assert await raf.log_in("ada", ADA.password) == await raf.log_in(ADA.email, ADA.password) == ada
        with pytest.raises(WrongPassword):
            await raf.log_in("ada", "wrong")
        with pytest.raises(Invalid) as raised:
            await raf.sign_up(ADA)
        assert "username" in raised.value.details
        host = raf.url.partition("://")[2]
        for name in ("ada", "@ADA", f"ada@{host}", f"@Ada@{host.partition(':')[0]}"):
            assert (await raf.account_by_name(name)).id == str(ada)
        for name in ("nobody", "ada@elsewhere.example", ""):
            with pytest.raises(Missing):
                await raf.account_by_name(name)


async def test_a_name_is_given_once(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        await person(raf, "ada")
        with pytest.raises(Invalid, match="already been taken"):
            await person(raf, "ADA")


async def test_a_profile_shows_what_was_set_and_keeps_the_rest(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, _ = await people(raf, "ada", "boris")
        await raf.update_profile(
            ada,
            ProfileChange(
                display_name="Ада",
                note="варю #раф с @boris",
                fields=[("Site", "https://ada.example"), ("Town", "Причал")],
                locked=True,
                visibility="private",
                language="ru",
            ),
        )
        await raf.update_profile(ada, ProfileChange(avatar="aa/bb.png", sensitive=True))
        await raf.update_profile(ada, ProfileChange())
        shown = await raf.account(ada)
        assert (shown.display_name, shown.locked) == ("Ада", True)
        assert f'href="{raf.url}/@boris"' in shown.note
        assert f'href="{raf.url}/tags/' in shown.note
        assert 'rel="nofollow noopener me"' in shown.fields[0].value
        assert shown.fields[1].value == "Причал"
        assert shown.avatar == f"{raf.url}/media/aa/bb.png"
        own = await raf.credential_account(ada)
        assert own.source.note == "варю #раф с @boris"
        assert own.source.fields[0].value == "https://ada.example"
        assert (own.source.privacy, own.source.sensitive, own.source.language) == ("private", True, "ru")
        status = await raf.status(await say(raf, ada), ada)
        assert (status.visibility, status.sensitive, status.language) == ("private", True, "ru")
        await raf.update_profile(ada, ProfileChange(avatar=None))
        assert "/media/default/" in (await raf.account(ada)).avatar
        with pytest.raises(Invalid):
            await raf.update_profile(ada, ProfileChange(note="x" * 501))


async def test_a_changed_profile_shows_in_posts_at_once(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        (ada,) = await people(raf, "ada")
        status = await say(raf, ada)
        assert (await raf.status(status, None)).account.display_name == ""
        await raf.update_profile(ada, ProfileChange(display_name="Ada"))
        assert (await raf.status(status, None)).account.display_name == "Ada"


async def test_people_are_found_by_the_beginning_of_their_names(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada = await person(raf, "ada", display_name="Ада Волнова")
        boris, vera = await person(raf, "boris"), await person(raf, "adam_vera")
        await raf.follow(boris, vera)

        async def names(query: str, **more: object) -> list[str]:
            return [account.username for account in await raf.search_accounts(query, viewer_id=boris, **more)]  # type: ignore[arg-type]

        assert await names("ad") == ["adam_vera", "ada"], "whom one follows comes first"
        assert await names("ada") == ["ada", "adam_vera"], "only after who is called exactly so"
        assert await names("АДА") == await names("волн") == ["ada"]
        assert await names("adam_") == ["adam_vera"]
        assert await names("_") == await names("%") == await names("  ") == []
        assert await names("ada", following=True) == ["adam_vera"]
        assert await names("ada", limit=1, offset=1) == ["adam_vera"]
        await raf.block(ada, boris)
        assert await names("волн") == []


async def test_accounts_come_in_the_order_asked(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada, boris = await people(raf, "ada", "boris")
        assert [account.username for account in await raf.accounts([boris, 404, ada])] == ["boris", "ada"]
        with pytest.raises(Missing):
            await raf.account(404)
        with pytest.raises(Missing):
            await raf.credential_account(404)
