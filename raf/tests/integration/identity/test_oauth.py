"""OAuth's codes and tokens, on both databases."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path

import pytest

from ostrov import Ostrov
from ostrov.testing import running
from raf.identity import NewAccount, open_identity, open_oauth
from raf.identity.applications import OUT_OF_BAND, OAuthApplication, check_application
from raf.identity.oauth import OAuth, OAuthError
from raf.identity.tokens import Code

ANNA = 7
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


async def client_of(application: Ostrov, scopes: str = "read write") -> tuple[OAuth, OAuthApplication]:
    oauth = application.part(open_oauth)
    client, secret = await oauth.register(check_application("App", [OUT_OF_BAND], scopes, None))
    assert (await oauth.authenticate_client(client.client_id, secret)).id == client.id
    return oauth, client


def code_for(client: OAuthApplication, challenge: str = "") -> Code:
    return Code(client.id, ANNA, OUT_OF_BAND, ("read",), challenge)


async def test_a_client_proves_itself_with_its_secret_alone(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application)
        for client_id, secret in ((client.client_id, "wrong"), ("nobody", "wrong"), ("", ""), (client.client_id, "")):
            with pytest.raises(OAuthError, match="Client authentication failed"):
                await oauth.authenticate_client(client_id, secret)


async def test_a_new_password_logs_every_application_out(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], [*database, "raf.identity.argon2_memory=1024"]) as application:
        identity, (oauth, client) = application.part(open_identity), await client_of(application)
        new = NewAccount(username="anna", email="anna@example.org", password="coconut-and-soy", agreement=True)
        await identity.sign_up(new, lambda connection, account: ANNA)
        token, _ = await oauth.issue_token(client, ANNA, "read")
        others, _ = await oauth.issue_token(client, ANNA + 1, "read")
        code = await oauth.issue_code(code_for(client))
        assert await oauth.access_of(token) is not None
        await identity.change_password(ANNA, "coconut-and-soy", "palm leaves and sand")
        assert await oauth.access_of(token) is None
        assert await oauth.access_of(others) is not None
        with pytest.raises(OAuthError):
            await oauth.exchange(client, code, OUT_OF_BAND, "")


async def test_a_code_becomes_a_token_once(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application)
        code = await oauth.issue_code(code_for(client))
        done = await oauth.exchange(client, code, OUT_OF_BAND, "")
        access = await oauth.access_of(done.token)
        assert access is not None
        assert (access.account_id, access.application_id, access.held) == (ANNA, client.id, ("read",))
        assert "read:statuses" in access.scopes


async def test_a_code_handed_in_twice_takes_its_token_with_it(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application)
        code = await oauth.issue_code(code_for(client))
        done = await oauth.exchange(client, code, OUT_OF_BAND, "")
        assert await oauth.access_of(done.token)
        with pytest.raises(OAuthError):
            await oauth.exchange(client, code, OUT_OF_BAND, "")
        assert await oauth.access_of(done.token) is None


async def test_of_many_exchanges_at_once_no_two_succeed(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application)
        code = await oauth.issue_code(code_for(client))
        attempts = [oauth.exchange(client, code, OUT_OF_BAND, "") for _ in range(10)]
        outcomes = await asyncio.gather(*attempts, return_exceptions=True)
        assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1


async def test_a_stolen_code_is_worth_nothing(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application)
        _, thief = await client_of(application)
        code = await oauth.issue_code(code_for(client, CHALLENGE))
        for who, uri, verifier in (
            (thief, OUT_OF_BAND, VERIFIER),
            (client, "https://evil.example/", VERIFIER),
            (client, OUT_OF_BAND, ""),
            (client, OUT_OF_BAND, "w" * 64),
            (client, OUT_OF_BAND, CHALLENGE),
        ):
            with pytest.raises(OAuthError, match="authorization grant is invalid"):
                await oauth.exchange(who, code, uri, verifier)
        assert (await oauth.exchange(client, code, OUT_OF_BAND, VERIFIER)).token


async def test_a_code_grows_old(tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application)
        code = await oauth.issue_code(code_for(client))
        monkeypatch.setattr("raf.identity.tokens.CODE_LIVES", -1.0)
        with pytest.raises(OAuthError):
            await oauth.exchange(client, code, OUT_OF_BAND, "")


async def test_a_client_gets_no_scope_it_did_not_register_for(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application, "read:statuses")
        for scopes in ("read", "write", "read:statuses write", "nonsense", ""):
            with pytest.raises(OAuthError):
                await oauth.issue_token(client, None, scopes)
        token, held = await oauth.issue_token(client, None, "read:statuses")
        assert held == ("read:statuses",)
        access = await oauth.access_of(token)
        assert access is not None
        assert access.account_id is None


async def test_a_revoked_token_opens_nothing_in_any_process(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as first, running(tmp_path, ["raf"], database) as second:
        oauth, client = await client_of(first)
        _, stranger = await client_of(first)
        token, _ = await oauth.issue_token(client, ANNA, "read")
        other = second.part(open_oauth)
        assert await other.access_of(token)
        with pytest.raises(OAuthError, match="not authorized to revoke"):
            await oauth.revoke(stranger, token)
        assert await other.access_of(token)
        await oauth.revoke(client, token)
        assert await oauth.access_of(token) is None
        for _ in range(200):
            if await other.access_of(token) is None:
                break
            await asyncio.sleep(0.01)
        assert await other.access_of(token) is None
        await oauth.revoke(client, "unknown")


async def test_a_person_sees_and_ends_what_applications_may_do(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, client = await client_of(application)
        _, other = await client_of(application)
        first, _ = await oauth.issue_token(client, ANNA, "read")
        second, _ = await oauth.issue_token(client, ANNA, "write")
        third, _ = await oauth.issue_token(other, ANNA, "read")
        listed = await oauth.authorizations(ANNA)
        assert {grant.application_id: set(grant.scopes) for grant in listed} == {
            client.id: {"read", "write"},
            other.id: {"read"},
        }
        await oauth.close_authorization(ANNA, client.id)
        assert await oauth.access_of(first) is None
        assert await oauth.access_of(second) is None
        assert await oauth.access_of(third)
        await oauth.close_authorization(ANNA)
        assert await oauth.authorizations(ANNA) == []


async def test_clients_nobody_ever_let_in_are_forgotten(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        oauth, used = await client_of(application)
        _, idle = await client_of(application)
        _, young = await client_of(application)
        await oauth.revoke(used, (await oauth.issue_token(used, ANNA, "read"))[0])
        await oauth.issue_token(idle, None, "read")
        old = "UPDATE oauth_application SET created_at = 0 WHERE id <> ?"
        await application.store.write(lambda connection: connection.execute(old, (young.id,)))
        assert await oauth.prune() == 1
        for client in (used, young):
            assert await oauth.find_client(client.client_id)
        with pytest.raises(OAuthError):
            await oauth.find_client(idle.client_id)
