"""From text and JSON to values."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest

from ostrov import operation
from ostrov.core.operations.arguments import MASK, ArgumentError, masked, scrubbed, secrets_of, validate


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Cup(msgspec.Struct):
    size: int
    sugar: bool = False


@operation("everything", permission="x")
def everything(
    count: int = 0,
    share: float = 0.0,
    sure: bool = False,
    degree: Literal["light", "dark"] = "light",
    level: Literal[1, 2] = 1,
    colour: Colour = Colour.RED,
    wait: timedelta = timedelta(0),
    at: datetime | None = None,
    day: date | None = None,
    tags: list[str] = [],  # noqa: B006
    numbers: tuple[int, ...] = (),
    file: Path = Path(),
    cup: Cup | None = None,
    extra: dict[str, int] = {},  # noqa: B006
    note: str | None = None,
    small: Annotated[int, msgspec.Meta(le=9)] = 1,
) -> None:
    """Take one of everything."""


@operation("needs", permission="x", secret=("password",))
def needs(name: str, password: str, hint: str = "") -> None:
    """Need things."""


def value(**given: Any) -> Any:
    (name,) = given
    return validate(everything, given, "cli")[name]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"count": "12"}, 12),
        ({"count": -3}, -3),
        ({"share": "0.5"}, 0.5),
        ({"sure": "yes"}, True),
        ({"sure": "off"}, False),
        ({"sure": True}, True),
        ({"degree": "dark"}, "dark"),
        ({"level": "2"}, 2),
        ({"colour": "blue"}, Colour.BLUE),
        ({"wait": "5 minutes"}, timedelta(minutes=5)),
        ({"wait": 90}, timedelta(seconds=90)),
        ({"at": "2026-01-31T12:00"}, datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ({"at": ""}, None),
        ({"day": "2026-01-31"}, date(2026, 1, 31)),
        ({"tags": "a, b"}, ["a", "b"]),
        ({"tags": '["a, b"]'}, ["a, b"]),
        ({"tags": ("a", "b")}, ["a", "b"]),
        ({"numbers": ["1", 2]}, (1, 2)),
        ({"file": "/tmp/x"}, Path("/tmp/x")),
        ({"cup": '{"size": 2}'}, Cup(2)),
        ({"cup": {"size": 2, "sugar": True}}, Cup(2, True)),
        ({"extra": '{"a": 1}'}, {"a": 1}),
        ({"note": "none"}, "none"),
        ({"note": ""}, ""),
    ],
)
def test_text_is_read_by_the_type(given: dict[str, Any], expected: Any) -> None:
    assert value(**given) == expected


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"count": "twelve"}, "count must be a whole number, not 'twelve'"),
        ({"count": True}, "count must be a whole number, not 'True'"),
        ({"share": "half"}, "share must be a number, not 'half'"),
        ({"sure": "maybe"}, "sure must be yes or no, not 'maybe'"),
        ({"degree": "drak"}, "degree must be one of light, dark, not 'drak' (did you mean dark?)"),
        ({"wait": "a while"}, "wait must be a duration, such as '5 minutes' or 1h30m, not 'a while'"),
        ({"at": "yesterday"}, "at must be a time"),
        ({"numbers": "1,x"}, "numbers"),
        ({"cup": "{"}, "cup"),
        ({"cup": '{"sugar": true}'}, "missing required field size"),
        ({"small": "10"}, "small expected int <= 9"),
        ({"note": "\udcff"}, "note"),
    ],
)
def test_what_does_not_fit_is_told_with_its_name_and_what_would(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ArgumentError) as problem:
        value(**given)
    assert complaint in problem.value.cause
    assert list(problem.value.fields) == list(given)


def test_an_unknown_argument_is_answered_with_the_nearest() -> None:
    with pytest.raises(ArgumentError) as problem:
        validate(everything, {"cuont": 1}, "cli")
    assert problem.value.tip == "did you mean count?"


def test_dashes_and_underscores_are_one() -> None:
    @operation("dashed", permission="x")
    def dashed(dry_wit: int) -> None:
        """Be dry."""

    assert validate(dashed, {"dry-wit": "1"}, "cli") == {"dry_wit": 1}


def test_every_wrong_argument_is_named_at_once() -> None:
    with pytest.raises(ArgumentError) as problem:
        validate(needs, {"name": "", "pasword": "x"}, "http")
    assert problem.value.fields == {
        "pasword": "is not an argument of it",
        "name": "is required",
        "password": "is required",
    }
    assert problem.value.as_dict()["fields"] == problem.value.fields


def test_a_secret_never_comes_from_chat() -> None:
    with pytest.raises(ArgumentError, match="secret"):
        validate(needs, {"name": "ann", "password": "open sesame"}, "chat")


def test_a_wrong_secret_is_not_repeated() -> None:
    @operation("pin", permission="x", secret=("pin",))
    def enter(pin: int) -> None:
        """Enter."""

    with pytest.raises(ArgumentError) as problem:
        validate(enter, {"pin": "hunter2"}, "cli")
    assert "hunter2" not in str(problem.value)


def test_stored_values_come_back_as_they_were() -> None:
    import json

    given = {"wait": "90 s", "at": "2026-01-31", "tags": ["a, b", "1"], "file": "x", "cup": {"size": 1}, "colour": "blue"}
    values = validate(everything, given, "cli")
    stored = json.loads(json.dumps(masked(everything, values)))
    assert validate(everything, stored, "cli", stored=True) == values


def test_secrets_are_masked_and_named() -> None:
    values = validate(needs, {"name": "ann", "password": "open sesame"}, "cli")
    assert masked(needs, values) == {"name": "ann", "password": MASK, "hint": ""}
    assert secrets_of(needs, values) == {"password": "open sesame"}


def test_a_secret_is_scrubbed_from_whatever_repeats_it() -> None:
    said = {"plan": ["log in with sesame12", {"sesame12": 1}], "count": 3}
    assert scrubbed(said, {"password": "sesame12"}) == {"plan": [f"log in with {MASK}", {MASK: 1}], "count": 3}
