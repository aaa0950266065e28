"""A secret argument is seen by its operation and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov import Connection
from ostrov.core.errors import OstrovError
from ostrov.core.operations.arguments import ArgumentError

from .conftest import SHELL, Harbour, OpenHarbour

PASSWORD = "sesame-12-open"
ARGUMENTS = {"host": "far", "password": PASSWORD}


def everything(connection: Connection) -> str:
    tables = ("operation_run", "operation_approval", "audit")
    return repr([row for table in tables for row in connection.rows(f"SELECT * FROM {table}")])


async def stored(h: Harbour) -> str:
    return await h.application.store.read(everything)


async def test_a_secret_that_waits_is_sealed_and_opened_for_the_run(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        asked = await h.door.call("fleet.login", ARGUMENTS, SHELL, "http")
        assert PASSWORD not in repr(asked)
        assert PASSWORD not in await stored(h)
        assert (await h.door.run(asked.run)).sealed
        outcome = await h.door.approve(asked.run, ann, asked.digest, "http")
        assert h.passwords == [PASSWORD]
        assert outcome.result == f"in with {PASSWORD}"  # as it was returned: to the caller, and kept nowhere
        assert PASSWORD not in await stored(h)
        assert (await h.door.run(asked.run)).sealed is None


@pytest.mark.parametrize("how", ["rejected", "stale"])
async def test_a_secret_is_forgotten_with_its_run(harbour: OpenHarbour, how: str) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        asked = await h.door.call("fleet.login", ARGUMENTS, SHELL, "http")
        if how == "rejected":
            await h.door.reject(asked.run, ann, "http")
        else:
            h.door.all["fleet.login"].plan = lambda host: f"another plan for {host}"
            with pytest.raises(OstrovError, match="changed"):
                await h.door.approve(asked.run, ann, asked.digest, "http")
        run = await h.door.run(asked.run)
        assert (run.state, run.sealed) == (how, None)


async def test_a_sealed_secret_put_in_another_row_does_not_open(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        ann = await h.operator("ann")
        first = await h.door.call("fleet.login", ARGUMENTS, SHELL, "http")
        second = await h.door.call("fleet.login", {"host": "far", "password": "another-one"}, SHELL, "http")
        assert first.digest != second.digest

        def swap(connection: Connection) -> Any:
            return connection.execute(
                "UPDATE operation_run SET sealed = (SELECT sealed FROM operation_run WHERE id = ?) WHERE id = ?",
                (second.run, first.run),
            )

        await h.application.store.write(swap)
        with pytest.raises(OstrovError, match="cannot be opened"):
            await h.door.approve(first.run, ann, first.digest, "http")
        assert h.passwords == []


async def test_an_error_that_repeats_a_secret_is_kept_without_it(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with pytest.raises(RuntimeError):
            await h.door.call("ships.fail", {"password": PASSWORD}, SHELL, "cli")
        assert PASSWORD not in await stored(h)
        assert (await h.door.runs())[0].error == "RuntimeError: the rope broke: ***"


async def test_a_secret_is_refused_from_chat_before_anything_is_kept(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        with pytest.raises(ArgumentError, match="not taken from chat"):
            await h.door.call("fleet.login", ARGUMENTS, SHELL, "chat")
        assert PASSWORD not in await stored(h)
