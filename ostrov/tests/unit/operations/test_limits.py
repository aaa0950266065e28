"""How long failed log-ins make the next one wait."""

from __future__ import annotations

from ostrov.core.operations.operators.limits import FREE_BY_NAME, LONGEST, delay, keys_of


def test_the_wait_grows_with_each_failure_and_has_an_end() -> None:
    waits = [delay(failures, FREE_BY_NAME) for failures in range(40)]
    assert waits[:FREE_BY_NAME] == [0.0] * FREE_BY_NAME
    assert waits[FREE_BY_NAME : FREE_BY_NAME + 3] == [2.0, 4.0, 8.0]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


def test_neighbours_in_one_ipv6_network_are_counted_together() -> None:
    assert keys_of("ann", "2001:db8:1:2:aaaa::1")[1] == keys_of("ann", "2001:db8:1:2:bbbb::2")[1]
    assert keys_of("ann", "2001:db8:1:2::1")[1] != keys_of("ann", "2001:db8:1:3::1")[1]
    assert keys_of("ann", "::ffff:192.0.2.1")[1] == keys_of("ann", "192.0.2.1")[1]


def test_a_name_is_counted_in_any_case() -> None:
    assert keys_of("Ann", "") == keys_of("ann", "")


def test_whatever_is_no_name_is_counted_as_one() -> None:
    assert keys_of("no name!", "") == keys_of("\0", "") == keys_of("x" * 1000, "")
