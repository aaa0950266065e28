"""Slots follow the load: more when runs wait and there is room, fewer when there is too much, and no to and fro."""

from __future__ import annotations

import random

import pytest

from ostrov.run.tasks.load import IDLE, TWICE, Load, Slots, following

FULL = Load(late=0.01, cpu=0.5, waiting=True, in_hand=100)


def looks(slots: Slots, load: Load, times: int, fewest: int = 4, most: int = 40) -> Slots:
    for _ in range(times):
        slots = following(slots, load._replace(in_hand=min(load.in_hand, slots.number)), fewest, most)
    return slots


def test_more_slots_are_used_while_runs_wait_and_there_is_room() -> None:
    assert looks(Slots(4), FULL, 2).number == 5
    assert looks(Slots(20), FULL, 2).number == 25
    assert looks(Slots(4), FULL, 200).number == 40, "and no more than the most"


@pytest.mark.parametrize("load", [FULL._replace(late=0.4), FULL._replace(cpu=0.99)])
def test_fewer_slots_are_used_under_too_much_load(load: Load) -> None:
    assert looks(Slots(40), load, 2).number == 30
    assert looks(Slots(40), load, 200).number == 4, "and no fewer than the fewest"


def test_slots_that_are_free_give_way_first() -> None:
    assert looks(Slots(40), FULL._replace(late=0.4, in_hand=8), 2).number == 6


def test_between_the_marks_nothing_changes() -> None:
    between = FULL._replace(late=0.1, cpu=0.9)
    assert looks(Slots(20), between, 100) == Slots(20)


def test_one_look_changes_nothing() -> None:
    slots = Slots(20)
    for load in [FULL, FULL._replace(late=0.4)] * 20:
        slots = following(slots, load, 4, 40)
        assert slots.number == 20
    assert TWICE == 2


def test_slots_that_are_not_needed_for_long_go() -> None:
    idle = Load(late=0.0, cpu=0.1, waiting=False, in_hand=2)
    assert looks(Slots(20), idle, IDLE - 1).number == 20
    assert looks(Slots(20), idle, IDLE).number == 15
    assert looks(Slots(20), idle, IDLE * 20).number == 4


def test_no_load_takes_them_out_of_their_bounds() -> None:
    chance = random.Random(7)
    slots = Slots(4)
    for _ in range(5000):
        load = Load(chance.random(), chance.random(), chance.random() < 0.5, chance.randrange(0, 60))
        slots = following(slots, load, 4, 40)
        assert 4 <= slots.number <= 40
        assert slots.why == "" or slots.more == slots.fewer == slots.idle == 0
