"""What is asked for in one turn of the loop is read at once; nobody waits for more, or loses theirs by another's leaving."""

from __future__ import annotations

import asyncio

import pytest

from raf.timelines.together import MOST, Together, padded


class Shelf:
    """Holds even numbers; remembers what was read at once."""

    def __init__(self) -> None:
        self.read: list[list[int]] = []
        self.broken = False
        self.begun = asyncio.Event()

    async def __call__(self, ids: list[int]) -> dict[int, str]:
        self.read.append(ids)
        self.begun.set()
        await asyncio.sleep(0)
        if self.broken:
            raise OSError("no shelf")
        return {identity: f"cup {identity}" for identity in ids if identity % 2 == 0}


async def test_those_of_one_turn_are_read_at_once_and_each_gets_theirs() -> None:
    shelf = Shelf()
    cups = Together(shelf)
    found = await asyncio.gather(*(cups.get([number, number + 1]) for number in range(0, 20, 2)))
    assert [each[number] for number, each in zip(range(0, 20, 2), found, strict=True)] == [f"cup {n}" for n in range(0, 20, 2)]
    assert len(shelf.read) == 1
    assert not any(1 in each for each in found), "what there is not is left out"


async def test_what_is_asked_for_while_others_are_read_is_read_anew() -> None:
    shelf = Shelf()
    cups = Together(shelf)
    first = asyncio.ensure_future(cups.get([2]))
    await shelf.begun.wait()
    assert await cups.get([2]) == {2: "cup 2"}
    assert await first == {2: "cup 2"}
    assert shelf.read == [[2], [2]], "it may have changed meanwhile"


async def test_more_than_a_statement_holds_are_read_in_parts() -> None:
    shelf = Shelf()
    cups = Together(shelf)
    await asyncio.gather(*(cups.get(range(start, start + 100)) for start in range(0, 1000, 100)))
    assert len(shelf.read) > 1
    assert max(len(set(ids)) for ids in shelf.read) <= MOST + 100


async def test_an_error_is_everybodys_and_the_next_ask_again() -> None:
    shelf = Shelf()
    cups = Together(shelf)
    shelf.broken = True
    found = await asyncio.gather(cups.get([2]), cups.get([4]), return_exceptions=True)
    assert [type(each) for each in found] == [OSError, OSError]
    shelf.broken = False
    assert await cups.get([2]) == {2: "cup 2"}


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    shelf = Shelf()
    cups = Together(shelf)
    leaving, staying = asyncio.ensure_future(cups.get([2])), asyncio.ensure_future(cups.get([4]))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying)[4] == "cup 4"
    with pytest.raises(asyncio.CancelledError):
        await leaving


@pytest.mark.parametrize(
    ("ids", "wanted"), [([1], 1), ([1, 2], 2), ([1, 2, 3], 4), (range(5), 8), (range(64), 64), (range(65), 128)]
)
def test_statements_have_few_lengths(ids: list[int], wanted: int) -> None:
    found = padded(ids)
    assert len(found) == wanted
    assert set(found) == set(ids)
