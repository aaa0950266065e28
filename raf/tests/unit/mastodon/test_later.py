"""The endpoints are made once, in a thread, soon after the start or when they are wanted."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from raf.mastodon import later
from raf.mastodon.later import Later


class Made:
    """Counts how often it is made, and where; answers with its number."""

    def __init__(self) -> None:
        self.threads: list[int] = []
        self.begun = threading.Event()
        self.wait = threading.Event()
        self.wait.set()

    def __call__(self) -> Any:
        self.threads.append(threading.get_ident())
        self.begun.set()
        assert self.wait.wait(5)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send(scope["number"])

        return app


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    made = Made()
    monkeypatch.setattr(later, "_routed", made)
    return made


async def ask(app: Later, number: int) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"number": number}, send, send)  # type: ignore[arg-type]
    return sent


async def test_many_first_requests_make_them_once_and_not_in_the_loop(made: Made) -> None:
    app = Later()
    assert await asyncio.gather(*(ask(app, number) for number in range(20))) == [[number] for number in range(20)]
    assert len(made.threads) == 1
    assert made.threads[0] != threading.get_ident()


async def test_they_are_made_soon_after_the_start(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "SOON", 0.0)
    app = Later()
    app.begin()
    app.begin()
    assert await asyncio.to_thread(made.begun.wait, 5)
    assert await ask(app, 1) == [1]
    assert len(made.threads) == 1


async def test_after_a_failure_the_next_request_tries_again(monkeypatch: pytest.MonkeyPatch, made: Made) -> None:
    def broken() -> Any:
        raise OSError(24, "Too many open files")

    app = Later()
    with monkeypatch.context() as patched:
        patched.setattr(later, "_routed", broken)
        with pytest.raises(OSError, match="Too many open files"):
            await ask(app, 1)
    assert await ask(app, 2) == [2]


async def test_a_client_that_leaves_does_not_take_them_from_the_others(made: Made) -> None:
    made.wait.clear()
    app = Later()
    leaving = asyncio.ensure_future(ask(app, 1))
    staying = asyncio.ensure_future(ask(app, 2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    made.wait.set()
    assert leaving.cancelled()
    assert await asyncio.wait_for(staying, 5) == [2]
    assert len(made.threads) == 1
