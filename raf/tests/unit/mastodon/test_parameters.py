"""Parameters as Rails reads them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raf.mastodon.parameters import Malformed, convert, grow, parse_json, parse_query


class Form(msgspec.Struct):
    status: str = ""
    media_ids: list[int] = []
    sensitive: bool | None = None
    in_reply_to_id: int | None = None
    bot: bool | msgspec.UnsetType = msgspec.UNSET


def test_brackets_grow_lists_and_branches() -> None:
    tree = parse_query(
        b"media_ids[]=1&media_ids[]=2&source[privacy]=private&fields_attributes[0][name]=a&fields_attributes[0][value]=b"
        b"&fields_attributes[1][name]=c&poll[options][]=x&poll[options][]=y&id%5B%5D=5"
    )
    assert tree == {
        "media_ids": ["1", "2"],
        "source": {"privacy": "private"},
        "fields_attributes": {"0": {"name": "a", "value": "b"}, "1": {"name": "c"}},
        "poll": {"options": ["x", "y"]},
        "id": ["5"],
    }


@pytest.mark.parametrize("value", ["false", "0", "off", "f", False])
def test_what_rails_takes_for_false_is_false(value: object) -> None:
    assert convert({"sensitive": value, "bot": value}, Form) == Form(sensitive=False, bot=False)


@pytest.mark.parametrize("value", ["true", "1", "on", "yes", True])
def test_everything_else_is_true(value: object) -> None:
    assert convert({"sensitive": value, "bot": value}, Form) == Form(sensitive=True, bot=True)


def test_an_empty_text_is_none_where_a_number_is_wanted_and_a_text_where_text_is() -> None:
    assert convert({"in_reply_to_id": "", "sensitive": "", "status": ""}, Form) == Form()


def test_a_list_is_a_list_however_it_came() -> None:
    for given_ids in (["1", "2"], {"0": "1", "1": "2"}, [1, 2]):
        assert convert({"media_ids": given_ids}, Form).media_ids == [1, 2]
    assert convert({"media_ids": "7"}, Form).media_ids == [7]
    assert convert({"media_ids": ""}, Form).media_ids == []
    assert convert(parse_query(b"media_ids[][]=1&media_ids[][]=2"), Form).media_ids == [1, 2]


def test_what_postgresql_cannot_store_is_taken_out() -> None:
    assert convert({"status": "a\0b"}, Form).status == "ab"


@pytest.mark.parametrize("tree", [{"in_reply_to_id": "abc"}, {"media_ids": [{}]}, {"status": {"a": "b"}}])
def test_nonsense_is_refused_not_crashed_on(tree: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        convert(tree, Form)


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"a":"\\ud800"}', b"[" * 100_000])
def test_json_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(body)


@given(st.lists(st.tuples(st.text("a[]b0", max_size=12), st.text(max_size=3)), max_size=30))
def test_no_name_however_odd_breaks_the_tree(pairs: list[tuple[str, str]]) -> None:
    assert isinstance(grow(pairs), dict)


def test_a_thousand_parameters_are_enough() -> None:
    with pytest.raises(Malformed):
        parse_query(b"&".join(b"a[]=%d" % number for number in range(2000)))
