"""The codec: what cannot arrive is refused at enqueue, with the argument and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrov import TaskContext
from ostrov.run.tasks.codec import Codec
from ostrov.run.tasks.errors import BadResult, NotATask, Refused, Undecodable

LARGEST = 10_000


class Colour(Enum):
    RED = "red"


class Point(msgspec.Struct):
    x: int
    y: int = 0


@dataclass
class Pair:
    left: str
    right: list[int]


def typed(
    context: TaskContext,
    number: int,
    when: datetime,
    day: date,
    colour: Colour,
    point: Point,
    pair: Pair,
    folder: Path,
    key: UUID,
    raw: bytes,
    price: Decimal,
    length: timedelta,
    ratio: float = 0.5,
    names: set[str] | None = None,
) -> None: ...


def untyped(value, other=None): ...  # type: ignore[no-untyped-def]


def keyed(table: dict[int, str], *, flag: bool = False) -> Point: ...


TYPED, UNTYPED, KEYED = Codec("typed", typed), Codec("untyped", untyped), Codec("keyed", keyed)


def test_typed_values_arrive_as_what_they_were() -> None:
    sent = {
        "number": 1,
        "when": datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        "day": date(2026, 1, 2),
        "colour": Colour.RED,
        "point": Point(1),
        "pair": Pair("a", [1]),
        "folder": Path("/tmp"),
        "key": UUID(int=5),
        "raw": b"\0\xff",
        "price": Decimal("1.10"),
        "length": timedelta(seconds=90),
        "names": {"a", "b"},
    }
    assert TYPED.decode(TYPED.encode((), sent, LARGEST)) == sent
    assert TYPED.context == "context"


def test_positional_arguments_take_the_names_of_the_signature() -> None:
    assert UNTYPED.decode(UNTYPED.encode((1,), {"other": 2}, LARGEST)) == {"value": 1, "other": 2}


def test_defaults_are_filled_in_when_the_task_runs() -> None:
    assert UNTYPED.decode(UNTYPED.encode((1,), {}, LARGEST)) == {"value": 1}


@pytest.mark.parametrize(
    ("codec", "positional", "named", "reason"),
    [
        (UNTYPED, (), {}, "argument value is missing"),
        (UNTYPED, (), {"value": 1, "colour": 2}, "takes no argument 'colour'; it takes value, other"),
        (UNTYPED, (1, 2, 3), {}, "takes 2 arguments, 3 were given"),
        (UNTYPED, (1,), {"value": 1}, "argument value was given twice"),
        (UNTYPED, (object(),), {}, "argument value: a builtins.object cannot be carried"),
        (UNTYPED, (datetime(2026, 1, 1),), {}, "argument value: datetime.datetime(2026, 1, 1, 0, 0) would arrive as '2026"),
        (UNTYPED, ((1, 2),), {}, "argument value: (1, 2) would arrive as [1, 2]"),
        (UNTYPED, ({1: 2},), {}, "argument value: {1: 2} would arrive as {'1': 2}"),
        (UNTYPED, (float("nan"),), {}, "argument value: nan would arrive as None"),
        (UNTYPED, ("\ud800",), {}, "argument value: "),
        (UNTYPED, ("x" * LARGEST,), {}, "tasks.largest allows 10000"),
        (KEYED, ({"a": "b"},), {}, "$.table"),
        (KEYED, ({1: "b"},), {"flag": "yes"}, "Expected `bool`, got `str` - at `$.flag`"),
    ],
)
def test_what_cannot_arrive_is_refused_with_the_reason(
    codec: Codec, positional: tuple[Any, ...], named: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        codec.encode(positional, named, LARGEST)
    assert refused.value.error == f"task {codec.name} was not enqueued"
    assert reason in refused.value.cause


def test_a_value_that_refers_to_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(Refused):
        UNTYPED.encode((value,), {}, LARGEST)


def test_arguments_of_an_older_signature_are_named() -> None:
    with pytest.raises(Undecodable) as problem:
        KEYED.decode('{"tables":{}}')
    assert "keyed" in problem.value.error
    assert "tables" in problem.value.cause


@pytest.mark.parametrize("bad", [{"set": {object()}}, object(), "\ud800", "x" * LARGEST])
def test_a_result_that_cannot_be_kept_is_named(bad: object) -> None:
    with pytest.raises(BadResult):
        UNTYPED.encode_result(bad, LARGEST)


def test_a_result_is_typed_by_the_annotation_where_it_fits() -> None:
    assert KEYED.decode_result(KEYED.encode_result(Point(1, 2), LARGEST)) == Point(1, 2)
    assert KEYED.decode_result('"not a point"') == "not a point"
    assert KEYED.decode_result(None) is None


def test_a_signature_that_cannot_be_carried_is_named() -> None:
    def star(*names: str) -> None: ...
    def strange(thing: re_pattern) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(NotATask, match="no name to be carried under"):
        Codec("star", star)
    with pytest.raises(NotATask, match="cannot be resolved"):
        Codec("strange", strange)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(plain)
def test_plain_data_arrives_equal_or_is_refused(value: Any) -> None:
    try:
        carried = UNTYPED.encode((value,), {}, LARGEST)
    except Refused:
        return
    assert UNTYPED.decode(carried) == {"value": value}
