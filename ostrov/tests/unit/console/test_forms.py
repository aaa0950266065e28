"""The form of an operation, drawn from its signature."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Literal

import pytest

from ostrov.console.forms import arguments_of, entries
from ostrov.core.errors import UsageError
from ostrov.core.operations.arguments import validate
from ostrov.core.operations.operation import operation


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@operation("test.all", permission="x", secret=("password",))
def everything(
    name: Annotated[str, "the name"],
    count: int = 3,
    share: float | None = None,
    loud: bool = False,
    maybe: bool | None = None,
    kind: Literal["a", "b"] = "a",
    colour: Colour = Colour.BLUE,
    tags: tuple[str, ...] = ("x", "y"),
    data: dict[str, int] | None = None,
    wait: timedelta = timedelta(minutes=5),
    at: datetime = datetime(2026, 1, 31, 12, 0),
    day: date | None = None,
    password: str = "",
    note: str = "as it is",
) -> None:
    """All kinds of arguments."""


def test_each_argument_is_drawn_by_its_kind() -> None:
    drawn = {entry.name: entry for entry in entries(everything, {}, {"count": "must be smaller"})}
    assert {name: entry.kind for name, entry in drawn.items()} == {
        "name": "text",
        "count": "number",
        "share": "number",
        "loud": "yesno",
        "maybe": "yesno",
        "kind": "choice",
        "colour": "choice",
        "tags": "long",
        "data": "long",
        "wait": "text",
        "at": "text",
        "day": "text",
        "password": "secret",
        "note": "text",
    }
    assert drawn["name"].required
    assert drawn["name"].help == "the name"
    assert drawn["count"].error == "must be smaller"
    assert (drawn["colour"].choices, drawn["colour"].value) == (("red", "blue"), "blue")
    assert (drawn["loud"].value, drawn["maybe"].value) == ("false", "")
    assert drawn["maybe"].optional
    assert not drawn["loud"].optional
    assert drawn["wait"].value == "300 s"


def test_a_form_sent_back_untouched_means_the_defaults() -> None:
    drawn = entries(everything, {"name": "ann"}, {})
    sent = {entry.name: entry.value for entry in drawn}
    values = validate(everything, arguments_of(everything, {**sent, "_csrf": "t", "_step": "run"}), "http")
    untouched = validate(everything, {"name": "ann"}, "http")
    values["at"], untouched["at"] = values["at"].replace(tzinfo=None), untouched["at"].replace(tzinfo=None)
    assert values == untouched


def test_a_box_that_was_emptied_is_empty_where_empty_means_something() -> None:
    assert arguments_of(everything, {"note": "", "count": "", "password": ""}) == {"note": "", "password": ""}


def test_a_secret_is_never_drawn() -> None:
    drawn = {entry.name: entry for entry in entries(everything, {"password": "hunter22"}, {})}
    assert drawn["password"].value == ""


def test_a_field_that_is_no_argument_is_refused() -> None:
    with pytest.raises(UsageError, match="sugar"):
        arguments_of(everything, {"sugar": "2"})
