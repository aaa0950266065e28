"""Reading settings the way Dynaconf has it."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov import SettingsView

VIEW = SettingsView({"key": 1, "A_Dict": {"nested": {"other": "x", "a.b": 2}}, "list": [{"a": 1}], "none": None})


def test_by_attribute_in_any_case() -> None:
    assert VIEW.key == VIEW.KEY == 1
    assert VIEW.a_dict.Nested.OTHER == "x"


def test_by_item_and_by_dotted_key() -> None:
    assert VIEW["Key"] == 1
    assert VIEW["a_dict"]["nested"]["other"] == "x"
    assert VIEW["a_dict.nested.other"] == "x"
    assert VIEW['a_dict.nested."a.b"'] == 2
    assert VIEW["a_dict.nested"]["a.b"] == 2


def test_with_a_default() -> None:
    assert VIEW.get("a_dict.nested.other") == "x"
    assert VIEW.get("a_dict.nope.other", default=5) == 5
    assert VIEW.get("key.below") is None
    assert VIEW.get("none", default=5) is None


def test_whether_there_is_one() -> None:
    assert "A_DICT.nested" in VIEW
    assert "nope" not in VIEW
    assert 5 not in VIEW
    assert VIEW.exists("none")


def test_as_a_mapping() -> None:
    assert list(VIEW) == ["key", "A_Dict", "list", "none"]
    assert len(VIEW) == 4
    assert dict(VIEW.a_dict.nested) == {"other": "x", "a.b": 2}
    assert VIEW.as_dict()["list"] == [{"a": 1}]


def test_what_is_missing_is_said() -> None:
    with pytest.raises(AttributeError, match="there is no setting 'nope' here; there are: key, A_Dict"):
        VIEW.nope  # noqa: B018
    with pytest.raises(KeyError):
        VIEW["a.b"]


def test_the_typed_settings_have_a_view(island: Any) -> None:
    view = island.load("web.port=5", "+extra.Deep.x=1").tree.view
    assert view.WEB.port == 5
    assert view.get("extra.deep.X") == 1
