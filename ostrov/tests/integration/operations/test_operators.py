"""Operators, and what they hold: roles, sessions, tokens, links."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from ostrov import Actor, Connection
from ostrov.core.errors import Conflict, Denied, NotFound, UsageError, WrongPassword
from ostrov.core.operations import operators
from ostrov.core.operations.operators import sessions, tokens
from ostrov.core.operations.roles import actor_of

from .conftest import SHELL, Harbour, OpenHarbour

PASSWORD = "a few random words"


async def call(h: Harbour, name: str, actor: Actor = SHELL, /, **arguments: Any) -> Any:
    return (await h.door.call(name, arguments, actor, "http")).result


def key_of(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]


async def test_a_new_operator_comes_in_by_a_link_once(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        made = await call(h, "operators.add", name="ann", role="operator")
        assert made["link"].startswith("http://127.0.0.1:8000/console/enter/")
        key = key_of(made["link"])
        session = await operators.log_in_by_link(h.application, key, "192.0.2.1")
        actor = await operators.actor_of_session(h.application, session)
        assert actor == actor_of(h.application, "ann", "operator")
        with pytest.raises(WrongPassword, match="does not work"):
            await operators.log_in_by_link(h.application, key)
        assert (await h.door.audit())[0].step == "entered"


async def test_a_link_can_be_looked_at_without_using_it(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        made = await call(h, "operators.add", name="ann")
        for _ in range(3):
            found = await h.application.store.read(operators.operator_of_link, key_of(made["link"]))
            assert found is not None
            assert found.name == "ann"


async def test_a_link_is_used_by_one_of_many_who_try(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        key = key_of((await call(h, "operators.add", name="ann"))["link"])
        tries = [operators.log_in_by_link(h.application, key) for _ in range(10)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(outcome, str) for outcome in outcomes) == 1


async def test_a_new_link_replaces_the_old_one_and_links_age(harbour: OpenHarbour) -> None:
    async with harbour("operations.link_minutes=0.000001") as h:
        await call(h, "operators.add", name="ann")
        old = key_of((await call(h, "operators.link", name="ann"))["link"])
        with pytest.raises(WrongPassword):
            await operators.log_in_by_link(h.application, old)
        operator = await h.application.store.read(operators.get_operator, "ann")
        first = await h.application.store.write(operators.create_link, operator)
        second = await h.application.store.write(operators.create_link, operator)
        with pytest.raises(WrongPassword):
            await operators.log_in_by_link(h.application, first)
        assert await operators.log_in_by_link(h.application, second)


async def test_keys_and_passwords_are_not_in_the_database(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", role="owner", password=PASSWORD)
        link = (await call(h, "operators.link", name="ann"))["link"]
        token = (await call(h, "operators.token", name="ann"))["token"]
        session = await operators.log_in(h.application, "ann", PASSWORD)

        def everything(connection: Connection) -> str:
            tables = ("operator", "operator_session", "operator_token", "operator_link", "operation_run", "audit")
            return repr([row for table in tables for row in connection.rows(f"SELECT * FROM {table}")])

        stored = await h.application.store.read(everything)
        for secret in (PASSWORD, key_of(link), token, session):
            assert secret not in stored
        assert "$argon2id$" in stored


async def test_a_role_counts_from_the_moment_it_is_given(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", role="viewer", password=PASSWORD)
        session = await operators.log_in(h.application, "ann", PASSWORD)
        actor = await operators.actor_of_session(h.application, session)
        assert actor is not None
        assert not actor.may("tasks.manage")
        await call(h, "operators.role", name="ann", role="operator")
        actor = await operators.actor_of_session(h.application, session)
        assert actor is not None
        assert actor.may("tasks.manage")
        assert not actor.may("operators.manage")


async def test_a_project_has_roles_of_its_own(harbour: OpenHarbour) -> None:
    async with harbour('operations.roles={"painter": ["ships.paint"], "owner": []}') as h:
        await call(h, "operators.add", name="ann", role="painter")
        assert actor_of(h.application, "ann", "painter").permissions == {"ships.paint"}
        assert actor_of(h.application, "bob", "owner").may("anything")  # ours cannot be taken away
        assert not actor_of(h.application, "bob", "no-such-role").permissions


async def test_who_is_removed_is_out_at_once(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", role="viewer", password=PASSWORD)
        session = await operators.log_in(h.application, "ann", PASSWORD)
        token = (await call(h, "operators.token", name="ann"))["token"]
        await call(h, "operators.remove", name="ann")
        assert await operators.actor_of_session(h.application, session) is None
        assert await operators.actor_of_token(h.application, token) is None
        with pytest.raises(WrongPassword):
            await operators.log_in(h.application, "ann", PASSWORD)


async def test_the_last_owner_stays(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", role="owner")
        with pytest.raises(Conflict, match="last owner"):
            await call(h, "operators.remove", name="ann")
        with pytest.raises(Conflict, match="last owner"):
            await call(h, "operators.role", name="ann", role="viewer")
        await call(h, "operators.add", name="bob", role="owner")
        both = [call(h, "operators.role", name=name, role="viewer") for name in ("ann", "bob")]
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1


@pytest.mark.parametrize("name", ["", "Ann", "cli:root", "ann lee", "a" * 64, "../x", "анна", "-ann", "ann\n"])
async def test_a_name_that_could_be_mistaken_is_none(harbour: OpenHarbour, name: str) -> None:
    async with harbour() as h:
        with pytest.raises(UsageError):
            await call(h, "operators.add", name=name)


async def test_mistakes_are_told(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann")
        with pytest.raises(Conflict, match="already"):
            await call(h, "operators.add", name="ann")
        with pytest.raises(UsageError, match="did you mean viewer"):
            await call(h, "operators.add", name="bob", role="viwer")
        with pytest.raises(UsageError, match="at least"):
            await call(h, "operators.add", name="bob", password="short")
        with pytest.raises(NotFound, match="no operator 'bob'"):
            await call(h, "operators.link", name="bob")


async def test_a_new_password_ends_the_sessions_and_the_links(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", password=PASSWORD)
        session = await operators.log_in(h.application, "ann", PASSWORD)
        actor = await operators.actor_of_session(h.application, session)
        assert actor is not None
        link = key_of((await call(h, "operators.link", name="ann"))["link"])
        await call(h, "operators.password", actor, password="another few words")
        assert await operators.actor_of_session(h.application, session) is None
        assert await h.application.store.read(operators.operator_of_link, link) is None
        assert await operators.log_in(h.application, "ann", "another few words")


async def test_sessions_end_by_log_out_and_by_time(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", password=PASSWORD)
        session = await operators.log_in(h.application, "ann", PASSWORD)
        await operators.log_out(h.application, session)
        assert await operators.actor_of_session(h.application, session) is None
        operator = await h.application.store.read(operators.get_operator, "ann")
        short = await h.application.store.write(sessions.start_session, operator, -1.0)
        assert await operators.actor_of_session(h.application, short) is None


async def test_a_token_has_its_operators_rights_within_its_scope(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", role="operator")
        wide = (await call(h, "operators.token", name="ann"))["token"]
        narrow = (await call(h, "operators.token", name="ann", scope="tasks.view, operators.manage"))["token"]
        assert wide.startswith(tokens.PREFIX)
        actor = await operators.actor_of_token(h.application, wide)
        assert actor is not None
        assert actor.may("tasks.manage")
        actor = await operators.actor_of_token(h.application, narrow)
        assert actor is not None
        assert actor.may("tasks.view")
        assert not actor.may("tasks.manage")
        assert not actor.may("operators.manage")  # the operator's role has it not
        assert await operators.actor_of_token(h.application, "ost_guess") is None


async def test_a_token_can_be_revoked_and_expires(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann")
        token = (await call(h, "operators.token", name="ann", label="ci"))["token"]
        assert await operators.actor_of_token(h.application, token) is not None
        (row,) = await call(h, "operators.tokens", name="ann")
        assert row["label"] == "ci"
        assert row["used"] is not None
        await call(h, "operators.revoke", name="ann", token=row["id"])
        assert await operators.actor_of_token(h.application, token) is None
        old = (await call(h, "operators.token", name="ann", lifetime="1 ms"))["token"]
        await asyncio.sleep(0.01)
        assert await operators.actor_of_token(h.application, old) is None


async def test_ones_own_keys_are_ones_own_business_and_others_are_not(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann, _ = await h.operator("ann", "viewer"), await h.operator("bob", "viewer")
        assert (await call(h, "operators.token", ann))["name"] == "ann"
        for name in ("operators.token", "operators.tokens"):
            with pytest.raises(Denied):
                await call(h, name, ann, name="bob")
        with pytest.raises(Denied):
            await call(h, "operators.password", ann, name="bob", password=PASSWORD)
        with pytest.raises(Denied):
            await call(h, "operators.link", ann, name="ann")


async def test_a_narrow_token_cannot_make_itself_wider(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await call(h, "operators.add", name="ann", role="owner")
        narrow = (await call(h, "operators.token", name="ann", scope="console.view"))["token"]
        actor = await operators.actor_of_token(h.application, narrow)
        assert actor is not None
        for name, arguments in (
            ("operators.token", {}),
            ("operators.token", {"name": "ann"}),
            ("operators.password", {"password": PASSWORD}),
            ("operators.link", {"name": "ann"}),
            ("operators.add", {"name": "eve", "role": "owner"}),
            ("operators.role", {"name": "ann", "role": "owner"}),
        ):
            with pytest.raises(Denied):
                await call(h, name, actor, **arguments)


async def test_the_first_link_is_for_the_owner_until_somebody_has_come_in(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        link = await asyncio.to_thread(operators.first_link, h.application)
        assert link is not None
        again = await asyncio.to_thread(operators.first_link, h.application)
        assert again is not None
        with pytest.raises(WrongPassword):
            await operators.log_in_by_link(h.application, key_of(link))
        session = await operators.log_in_by_link(h.application, key_of(again))
        actor = await operators.actor_of_session(h.application, session)
        assert actor is not None
        assert (actor.name, actor.may("operators.manage")) == ("owner", True)
        assert await asyncio.to_thread(operators.first_link, h.application) is None
        assert [row["name"] for row in await call(h, "operators.list")] == ["owner"]
