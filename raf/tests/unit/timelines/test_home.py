"""The part of a home timeline that is in memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from raf.paging import Paging
from raf.timelines.caches import Recent
from raf.timelines.entry import REPEAT, Entry
from raf.timelines.home import Home

IDS = [10, 20, 30, 40, 50]


def test_pages_are_mastodons() -> None:
    home = Home(400, IDS)
    assert home.page(Paging(limit=2)) == [50, 40]
    assert home.page(Paging(limit=2, max_id=40)) == [30, 20]
    assert home.page(Paging(limit=2, since_id=10)) == [50, 40], "since_id: the newest ones"
    assert home.page(Paging(limit=2, min_id=10)) == [30, 20], "min_id: those just above"
    assert home.page(Paging(limit=9, min_id=10, max_id=40)) == [30, 20]
    assert home.page(Paging(limit=9, max_id=10)) == []


def test_what_memory_cannot_know_it_does_not_answer() -> None:
    home = Home(400, IDS, whole=False)
    assert home.page(Paging(limit=3)) == [50, 40, 30]
    assert home.page(Paging(limit=9)) is None
    assert home.page(Paging(limit=3, max_id=20)) is None
    assert home.page(Paging(limit=9, since_id=10)) == [50, 40, 30, 20]
    assert home.page(Paging(limit=2, min_id=5)) is None


@given(st.lists(st.integers(1, 200), unique=True), st.integers(1, 30), st.integers(0, 210), st.integers(0, 210), st.booleans())
def test_any_page_is_what_sorting_would_give(ids: list[int], limit: int, above: int, below: int, ascending: bool) -> None:
    home = Home(400)
    for identity in ids:
        home.add(identity)
    between = [identity for identity in sorted(ids) if above < identity < below]
    expected = between[:limit][::-1] if ascending else between[::-1][:limit]
    paging = Paging(limit, below, None, above) if ascending else Paging(limit, below, above)
    assert home.page(paging) == expected


def test_a_home_stays_bounded() -> None:
    home = Home(40)
    for identity in range(1, 1000):
        home.add(identity)
    assert 40 <= len(home.ids) <= 81
    assert home.page(Paging(limit=3)) == [999, 998, 997]
    assert not home.whole


def test_a_boost_of_what_was_there_lately_is_not_shown() -> None:
    home, hour = Home(400), REPEAT // 12
    home.add(hour)
    assert not home.offer(Entry(2 * hour, 1, "public", root_id=hour, root_author_id=2))
    assert home.offer(Entry(3 * hour, 1, "public", root_id=5, root_author_id=2)), "of a post that never stood here"
    assert not home.offer(Entry(4 * hour, 9, "public", root_id=5, root_author_id=2)), "boosted again within the hour"
    assert home.offer(Entry(17 * hour, 9, "public", root_id=5, root_author_id=2)), "and again the next day"
    assert home.offer(Entry(17 * hour, 9, "public", root_id=5, root_author_id=2)), "the same one twice changes nothing"
    assert home.ids.tolist() == [hour, 3 * hour, 17 * hour]


def test_recent_keeps_what_is_asked_for() -> None:
    kept: Recent[int, str] = Recent(10)
    for number in range(100):
        kept.put(number, str(number))
        kept.get(0)
    assert kept.get(0) == "0"
    assert kept.get(1) is None
    assert len(kept) <= 10
    kept.drop(0)
    assert kept.get(0) is None
