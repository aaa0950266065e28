"""Sweeps: every point of a product, as `--multirun` runs them."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def options(island: Any) -> None:
    for name in ("postgres", "sqlite", "sqlite_fast"):
        island.write(f"conf/db/{name}.toml", f'engine = "{name.partition("_")[0].replace("postgres", "postgresql")}"')


def points(island: Any, *words: str) -> list[tuple[str, ...]]:
    return [loaded.point for loaded in island.sweep(*words)]


def test_without_a_sweep_there_is_one_point_without_a_name(island: Any) -> None:
    (loaded,) = island.sweep("web.port=1")
    assert (loaded.point, loaded.settings.web.port) == ((), 1)


def test_the_points_are_the_product_and_the_last_word_varies_fastest(island: Any) -> None:
    found = island.sweep("db=postgres,sqlite", "web.host=h", "web.port=range(8000,8002)")
    assert [loaded.point for loaded in found] == [
        ("db=postgres", "web.port=8000"),
        ("db=postgres", "web.port=8001"),
        ("db=sqlite", "web.port=8000"),
        ("db=sqlite", "web.port=8001"),
    ]
    assert [(loaded.settings.db.engine, loaded.settings.web.port) for loaded in found] == [
        ("postgresql", 8000), ("postgresql", 8001), ("sqlite", 8000), ("sqlite", 8001),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("web.host=a,b", ["a", "b"]),
        ("web.host=choice(a,b)", ["a", "b"]),
        ("web.host='a,b',c", ["'a,b'", "c"]),
        ("web.hosts=[a,b],[c]", ["[a,b]", "[c]"]),
        ("web.port=range(3)", None),
        ("web.port=range(1,4)", ["1", "2", "3"]),
        ("web.port=range(1,8,3)", ["1", "4", "7"]),
        ("web.port=range(start=1,stop=3)", ["1", "2"]),
        ("web.port=range(5,3,-1)", ["5", "4"]),
        ("web.ratio=range(0,0.3,0.1)", ["0", "0.1", "0.2"]),
        ("db=glob(*)", ["postgres", "sqlite", "sqlite_fast"]),
        ("db=glob(sqlite*)", ["sqlite", "sqlite_fast"]),
        ("db=glob([p*,*fast])", ["postgres", "sqlite_fast"]),
        ("db=glob(*,exclude=*_fast)", ["postgres", "sqlite"]),
    ],
)
def test_an_axis(island: Any, word: str, values: list[str] | None) -> None:
    key = word.partition("=")[0]
    if values is None:  # 0 is no port: the point that is wrong is told
        with pytest.raises(Exception, match=r"web\.port is wrong"):
            points(island, word)
    else:
        assert points(island, word) == [(f"{key}={value}",) for value in values]


@pytest.mark.parametrize("word", ["web.host='a,b'", "web.banner=@format {this.name},x", "web.hosts=[a,b]", "web.host=a"])
def test_commas_inside_of_a_value_sweep_nothing(island: Any, word: str) -> None:
    assert points(island, word) == [()]


def test_a_choice_of_one_is_a_value_and_no_axis(island: Any) -> None:
    (loaded,) = island.sweep("web.host=choice(a)")
    assert (loaded.point, loaded.settings.web.host) == ((), "a")


@pytest.mark.parametrize(
    "word",
    [
        "web.port=range()", "web.port=range(a)", "web.port=range(1,2,0)", "web.port=range(1,2,3,4)", "web.port=range(3,1)",
        "web.port=range(1,nan)", "web.port=range(0,1e99)", "web.port=range(1,2,size=3)", "web.host=choice()",
        "web.host=glob(*)", "db=glob(x*)",
    ],
)  # fmt: skip
def test_what_cannot_be_swept_is_told(island: Any, word: str) -> None:
    with pytest.raises(Exception, match=word.partition("=")[0]) as caught:
        points(island, word)
    assert caught.value.tip
    assert word.partition("=")[2] not in str(caught.value)  # it could be a secret


def test_a_sweep_too_large_is_refused_before_it_is_built(island: Any) -> None:
    with pytest.raises(Exception, match="points"):
        points(island, *(f"+extra.a{n}=range(0,100)" for n in range(9)))


def test_the_values_of_a_secret_are_not_in_the_names_of_the_points(island: Any) -> None:
    found = island.sweep("web.password=hunter1,hunter2")
    assert [loaded.point for loaded in found] == [("web.password=********",)] * 2
    assert [loaded.settings.web.password for loaded in found] == ["hunter1", "hunter2"]


def test_inherited_overrides_hold_at_every_point(island: Any) -> None:
    found = island.sweep("web.port=1,2", environ={"OSTROV_OVERRIDES": '["web.host=h"]'})
    assert [loaded.settings.web.host for loaded in found] == ["h", "h"]
