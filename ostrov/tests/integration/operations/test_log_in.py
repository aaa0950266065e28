"""Guessing passwords does not pay."""

from __future__ import annotations

import asyncio

import pytest

from ostrov import Connection
from ostrov.core.errors import TooManyAttempts, WrongPassword
from ostrov.core.operations import operators
from ostrov.core.operations.operators import limits

from .conftest import Harbour, OpenHarbour

PASSWORD = "a few random words"
HERE, THERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 itself is tested elsewhere; many failures should not take a minute."""
    monkeypatch.setattr(operators.entry, "verify_password", lambda hashed, password: bool(hashed) and password == PASSWORD)


async def with_ann(h: Harbour) -> None:
    await h.application.store.write(operators.create_operator, "ann", "viewer", "a hash")


async def fail(h: Harbour, name: str = "ann", address: str = HERE) -> bool:
    """One wrong password; whether it was looked at."""
    try:
        await operators.log_in(h.application, name, "wrong", address)
    except WrongPassword:
        return True
    except TooManyAttempts:
        return False
    raise AssertionError("came in with a wrong password")


async def later(h: Harbour, seconds: float) -> None:
    def shift(connection: Connection) -> None:
        connection.execute("UPDATE operator_failure SET last_at = last_at - ?", (seconds,))

    await h.application.store.write(shift)


async def test_the_right_password_opens_a_session(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await with_ann(h)
        session = await operators.log_in(h.application, " ANN ", PASSWORD, HERE, "a browser")
        actor = await operators.actor_of_session(h.application, session)
        assert actor is not None
        assert actor.name == "ann"
        (entry,) = await h.door.audit()
        assert (entry.step, entry.actor, entry.detail) == ("entered", "ann", {"way": "password", "address": HERE})


async def test_failures_of_a_name_make_the_next_one_wait_from_anywhere(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await with_ann(h)
        for _ in range(limits.FREE_BY_NAME):
            assert await fail(h)
        assert not await fail(h)
        assert not await fail(h, address=THERE)
        with pytest.raises(TooManyAttempts):
            await operators.log_in(h.application, "ann", PASSWORD, THERE)
        assert await fail(h, "bob", THERE)


async def test_the_wait_ends_and_doubles_with_the_next_failure(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await with_ann(h)
        for _ in range(limits.FREE_BY_NAME):
            await fail(h)
        await later(h, 2.1)
        assert await fail(h)
        await later(h, 2.1)
        assert not await fail(h)
        await later(h, 2.0)
        assert await operators.log_in(h.application, "ann", PASSWORD, HERE)


async def test_a_right_password_forgives_the_name(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await with_ann(h)
        for _ in range(3):
            for _ in range(limits.FREE_BY_NAME - 1):
                assert await fail(h)
            await operators.log_in(h.application, "ann", PASSWORD, THERE)


async def test_one_address_cannot_try_many_names(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        looked_at = [await fail(h, f"name{number}") for number in range(limits.FREE_BY_ADDRESS + 3)]
        assert looked_at.count(True) == limits.FREE_BY_ADDRESS
        assert await fail(h, "another", THERE)


async def test_an_own_account_does_not_wash_an_address(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await with_ann(h)
        looked_at = 0
        for number in range(2 * limits.FREE_BY_ADDRESS):
            looked_at += await fail(h, f"name{number}")
            try:
                await operators.log_in(h.application, "ann", PASSWORD, HERE)
            except TooManyAttempts:
                break
        assert looked_at <= limits.FREE_BY_ADDRESS


async def test_guesses_at_once_count_each(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await with_ann(h)
        looked_at = await asyncio.gather(*(fail(h) for _ in range(30)))
        assert sum(looked_at) == limits.FREE_BY_NAME


async def test_failures_are_forgotten_after_some_hours(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        for _ in range(limits.FREE_BY_NAME):
            await fail(h)
        await later(h, limits.FORGOTTEN + 1)
        assert await fail(h, "somebody", THERE)
        names = await h.application.store.read(lambda c: [row[0] for row in c.rows("SELECT key FROM operator_failure")])
        assert sorted(names) == [f"address:{THERE}", "name:somebody"]


async def test_an_unknown_name_is_answered_like_a_wrong_password(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await with_ann(h)
        answers = set()
        for name in ("ann", "nobody", "not a name!"):
            with pytest.raises(WrongPassword) as problem:
                await operators.log_in(h.application, name, "wrong", THERE)
            answers.add(str(problem.value))
        assert len(answers) == 1
