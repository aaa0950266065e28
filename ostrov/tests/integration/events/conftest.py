"""A component `till` with an event and a read model, for the tests of the log."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ostrov import Component, Connection, Event, Events, Ostrov, open_events
from ostrov.testing import running


class Sold(Event):
    topic = "till.sold"

    drink: str
    cups: int = 1


def sold(connection: Connection, event: Sold) -> None:
    connection.execute(
        "INSERT INTO sale (drink, cups) VALUES (?, ?) ON CONFLICT (drink) DO UPDATE SET cups = sale.cups + excluded.cups",
        (event.drink, event.cups),
    )


@pytest.fixture
def till() -> Iterator[str]:
    module: Any = ModuleType("till_for_tests")
    module.PROJECTIONS = {Sold: sold}
    module.TABLES = ("sale",)
    module.component = Component(name="till", projections=("till_for_tests",))
    sys.modules["till_for_tests"] = module
    yield "till_for_tests:component"
    del sys.modules["till_for_tests"]


Opened = Callable[[], AbstractAsyncContextManager[tuple[Ostrov, Events]]]


@pytest.fixture
def opened(tmp_path: Path, database: list[str], till: str) -> Opened:
    """Opens a project with the till; the application and its event log."""

    @asynccontextmanager
    async def enter() -> AsyncIterator[tuple[Ostrov, Events]]:
        async with running(tmp_path, [till], database) as application:
            application.store.write_sync(
                lambda connection: connection.execute(
                    "CREATE TABLE IF NOT EXISTS sale (drink VARCHAR(50) PRIMARY KEY, cups INTEGER NOT NULL)"
                )
            )
            yield application, application.part(open_events)

    return enter


@pytest.fixture
def sale() -> Callable[..., Event]:
    """Builds the event of a sale."""

    def build(stream: str, version: int, drink: str = "raf", cups: int = 1) -> Event:
        return Sold(originator_id=stream, originator_version=version, at=float(version), drink=drink, cups=cups)

    return build
