"""Signing up and logging in, on both databases."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from ostrov import Connection, NotFound, Ostrov
from ostrov.testing import running
from raf.errors import Invalid, TooMany, WrongPassword
from raf.identity import NewAccount, open_identity
from raf.identity.attempts import Rule, take

PASSWORD = "soy milk and coconut"
made = 100


def create(connection: Connection, new: NewAccount) -> int:
    """An account for its credential alone."""
    global made
    made += 1
    return made


def member(name: str = "anna", **changes: object) -> NewAccount:
    fields = {"username": name, "email": f"{name}@example.org", "password": PASSWORD, "agreement": True}
    return NewAccount(**(fields | changes))  # type: ignore[arg-type]


def codes(problem: Invalid) -> dict[str, list[str]]:
    return {field: [code for code, _ in found] for field, found in problem.details.items()}


async def test_who_signed_up_logs_in_by_name_and_by_address(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        identity = application.part(open_identity)
        account_id = await identity.sign_up(member("Anna"), create)
        for name in ("anna", "@ANNA", " anna@EXAMPLE.org "):
            assert await identity.log_in(name, PASSWORD) == account_id
        for name, password in (("anna", PASSWORD + "x"), ("anna@other.org", PASSWORD), ("nobody", PASSWORD), ("", "")):
            with pytest.raises(WrongPassword):
                await identity.log_in(name, password)


async def test_a_name_and_an_address_are_taken_once_however_written(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        identity = application.part(open_identity)
        await identity.sign_up(member("anna"), create)
        with pytest.raises(Invalid) as caught:
            await identity.sign_up(member("ANNA", email="Anna@Example.org"), create)
        assert codes(caught.value) == {"username": ["ERR_TAKEN"], "email": ["ERR_TAKEN"]}


async def test_of_twenty_who_want_a_name_at_once_one_gets_it(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], [*database, "raf.identity.argon2_memory=64"]) as application:
        identity = application.part(open_identity)
        attempts = [identity.sign_up(member("anna", email=f"a{n}@example.org"), create) for n in range(20)]
        outcomes = await asyncio.gather(*attempts, return_exceptions=True)
        assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
        assert all(isinstance(outcome, int | Invalid) for outcome in outcomes)


async def test_an_account_that_cannot_be_written_leaves_no_credential(tmp_path: Path, database: list[str]) -> None:
    def broken(connection: Connection, new: NewAccount) -> int:
        raise RuntimeError("no")

    async with running(tmp_path, ["raf"], database) as application:
        identity = application.part(open_identity)
        with pytest.raises(RuntimeError):
            await identity.sign_up(member(), broken)
        assert await identity.sign_up(member(), create)


async def test_closed_registrations_let_nobody_in(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"], ["raf.identity.registrations=false"]) as application:
        with pytest.raises(Invalid) as caught:
            await application.part(open_identity).sign_up(member(), create)
        assert codes(caught.value) == {"base": ["ERR_BLOCKED"]}


async def test_an_address_makes_a_few_accounts_and_then_waits(tmp_path: Path, database: list[str]) -> None:
    overrides = [*database, "raf.identity.sign_ups_of_address=3", "raf.identity.argon2_memory=64"]
    async with running(tmp_path, ["raf"], overrides) as application:
        identity = application.part(open_identity)
        for number in range(3):
            await identity.sign_up(member(f"a{number}"), create, address="2001:db8::1")
        with pytest.raises(TooMany) as caught:
            await identity.sign_up(member("a9"), create, address="2001:db8::2")
        assert caught.value.wait > 800
        await identity.sign_up(member("a9"), create, address="192.0.2.1")


async def test_guessing_a_password_takes_longer_with_each_try(tmp_path: Path, database: list[str]) -> None:
    overrides = [*database, "raf.identity.log_in_tries=3", "raf.identity.argon2_memory=64"]
    async with running(tmp_path, ["raf"], overrides) as application:
        identity = application.part(open_identity)
        await identity.sign_up(member(), create)
        for name in ("anna", "nobody"):  # a name that is not there is limited just the same
            for _ in range(3):
                with pytest.raises(WrongPassword):
                    await identity.log_in(name, "wrong", address="192.0.2.1")
            with pytest.raises(TooMany):
                await identity.log_in(name, PASSWORD, address="192.0.2.9")


async def test_a_thousand_guesses_at_once_are_not_a_thousand_chances(tmp_path: Path, database: list[str]) -> None:
    overrides = [*database, "raf.identity.log_in_tries=3", "raf.identity.argon2_memory=64"]
    async with running(tmp_path, ["raf"], overrides) as application:
        identity = application.part(open_identity)
        await identity.sign_up(member(), create)
        guesses = [identity.log_in("anna", f"guess {n}", address="192.0.2.1") for n in range(60)]
        outcomes = await asyncio.gather(*guesses, return_exceptions=True)
        assert sum(isinstance(outcome, WrongPassword) for outcome in outcomes) == 3
        assert sum(isinstance(outcome, TooMany) for outcome in outcomes) == 57


async def test_an_attacker_does_not_lock_the_owner_out(tmp_path: Path, database: list[str]) -> None:
    overrides = [*database, "raf.identity.log_in_tries=3", "raf.identity.argon2_memory=64"]
    async with running(tmp_path, ["raf"], overrides) as application:
        identity = application.part(open_identity)
        account_id = await identity.sign_up(member(), create)
        await identity.open_session(account_id, address="192.0.2.1")
        for _ in range(4):
            with pytest.raises((WrongPassword, TooMany)):
                await identity.log_in("anna", "wrong", address="198.51.100.7")
        assert await identity.log_in("anna", PASSWORD, address="192.0.2.1") == account_id


async def test_who_has_an_account_does_not_guess_at_others_for_ever(tmp_path: Path, database: list[str]) -> None:
    overrides = [*database, "raf.identity.log_in_tries_of_address=4", "raf.identity.argon2_memory=64"]
    async with running(tmp_path, ["raf"], overrides) as application:
        identity = application.part(open_identity)
        await identity.sign_up(member("mallory"), create)
        refused = 0
        for number in range(8):
            pairs = [("mallory", PASSWORD), (f"victim{number}", "guess")]
            for name, password in pairs:
                try:
                    await identity.log_in(name, password, address="192.0.2.1")
                except WrongPassword:
                    continue
                except TooMany:
                    refused += 1
        assert refused > 4


async def test_an_office_that_logs_in_all_day_is_not_held_up(tmp_path: Path, database: list[str]) -> None:
    overrides = [*database, "raf.identity.log_in_tries_of_address=3", "raf.identity.argon2_memory=64"]
    async with running(tmp_path, ["raf"], overrides) as application:
        identity = application.part(open_identity)
        account_id = await identity.sign_up(member(), create)
        for _ in range(12):
            assert await identity.log_in("anna", PASSWORD, address="192.0.2.1") == account_id


def test_tries_are_forgotten_in_time_and_forgiven_never_by_waiting_alone(tmp_path: Path, database: list[str]) -> None:
    async def story(application: Ostrov) -> list[float]:
        rule = Rule("x", free=2, first=10, longest=100, forget=1000)
        return [await application.store.write(take, rule, "s", at) for at in (0.0, 1.0, 5.0, 11.5, 20.0, 31.6, 2000.0, 2001.0)]

    async def run() -> None:
        async with running(tmp_path, ["raf"], database) as application:
            waits = await story(application)
            assert [round(wait, 1) for wait in waits] == [0, 0, 6, 0, 11.5, 0, 0, 0]

    asyncio.run(run())


async def test_hashing_leaves_the_loop_free(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"], ["raf.identity.argon2_time=20"]) as application:
        identity = application.part(open_identity)
        await identity.sign_up(member(), create)
        longest, ended = 0.0, False

        async def watch() -> None:
            nonlocal longest
            while not ended:
                began = time.perf_counter()
                await asyncio.sleep(0.001)
                longest = max(longest, time.perf_counter() - began)

        watching = asyncio.ensure_future(watch())
        began = time.perf_counter()
        await identity.log_in("anna", PASSWORD)
        took = time.perf_counter() - began
        ended = True
        await watching
        assert took > 0.1
        assert longest < took / 2


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"], ["raf.identity.log_in_tries=100"]) as application:
        identity = application.part(open_identity)
        await identity.sign_up(member(), create)

        async def fastest(name: str) -> float:  # CPU, which other work on the machine does not change
            took = []
            for _ in range(8):
                began = time.process_time()
                with pytest.raises(WrongPassword):
                    await identity.log_in(name, "wrong password")
                took.append(time.process_time() - began)
            return min(took)

        await fastest("warm")
        known, unknown = await fastest("anna"), await fastest("nobody")
        assert abs(known - unknown) < 0.5 * known


async def test_a_hash_with_old_parameters_is_replaced_at_log_in(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], [*database, "raf.identity.argon2_memory=64"]) as application:
        account_id = await application.part(open_identity).sign_up(member(), create)
        old = (await application.part(open_identity).credential(account_id)).password
    async with running(tmp_path, ["raf"], [*database, "raf.identity.argon2_memory=128"]) as application:
        identity = application.part(open_identity)
        assert await identity.log_in("anna", PASSWORD) == account_id
        new = (await identity.credential(account_id)).password
        assert "m=64," in old
        assert "m=128," in new
        assert await identity.log_in("anna", PASSWORD) == account_id


async def test_a_session_opens_until_it_is_closed(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        identity = application.part(open_identity)
        account_id = await identity.sign_up(member(), create)
        phone = await identity.open_session(account_id, address="192.0.2.1", user_agent="Phone")
        laptop = await identity.open_session(account_id, address="192.0.2.2", user_agent="Laptop")
        found = await identity.session_of(phone)
        assert found is not None
        assert (found.account_id, found.user_agent) == (account_id, "Phone")
        assert {session.user_agent for session in await identity.sessions(account_id)} == {"Phone", "Laptop"}
        with pytest.raises(NotFound):
            await identity.close_session(account_id + 1, found.id)
        await identity.close_session(account_id, found.id)
        assert await identity.session_of(phone) is None
        await identity.close_session_of_token(laptop)
        assert await identity.session_of(laptop) is None
        for forged in ("", "x" * 43, phone[:-1], "ы" * 43, "\ud800" * 43):
            assert await identity.session_of(forged) is None


async def test_a_new_password_closes_the_other_sessions(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        identity = application.part(open_identity)
        account_id = await identity.sign_up(member(), create)
        here, there = [await identity.open_session(account_id) for _ in range(2)]
        session = await identity.session_of(here)
        await identity.session_of(there)
        with pytest.raises(WrongPassword):
            await identity.change_password(account_id, "wrong", "palm leaves and sand", keep=session)
        with pytest.raises(Invalid):
            await identity.change_password(account_id, PASSWORD, "short", keep=session)
        assert await identity.session_of(there) is not None
        await identity.change_password(account_id, PASSWORD, "palm leaves and sand", keep=session)
        assert await identity.session_of(here) is not None
        assert await identity.session_of(there) is None
        assert await identity.log_in("anna", "palm leaves and sand") == account_id


async def test_the_database_holds_no_token_and_no_password(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        identity = application.part(open_identity)
        account_id = await identity.sign_up(member(), create)
        token = await identity.open_session(account_id)
        path = application.store.path
    written = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    assert token.encode() not in written
    assert PASSWORD.encode() not in written
