"""Ids on offer."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov.run.tasks.identifier import new_id
from ostrov.run.tasks.offers import Offers


@pytest.mark.parametrize("value", ["", "x", "\0" * 36, "\ud800" * 36, "é" * 36, "x" * 1000, None, 17, ["a"]])
def test_an_id_that_no_run_can_have_is_of_no_use_at_once(value: Any) -> None:
    offers = Offers()
    heard: list[bool] = []
    offers.add(value, heard.append)
    assert (heard, offers.ids) == ([False], [])


def test_an_id_is_on_offer_until_it_is_settled() -> None:
    offers = Offers()
    heard: list[bool] = []
    run = new_id()
    offers.add(run, heard.append)
    assert (heard, offers.ids) == ([], [run])
    offers.settle({run}, {run})
    assert (heard, offers.ids) == ([True], [])
