"""What an operator does with the network as a whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ostrov import UsageError
from raf.network import Raf
from raf.operations import rebuild, seed
from raf.seed import seed_network
from raf.testing import ALL, network, people, say


async def test_a_seeded_network_is_a_real_one(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        events = await seed_network(raf.application, accounts=30, posts=200, follows=10)
        assert await raf.store.read(raf.events.last) == events
        reader = int((await raf.account_by_name("user7")).id)
        assert (await raf.account(reader)).following_count == 10
        home = await raf.home(reader)
        assert len(await raf.documents(home, reader)) == len(home) == 20
        before = await raf.documents(await raf.public(None, ALL), None)
        assert await rebuild.function(raf.application) == f"rebuilt from {events} events"
        assert await raf.documents(await raf.public(None, ALL), None) == before
        post = await say(raf, reader, "and it goes on")
        await raf.favourite(reader, random.Random(1).choice(home))
        assert (await raf.home(reader))[0] == post


@pytest.mark.long
async def test_the_demonstration_is_for_an_empty_network_only(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        said = await seed.function(raf.application, "correct horse battery")
        assert "people are there" in said
        shown = await raf.statuses(await raf.public(None), None)
        assert await raf.log_in(shown[0].account.username, "correct horse battery")
        assert raf.journal.clock() > await newest(raf)
        with pytest.raises(UsageError, match="has people already"):
            await seed.function(raf.application)


async def test_other_processes_forget_when_read_models_are_written_again(tmp_path: Path) -> None:
    async with network(tmp_path) as here, network(tmp_path) as there:
        ada, _ = await people(here, "ada", "boris")
        status = await say(here, ada)
        assert await there.documents([status], None)
        with there.application.channel.subscribe(["raf.forget"]) as told:
            await rebuild.function(here.application)
            assert await told.take(10)
        assert len(there.memory.documents) == 0


async def newest(raf: Raf) -> float:
    return float(await raf.store.read(lambda connection: connection.value("SELECT max(created_at) FROM status")))
