"""Overrides in Hydra's grammar."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov.core.errors import SettingsError
from ostrov.core.settings.overrides import Override, parse_override


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a.b=c", ("", "a.b", "c")),
        ("+a.b=c", ("+", "a.b", "c")),
        ("++a.b=c", ("++", "a.b", "c")),
        ("~a.b", ("~", "a.b", None)),
        ("~a.b=c", ("~", "a.b", "c")),
        ("a/b=c", ("", "a/b", "c")),
        ("a=", ("", "a", "")),
        ("a=b=c\nd", ("", "a", "b=c\nd")),
        ('extra."a.b"=1', ("", 'extra."a.b"', "1")),
    ],
)
def test_an_override_has_a_sign_a_key_and_a_value(text: str, parts: Any) -> None:
    assert parse_override(text) == Override(*parts)


@pytest.mark.parametrize(
    "text", ["", "a", "+a", "=b", "+=b", ".a=b", "a..b=c", "a.=1", "~", "a=\udcff", "\udcff", "a[0]=1", "a b=1"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_override(text)
    str(caught.value).encode()


def test_a_refused_word_does_not_tell_its_value() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_override("a..password=hunter2")
    assert "hunter2" not in str(caught.value)


def test_a_value_is_changed(island: Any) -> None:
    assert island.web("web.port=9").port == 9
    assert island.web("WEB.Port=9").port == 9


def test_the_last_of_two_wins(island: Any) -> None:
    assert island.web("web.port=9", "web.port=10").port == 10


def test_a_password_of_digits_stays_text(island: Any) -> None:
    assert island.web("web.password=0123456").password == "0123456"
    assert island.web(environ={"OSTROV_WEB__PASSWORD": "123456"}).password == "123456"


def test_values_take_the_type_of_their_field(island: Any) -> None:
    web = island.web(
        "web.ratio=1", "web.quiet=yes", "web.nickname=null", "web.limit=null", "web.either=x", "web.folder=a/b",
        "web.hosts=[1, b]", "web.numbers=[1, 2]", "web.routes=[{path: /a, port: 1}]",
    )  # fmt: skip
    assert (web.ratio, web.quiet, web.nickname, web.limit, web.either) == (1.0, True, None, None, "x")
    assert str(web.folder) == "a/b"
    assert (web.hosts, web.numbers) == (["1", "b"], (1, 2))
    assert (web.routes[0].path, web.routes[0].port) == ("/a", 1)


def test_a_mapping_is_laid_over_a_section(island: Any) -> None:
    island.write("ostrov.toml", "[web]\nport = 5\nratio = 0.25")
    web = island.web("web={port: 6, host: h}")
    assert (web.port, web.host, web.ratio) == (6, "h", 0.25)


def test_a_free_value_is_added_with_a_plus_only(island: Any) -> None:
    assert island.load("+extra.a.b=1", "extra.a.b=2").settings.extra == {"a": {"b": 2}}
    assert island.load("++extra.a=1").settings.extra == {"a": 1}
    problem = island.refused("extra.a=1")
    assert problem.tip == "to add it: +extra.a=…"


def test_an_element_of_a_declared_mapping_is_added_with_a_plus(island: Any) -> None:
    assert island.web("+web.by_name.mail.port=5").by_name["mail"].port == 5
    assert island.web("+web.spare.port=5").spare.port == 5


def test_a_plus_adds_nothing_that_is_not_declared(island: Any) -> None:
    assert island.refused("+web.prot=1").tip == "did you mean web.port?"


class TestDeleting:
    def test_a_declared_value_goes_back_to_its_default_in_code(self, island: Any) -> None:
        island.write("ostrov.toml", "[web]\nport = 5")
        loaded = island.load("~web.port")
        assert loaded.settings.web.port == 8000
        assert loaded.tree.origin("web.port") == "default in code"

    def test_so_does_a_section(self, island: Any) -> None:
        island.write("ostrov.toml", "[web]\nport = 5\nhosts = ['a']\n[web.by_name.x]\nport = 1")
        web = island.web("~web")
        assert (web.port, web.hosts, web.by_name) == (8000, [], {})

    def test_a_free_value_is_gone(self, island: Any) -> None:
        island.write("ostrov.toml", "[extra]\na.b = 1\na.c = 2")
        assert island.load("~extra.a.b").settings.extra == {"a": {"c": 2}}
        assert island.load("~extra.a").settings.extra == {}

    def test_with_a_value_only_that_value_is_deleted(self, island: Any) -> None:
        island.write("ostrov.toml", "[web]\nport = 5")
        assert island.web("~web.port=5").port == 8000
        assert island.refused("~web.port=6").cause == "argument ~web.port"

    def test_what_is_not_there_cannot_be_deleted(self, island: Any) -> None:
        island.write("ostrov.toml", "[extra]\nfoo = 1")
        assert island.refused("~extra.fo").tip == "did you mean extra.foo?"


@pytest.mark.parametrize("text", ["choice(a,b)", "range(1,3)", "glob(*)"])
def test_a_sweep_without_multirun_is_refused(island: Any, text: str) -> None:
    assert "--multirun" in island.refused(f"web.host={text}").tip


def test_such_text_in_quotes_is_text(island: Any) -> None:
    assert island.web("web.host='choice(a,b)'").host == "choice(a,b)"
