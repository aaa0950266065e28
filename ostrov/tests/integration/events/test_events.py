"""The project's log and its read models, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from ostrov import Connection, Event, Follower, Row, VersionConflict
from ostrov.run.events.events import Recorded
from ostrov.run.events.operations import list_events

Sale = Callable[..., Event]


def sales(connection: Connection) -> list[Row]:
    return connection.rows("SELECT drink, cups FROM sale ORDER BY drink")


async def test_an_event_and_its_read_model_are_written_together(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        positions = await application.store.write(events.put, sale("s1", 1, "raf"), sale("s1", 2, "tea", 3))
        assert positions == [1, 2]
        assert await application.store.read(sales) == [("raf", 1), ("tea", 3)]
        assert await application.store.read(events.stream, "s1") == [sale("s1", 1, "raf"), sale("s1", 2, "tea", 3)]
        assert await application.store.read(events.version, "s1") == 2
        assert await application.store.read(events.version, "s2") == 0


async def test_what_is_rolled_back_leaves_neither_event_nor_read_model_nor_gap(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):

        def fails(connection: Connection) -> None:
            events.put(connection, sale("s1", 1))
            raise RuntimeError("the till is broken")

        with pytest.raises(RuntimeError):
            await application.store.write(fails)
        assert await application.store.read(sales) == []
        assert await application.store.write(events.put, sale("s1", 1)) == [1]


async def test_a_version_of_a_stream_is_written_once(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        outcomes = await asyncio.gather(
            *(application.store.write(events.put, sale("s1", 1, drink)) for drink in ("raf", "tea", "milk")),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes].count(VersionConflict) == 2
        assert await application.store.read(sales) == [("raf", 1)]


async def test_two_writers_of_one_version_on_their_own_connections_make_one_event(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):

        def in_thread(drink: str) -> list[int]:
            return application.store.write_sync(events.put, sale("s1", 1, drink))

        outcomes = await asyncio.gather(
            *(asyncio.to_thread(in_thread, drink) for drink in ("raf", "tea", "milk")), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["VersionConflict", "VersionConflict", "list"]


async def test_positions_have_no_gap_and_become_visible_in_order(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        seen: list[int] = []
        done = asyncio.Event()

        async def watch() -> None:
            while not done.is_set():
                seen.append(await application.store.read(events.last))
                found = await application.store.read(events.select, 1, 1000)
                assert [recorded.position for recorded in found] == list(range(1, len(found) + 1))
                await asyncio.sleep(0)

        def in_thread(writer: int) -> None:
            for number in range(20):
                application.store.write_sync(events.put, sale(f"w{writer}.{number}", 1))

        watcher = asyncio.create_task(watch())
        await asyncio.gather(*(asyncio.to_thread(in_thread, writer) for writer in range(4)))
        done.set()
        await watcher
        assert seen == sorted(seen)
        assert await application.store.read(events.last) == 80


async def test_read_models_rebuilt_from_the_log_are_the_same(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        await application.store.write(events.put, *(sale(f"s{n % 7}.{n}", 1, f"drink {n % 5}", n) for n in range(50)))
        before = await application.store.read(sales)
        await application.store.write(lambda connection: connection.execute("UPDATE sale SET cups = 0"))
        assert await events.rebuild() == 50
        assert await application.store.read(sales) == before


async def test_what_must_be_forgotten_is_written_over_where_it_stands(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        await application.store.write(events.put, sale("s1", 1, "secret"), sale("s2", 1, "tea"), sale("s1", 2, "raf"))

        def forgotten(event: Any) -> Any:
            return msgspec.structs.replace(event, drink="?") if event.drink == "secret" else event

        assert await application.store.write(events.rewrite, "s1", forgotten) == 1
        log = await application.store.read(events.select)
        assert [(found.position, found.event.drink) for found in log] == [(1, "?"), (2, "tea"), (3, "raf")]
        await events.rebuild()
        assert await application.store.read(sales) == [("?", 1), ("raf", 1), ("tea", 1)]


async def test_a_stream_can_be_given_a_name_that_says_less(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        await application.store.write(events.put, sale("t1.secret", 1), sale("t10.other", 1), sale("t1.secret", 2))
        assert await application.store.read(events.streams, "t1.") == ["t1.secret"]
        await application.store.write(events.rename, "t1.secret", "t1#1")
        assert await application.store.read(events.streams, "t1.") == []
        found = await application.store.read(events.stream, "t1#1")
        assert [(event.originator_id, event.originator_version) for event in found] == [("t1#1", 1), ("t1#1", 2)]


async def test_a_follower_handles_each_event_once_and_goes_on_where_it_was(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        handled: list[int] = []
        broken = True

        def handle(connection: Connection, recorded: Recorded) -> None:
            if broken and recorded.position == 3:
                raise RuntimeError("not yet")
            connection.after_commit(lambda: handled.append(recorded.position))

        follower = Follower(events, "counting", handle)
        await application.store.write(events.put, *(sale(f"s{n}", 1) for n in range(5)))
        assert await application.store.write(follower.follow, 2) == 2
        with pytest.raises(RuntimeError):
            await application.store.write(follower.follow, 2)
        assert await application.store.read(follower.position) == 2
        broken = False
        while await application.store.write(follower.follow, 2):
            pass
        assert handled == [1, 2, 3, 4, 5]


async def test_an_operator_can_look_at_the_log(opened: Any, sale: Sale) -> None:
    async with opened() as (application, events):
        await application.store.write(events.put, *(sale(f"s{n}", 1, f"drink {n}") for n in range(5)))
        newest = await list_events.function(application, limit=2)
        assert [(line.position, line.stream, line.version, line.event) for line in newest] == [
            (4, "s3", 1, "till.sold"),
            (5, "s4", 1, "till.sold"),
        ]
        assert newest[0].at == datetime.fromtimestamp(1, UTC)
        assert newest[0].data == '{"drink": "drink 3", "cups": 1}'
        assert [line.position for line in await list_events.function(application, start=2, limit=2)] == [2, 3]
        assert [line.position for line in await list_events.function(application, stream="s1")] == [2]
        assert await list_events.function(application, log="Nobody") == []
