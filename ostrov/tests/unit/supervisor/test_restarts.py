"""How long until the next start, and when there is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ostrov.core.supervisor.restarts import JITTER, Restarts
from ostrov.core.supervisor.settings import SupervisorSettings

SETTINGS = SupervisorSettings(backoff=1.0, backoff_longest=5.0, stable=10.0, restarts=6, restarts_within=60.0)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def even(low: float, high: float) -> float:
    return (low + high) / 2


def test_waits_double_up_to_the_longest() -> None:
    restarts = Restarts(SETTINGS, Clock(), even)
    assert [restarts.after(0.1) for _ in range(5)] == [1, 2, 4, 5, 5]


def test_a_stable_life_begins_with_the_shortest_wait_again() -> None:
    restarts = Restarts(SETTINGS, Clock(), even)
    assert [restarts.after(0.1), restarts.after(0.1), restarts.after(10), restarts.after(0.1)] == [1, 2, 1, 2]


def test_too_many_within_the_window_are_the_end() -> None:
    clock = Clock()
    restarts = Restarts(SETTINGS, clock, even)
    assert all(restarts.after(0.1) for _ in range(6))
    assert restarts.after(0.1) is None
    assert restarts.count == 6


def test_slow_failures_go_on_for_ever() -> None:
    clock = Clock()
    restarts = Restarts(SETTINGS, clock, even)
    for _ in range(100):
        clock.now += 15
        assert restarts.after(0.1) is not None


def test_a_restart_by_hand_begins_anew() -> None:
    restarts = Restarts(SETTINGS, Clock(), even)
    while restarts.after(0.1) is not None:
        pass
    restarts.forget()
    assert restarts.after(0.1) == 1


@given(st.lists(st.floats(0, 100), max_size=6))
def test_a_wait_is_never_far_from_its_bounds(lives: list[float]) -> None:
    restarts = Restarts(SETTINGS, Clock())
    for lived in lives:
        wait = restarts.after(lived)
        assert wait is not None
        assert SETTINGS.backoff * (1 - JITTER) <= wait <= SETTINGS.backoff_longest * (1 + JITTER)
