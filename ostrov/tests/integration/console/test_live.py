"""The live link: a page hears that something changed, soon, not too often, and only of what it may see."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import pytest

from ostrov.console import live
from ostrov.core.operations.operators import remove_operator
from ostrov.run.web.stopping import open_stopping


async def test_a_page_hears_of_an_operation_that_somebody_else_called(opening: Any) -> None:
    async with opening() as house:
        vera, gleb = await house.person("vera"), await house.person("gleb")
        page = (await vera.get("/audit")).text
        assert 'data-live="/console/live?topics=operations"' in page
        async with house.stream("/live?topics=operations", vera) as stream:
            assert stream.headers[b"content-type"].startswith(b"text/event-stream")
            await stream.until(lambda: "retry:" in stream.text)
            assert "changed" not in stream.text
            await gleb.post("/operations/orchard.water", {"tree": "oak", "_step": "run"})
            await stream.until(lambda: "event: changed" in stream.text)
        assert "orchard.water" in (await vera.get("/audit", **{"x-live": "1"})).text


async def test_a_storm_of_news_is_two_messages_a_second_at_most(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        async with house.stream("/live?topics=orchard", vera) as stream:
            await stream.until(lambda: "retry:" in stream.text)
            end = time.monotonic() + 1.2
            while time.monotonic() < end:
                house.application.channel.publish("orchard")
                await asyncio.sleep(0.01)
            assert 2 <= stream.text.count("event: changed") <= 3
            await stream.until(lambda: stream.text.count("event: changed") >= 3)


async def test_news_of_one_tree_reach_the_page_of_that_tree(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        assert "topics=orchard.tree.oak" in (await vera.get("/orchard/oak")).text
        async with house.stream("/live?topics=orchard.tree.oak", vera) as stream:
            await stream.until(lambda: "retry:" in stream.text)
            house.application.channel.publish("orchard.tree.palm")
            house.application.channel.publish("orchard.tree.oak")
            await stream.until(lambda: "event: changed" in stream.text)
            await asyncio.sleep(0)
            assert stream.text.count("event: changed") == 1


@pytest.mark.parametrize("topics", ["", "*", "raf.home.7", "orchard.tree.oak.leaf", "processes,operations"])
async def test_nobody_listens_to_what_no_page_of_theirs_listens_to(opening: Any, topics: str) -> None:
    async with opening("+operations.roles.little=[orchard.view]") as house:
        from ostrov.core.operations.operators import set_role

        await house.application.store.write(set_role, "vera", "little")
        vera = await house.person("vera")
        assert (await vera.get(f"/live?topics={topics}")).status_code == 403


async def test_the_overview_listens_to_what_its_panels_do(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        found = re.search(r"live\?topics=([^\"]+)", (await vera.get("/")).text)
        assert found
        assert {"processes", "operations", "orchard.panel"} <= set(found[1].split("%2C"))


async def test_streams_end_when_the_server_stops(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        async with house.stream("/live?topics=orchard", vera) as stream:
            await stream.until(lambda: "retry:" in stream.text)
            house.application.part(open_stopping).set()
            await asyncio.wait_for(stream.ended.wait(), 1)


async def test_a_reader_that_goes_away_leaves_nothing_behind(opening: Any) -> None:
    async with opening() as house:
        vera = await house.person("vera")
        before = asyncio.all_tasks()
        async with house.stream("/live?topics=orchard", vera) as stream:
            await stream.until(lambda: "retry:" in stream.text)
            assert house.application.channel._subscribers["orchard"]
        assert "orchard" not in house.application.channel._subscribers
        assert asyncio.all_tasks() == before
        assert not house.console.face.seats._open


async def test_a_stream_ends_when_its_person_may_no_longer_look(opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    async with opening() as house:
        vera = await house.person("vera")
        async with house.stream("/live?topics=orchard", vera) as stream:
            await stream.until(lambda: "still here" in stream.text)
            await house.application.store.write(remove_operator, "vera")
            await asyncio.wait_for(stream.ended.wait(), 5)
            assert "event: bye" in stream.text


async def test_one_person_cannot_take_all_the_seats(opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STREAMS_EACH", 1)
    async with opening() as house:
        vera, ann = await house.person("vera"), await house.person("ann")
        async with house.stream("/live?topics=orchard", vera) as first:
            await first.until(lambda: "retry:" in first.text)
            async with house.stream("/live?topics=orchard", vera) as second:
                assert second.status == 503
            async with house.stream("/live?topics=orchard", ann) as third:
                assert third.status == 200


async def test_a_stranger_hears_nothing(opening: Any) -> None:
    async with opening() as house:
        answer = await house.stranger().get("/live?topics=orchard", **{"x-live": "1"})
        assert answer.status_code == 401
