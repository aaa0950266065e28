"""How often somebody may try."""

from __future__ import annotations

import pytest

from raf.identity.attempts import Rule, subject_of_address
from raf.identity.settings import IdentitySettings
from raf.identity.windows import Windows


def test_the_wait_grows_with_each_try_and_ends_somewhere() -> None:
    rule = Rule("x", free=3, first=1, longest=60)
    assert [rule.delay(tries) for tries in range(1, 8)] == [0, 0, 1, 2, 4, 8, 16]
    assert rule.delay(10_000) == 60


@pytest.mark.parametrize("limit", ["log_in", "second_factor"])
def test_no_rhythm_of_trying_gives_a_hundred_guesses_an_hour(limit: str) -> None:
    """OWASP's ASVS 2.2.1, of one account: without a pause, and with a pause that is long enough to be forgotten."""
    rule = Rule(limit, IdentitySettings().log_in_tries if limit == "log_in" else 5)
    for burst in range(1, 60):
        now, tries, made = 0.0, 0, 0
        while now <= 3600:
            tries, made = tries + 1, made + 1
            now += rule.delay(tries)
            if tries == burst:
                now, tries = now + rule.forget, 0
        assert made < 100, burst


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
    ],
)
def test_one_customer_is_one_subject(address: str, subject: str) -> None:
    assert subject_of_address(address) == subject


def test_a_window_lets_so_many_through_and_then_none_until_it_ends() -> None:
    windows = Windows(limit=2, period=300)
    assert windows.take("a", now=600.0) == (2, 1, 900.0)
    assert windows.take("a", now=601.0) == (2, 0, 900.0)
    assert windows.take("a", now=602.0).remaining == -1
    assert windows.take("b", now=602.0).remaining == 1
    assert windows.take("a", now=900.0).remaining == 1


def test_no_limit_is_no_limit() -> None:
    windows = Windows(limit=0, period=300)
    assert all(windows.take("a", now=600.0).limit == 0 for _ in range(1000))
