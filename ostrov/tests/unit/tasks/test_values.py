"""Small pure parts: lengths of time, backoff, ids, decisions, text."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from uuid import UUID

import pytest

from ostrov import Backoff, OstrovError, task
from ostrov.run.tasks.claim import Claimed
from ostrov.run.tasks.duration import seconds
from ostrov.run.tasks.identifier import id_at, made_at, new_id, new_ids
from ostrov.run.tasks.liveness import Identity, dead, this_process
from ostrov.run.tasks.outcome import Ended, Ending, decide
from ostrov.run.tasks.run import State
from ostrov.run.tasks.text import storable


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("30s", 30),
        ("10 minutes", 600),
        ("1h 30m", 5400),
        ("1h30m", 5400),
        ("1.5 hours", 5400),
        ("2 days", 172800),
        ("1 day, 2 hours", 93600),
        ("200 ms", 0.2),
        (5, 5),
        (timedelta(minutes=2), 120),
    ],
)
def test_lengths_of_time_are_read(written: str | float | timedelta, length: float) -> None:
    assert seconds(written) == pytest.approx(length)


@pytest.mark.parametrize("written", ["", "90", "ten minutes", "5 parsecs", "5 m x", "-5s", "s"])
def test_what_is_no_length_of_time_is_refused(written: str) -> None:
    with pytest.raises(OstrovError, match="is not a length of time"):
        seconds(written)


def test_backoff_grows_as_its_kind_says_up_to_its_cap() -> None:
    assert [Backoff("fixed", 5, jitter=0).delay(n) for n in (1, 2, 9)] == [5, 5, 5]
    assert [Backoff("linear", 5, jitter=0).delay(n) for n in (1, 2, 3)] == [5, 10, 15]
    assert [Backoff("exponential", 5, jitter=0).delay(n) for n in (1, 2, 3)] == [5, 10, 20]
    assert Backoff("exponential", 5, cap="1 minute", jitter=0).delay(1000) == 60
    assert all(4 <= Backoff("fixed", 5, jitter=0.2).delay(1) <= 6 for _ in range(100))


def test_ids_are_version_7_unique_and_sorted_also_between_threads() -> None:
    made: list[list[str]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda into=into: into.extend(new_id() for _ in range(3000))) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [one for part in made for one in part]
    assert len(set(everything)) == 12000
    assert all(part == sorted(part) for part in made)
    assert {UUID(one).version for one in everything} == {7}
    assert {UUID(one).variant for one in everything} == {"specified in RFC 4122"}
    many = new_ids(5000)
    assert many == sorted(many)


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time() - 1
    one = new_id()
    assert made_at(one) == pytest.approx(time.time(), abs=1)
    assert id_at(before) < one < id_at(time.time() + 1)


def run(**changes: object) -> Claimed:
    values: dict[str, object] = {"max_attempts": 3, "attempt": 1, "failures": 0, "losses": 0, "cancel_requested": 0}
    values |= changes
    return Claimed("id", "t", "q", 0, "{}", 0.0, 0.0, lock_key=None, **values)  # type: ignore[arg-type]


BACKOFF = Backoff("fixed", 10, jitter=0)


@pytest.mark.parametrize(
    ("claimed", "ended", "final", "after", "failures", "losses"),
    [
        (run(), Ended(Ending.SUCCESSFUL), State.SUCCESSFUL, 100, 0, 0),
        (run(), Ended(Ending.FAILED), None, 110, 1, 0),
        (run(), Ended(Ending.TIMEOUT), None, 110, 1, 0),
        (run(), Ended(Ending.FAILED, retry_after=1), None, 101, 1, 0),
        (run(), Ended(Ending.FAILED, retriable=False), State.DEAD, 100, 1, 0),
        (run(failures=2, attempt=9), Ended(Ending.FAILED), State.DEAD, 100, 3, 0),
        (run(), Ended(Ending.LOST), None, 100, 0, 1),
        (run(losses=4), Ended(Ending.LOST), State.DEAD, 100, 0, 5),
        (run(max_attempts=1), Ended(Ending.INTERRUPTED), None, 100, 0, 0),
        (run(), Ended(Ending.UNSTARTED, retry_after=15), None, 115, 0, 0),
        (run(cancel_requested=1), Ended(Ending.FAILED), State.CANCELLED, 100, 0, 0),
        (run(cancel_requested=1), Ended(Ending.SUCCESSFUL), State.SUCCESSFUL, 100, 0, 0),
        (run(), Ended(Ending.CANCELLED), State.CANCELLED, 100, 0, 0),
    ],
)
def test_what_becomes_of_a_run(
    claimed: Claimed, ended: Ended, final: State | None, after: float, failures: int, losses: int
) -> None:
    outcome = decide(claimed, ended, 90.0, 100.0, BACKOFF, losses=5)
    assert (outcome.final, outcome.run_after, outcome.failures, outcome.losses) == (final, after, failures, losses)


def test_text_of_any_origin_can_be_stored() -> None:
    assert storable("a\0b\ud800é", 100) == "a�b\\ud800é"
    assert storable("x" * 50, 20) == "x" * 10 + "\n… 30 characters left out …\n" + "x" * 10


def test_a_process_is_dead_when_another_has_its_pid() -> None:
    me = this_process()
    assert not dead(me)
    assert dead(me._replace(started="1"))
    assert dead(me._replace(pid=2**22 + 1))
    assert not dead(Identity("other", "another boot", 1, "1"))


def test_a_task_called_directly_is_its_function() -> None:
    @task(name="adds", queue="q", retries=2, timeout="1 minute")
    def adds(a: int, b: int = 1) -> int:
        """Add."""
        return a + b

    assert adds(1, b=2) == 3
    assert (adds.name, adds.options.timeout, adds.__doc__) == ("adds", 60, "Add.")
    with pytest.raises(OstrovError, match="does not know 'que'"):
        adds.using(que="x")
