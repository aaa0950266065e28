"""What may happen once happens once, though it is asked for many times at once, by two processes over one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov
from ostrov.testing import running
from raf.errors import Invalid, Missing, RafError
from raf.factors import totp
from raf.factors.factors import open_factors
from raf.forms import NewPoll, NewPost
from raf.identity import open_identity
from raf.network import NewAccount, open_raf
from raf.polls.polls import open_polls
from raf.testing import person

PASSWORD = "soy milk and coconut"
QUICK = ["raf.identity.argon2_memory=64", "raf.identity.argon2_time=1"]


@asynccontextmanager
async def two_processes(folder: Path, database: list[str]) -> AsyncIterator[list[Ostrov]]:
    """Two applications over one database, with nothing in memory in common."""
    async with running(folder, ["raf"], [*database, *QUICK]) as first:
        second = Ostrov.open(folder, [*database, *QUICK], environ={})
        await second.channel.start()
        try:
            yield [first, second]
        finally:
            await second.close()


async def sign_up(application: Ostrov, name: str, invite: str = "") -> int:
    new = NewAccount(username=name, email=f"{name}@example.org", password=PASSWORD, agreement=True, invite=invite)
    return await application.part(open_raf).sign_up(new)


async def outcomes(*tries: Awaitable[Any]) -> list[Any]:
    """What came of tries made at once: a result, or the error of ours. Any other error fails the test."""
    found = await asyncio.gather(*tries, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, RafError):
            raise one
    return list(found)


def good(found: list[Any]) -> int:
    return sum(not isinstance(one, RafError) for one in found)


async def test_an_invitation_for_one_lets_one_in(tmp_path: Path, database: list[str]) -> None:
    async with two_processes(tmp_path, [*database, "raf.identity.registrations=false"]) as both:
        raf = both[0].part(open_raf)
        host = await person(raf, "host")
        code = "abcdefghij"
        columns = "id, code, account_id, max_uses, uses, autofollow, comment, created_at"
        sql = f"INSERT INTO invite ({columns}) VALUES (1, ?, ?, 1, 0, 0, '', 0)"
        await raf.store.write(lambda connection: connection.execute(sql, (code, host)))
        found = await outcomes(*(sign_up(both[number % 2], f"guest{number}", code) for number in range(6)))
        assert good(found) == 1
        assert await raf.store.read(lambda connection: connection.value("SELECT uses FROM invite")) == 1


async def test_a_vote_and_a_follow_count_once(tmp_path: Path, database: list[str]) -> None:
    async with two_processes(tmp_path, database) as both:
        author, voter = await sign_up(both[0], "author"), await sign_up(both[0], "voter")
        rafs = [one.part(open_raf) for one in both]
        post = await rafs[0].post(author, NewPost(text="?", poll=NewPoll(options=("a", "b"), expires_in=600)))
        await outcomes(*(both[number % 2].part(open_polls).vote(voter, post, [number % 2]) for number in range(8)))
        await outcomes(*(rafs[number % 2].follow(voter, author) for number in range(8)))
        await outcomes(*(rafs[number % 2].favourite(voter, post) for number in range(8)))
        for raf in rafs:
            status = await raf.status(post, author)
            assert (status.favourites_count, status.poll.votes_count) == (1, 1)
            assert (await raf.account(author)).followers_count == 1


@pytest.mark.parametrize("kind", ["authenticator", "recovery"])
async def test_a_code_opens_once_however_many_try_it_at_once(tmp_path: Path, database: list[str], kind: str) -> None:
    async with two_processes(tmp_path, database) as both:
        account_id = await sign_up(both[0], "anna")
        factors = [one.part(open_factors) for one in both]
        now = factors[0].clock()
        secret = await factors[0].offer(account_id)
        codes = await factors[0].confirm(account_id, PASSWORD, totp.code_of(secret, totp.step_of(now)))
        for one in factors:
            one.clock = lambda: now + totp.PERIOD
            one._rule = type(one._rule)("second_factor", 100)  # the limit of tries is tried elsewhere
        code = totp.code_of(secret, totp.step_of(now) + 1) if kind == "authenticator" else codes[0]
        tokens = [await factors[0].begin(account_id) for _ in range(6)]
        found = await outcomes(*(factors[number % 2].finish(token, code) for number, token in enumerate(tokens)))
        assert good(found) == 1
        assert all(isinstance(one, Invalid | int) for one in found)


async def test_a_log_in_half_done_ends_with_the_password_it_began_with(tmp_path: Path, database: list[str]) -> None:
    """Who knew the old password and waits for a code is out when the password is another."""
    async with running(tmp_path, ["raf"], [*database, *QUICK]) as application:
        account_id = await sign_up(application, "anna")
        factors, identity = application.part(open_factors), application.part(open_identity)
        now = factors.clock()
        secret = await factors.offer(account_id)
        codes = await factors.confirm(account_id, PASSWORD, totp.code_of(secret, totp.step_of(now)))
        assert await identity.log_in("anna", PASSWORD) == account_id
        token = await factors.begin(account_id)
        await identity.change_password(account_id, PASSWORD, "another good one of mine")
        with pytest.raises(Missing):
            await factors.finish(token, codes[0])
