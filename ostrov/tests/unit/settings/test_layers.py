"""Layers: later wins, and each value remembers who said it before."""

from __future__ import annotations

import json
from typing import Any

import pytest

LADDER = [
    ("default in code", {}, {}, ()),
    ("conf/web/tall.toml:1", {"conf/web/tall.toml": 'host = "group"\n', "ostrov.toml": '[defaults]\nweb = "tall"\n'}, {}, ()),
    ("ostrov.toml:5", {"ostrov.toml": '[defaults]\nweb = "tall"\n\n[web]\nhost = "main"\n'}, {}, ()),
    ("ostrov.local.toml:2", {"ostrov.local.toml": '[web]\nhost = "local"\n'}, {}, ()),
    (".secrets.toml:1", {".secrets.toml": 'web.host = "secrets"\n'}, {}, ()),
    ("env OSTROV_WEB__HOST", {}, {"OSTROV_WEB__HOST": "environment"}, ()),
    ("argument web.host", {}, {"OSTROV_OVERRIDES": json.dumps(["web.host=inherited"])}, ()),
    ("argument web.host", {}, {}, ("web.host=argument",)),
]
VALUES = ["127.0.0.1", "group", "main", "local", "secrets", "environment", "inherited", "argument"]


@pytest.mark.parametrize("height", range(len(LADDER)))
def test_each_layer_wins_over_all_below_it(island: Any, height: int) -> None:
    environ: dict[str, str] = {}
    arguments: tuple[str, ...] = ()
    for _, files, variables, words in LADDER[: height + 1]:
        for name, text in files.items():
            island.write(name, text)
        environ |= variables
        arguments += words
    loaded = island.load(*arguments, environ=environ)
    assert loaded.settings.web.host == VALUES[height]
    assert loaded.tree.origin("web.host") == LADDER[height][0]


def test_the_history_tells_every_value_that_was_overridden(island: Any) -> None:
    island.write("ostrov.toml", "[web]\nport = 1\n")
    island.write("ostrov.local.toml", "web.port = 2\n")
    loaded = island.load("web.port=4", environ={"OSTROV_WEB__PORT": "3"})
    (row,) = loaded.tree.shown(history=True, prefix="web.port")
    assert (row.value, row.origin) == ("4", "argument web.port")
    assert row.history == (
        ("3", "env OSTROV_WEB__PORT"),
        ("2", "ostrov.local.toml:1"),
        ("1", "ostrov.toml:2"),
        ("8000", "default in code"),
    )


def test_without_history_it_is_not_shown(island: Any) -> None:
    (row,) = island.load("web.port=4").tree.shown(prefix="web.port")
    assert row.history == ()


def test_every_declared_setting_is_shown_even_when_nobody_set_it(island: Any) -> None:
    keys = {row.key for row in island.load().tree.shown()}
    assert {"name", "data_dir", "db.engine", "channel.engine", "web.port", "web.spare"} <= keys


def test_a_prefix_shows_a_section_and_nothing_that_only_begins_alike(island: Any) -> None:
    keys = [row.key for row in island.load("+extra.web=1").tree.shown(prefix="web")]
    assert keys
    assert all(key.startswith("web.") for key in keys)


class TestName:
    def test_a_project_is_called_like_its_folder(self, island: Any) -> None:
        loaded = island.load()
        assert loaded.settings.name == "island"
        assert loaded.tree.origin("name") == "name of the folder"

    def test_unless_it_says_otherwise(self, island: Any) -> None:
        island.write("ostrov.toml", 'name = "other"')
        assert island.load().settings.name == "other"


class TestGroups:
    @pytest.fixture(autouse=True)
    def options(self, island: Any) -> None:
        island.write("conf/db/postgres.toml", 'engine = "postgresql"\nurl = "postgresql://h/x"\npool = 9\n')
        island.write("conf/db/sqlite.toml", 'engine = "sqlite"\npath = "group.db"\n')

    def test_no_group_is_chosen_by_itself(self, island: Any) -> None:
        assert island.load().settings.db.path == "ostrov.db"

    @pytest.mark.parametrize(
        ("words", "environ", "defaults", "origin"),
        [
            (("db=postgres",), {}, "", "argument db"),
            (("+db=postgres",), {}, "", "argument +db"),
            ((), {"OSTROV_DB": "postgres"}, "", "env OSTROV_DB"),
            ((), {}, '[defaults]\ndb = "postgres"\n', "ostrov.toml:2"),
        ],
    )
    def test_an_option_is_chosen_by(
        self, island: Any, words: tuple[str, ...], environ: dict[str, str], defaults: str, origin: str
    ) -> None:
        island.write("ostrov.toml", defaults)
        loaded = island.load(*words, environ=environ)
        assert loaded.settings.db.pool == 9
        assert loaded.tree.origin("db.pool") == "conf/db/postgres.toml:3"
        assert next(row for row in loaded.tree.shown() if row.key == "defaults.db").origin == origin

    def test_an_argument_chooses_over_a_variable_over_a_file(self, island: Any) -> None:
        island.write("ostrov.toml", '[defaults]\ndb = "sqlite"')
        assert island.load(environ={"OSTROV_DB": "postgres"}).settings.db.engine == "postgresql"
        assert island.load("db=sqlite", environ={"OSTROV_DB": "postgres"}).settings.db.engine == "sqlite"

    def test_a_section_of_ostrov_toml_wins_over_the_file_of_the_group(self, island: Any) -> None:
        island.write("ostrov.toml", "[db]\npool = 5\n")
        loaded = island.load("db=postgres")
        assert loaded.settings.db.pool == 5
        assert loaded.settings.db.engine == "postgresql"

    def test_a_value_below_the_group_may_be_given_beside_its_choice(self, island: Any) -> None:
        assert island.load("db.pool=3", "db=postgres").settings.db.pool == 3

    @pytest.mark.parametrize("word", ["~db", "~db=sqlite", "db=null"])
    def test_a_choice_is_taken_back(self, island: Any, word: str) -> None:
        island.write("ostrov.toml", '[defaults]\ndb = "sqlite"')
        assert island.load(word).settings.db.path == "ostrov.db"

    def test_several_options_are_laid_one_over_the_other(self, island: Any) -> None:
        db = island.load("db=[postgres,sqlite]").settings.db
        assert (db.engine, db.pool, db.path) == ("sqlite", 9, "group.db")

    def test_a_mapping_is_values_and_not_a_choice(self, island: Any) -> None:
        assert island.load("db={pool: 7, path: x.db}").settings.db.pool == 7
        assert island.load(environ={"OSTROV_DB": "{pool=7}"}).settings.db.pool == 7

    def test_folders_in_folders_are_sections_in_sections(self, island: Any) -> None:
        island.write("conf/extra/sea/deep.toml", "depth = 11")
        assert island.load("extra/sea=deep").tree.view.extra.sea.depth == 11
        island.write("ostrov.toml", '[defaults]\nextra.sea = "deep"')
        assert island.load().tree.view.extra.sea.depth == 11

    def test_the_deeper_group_wins_whatever_the_order(self, island: Any) -> None:
        island.write("conf/extra/wide.toml", "sea.depth = 1\nsea.width = 2")
        island.write("conf/extra/sea/deep.toml", "depth = 11")
        for words in (("extra/sea=deep", "extra=wide"), ("extra=wide", "extra/sea=deep")):
            assert island.load(*words).settings.extra == {"sea": {"depth": 11, "width": 2}}

    def test_an_option_that_does_not_exist_names_those_that_do(self, island: Any) -> None:
        problem = island.refused("db=postgers")
        assert problem.error == "there is no db=postgers"
        assert problem.cause == "argument db"
        assert problem.tip == "did you mean postgres? there are: postgres, sqlite"

    def test_a_group_that_does_not_exist_is_told_with_its_line(self, island: Any) -> None:
        island.write("ostrov.toml", '\n[defaults]\nbd = "postgres"')
        problem = island.refused()
        assert problem.error == "there is no group 'bd'"
        assert problem.cause == "ostrov.toml:3"
        assert "db" in problem.tip

    def test_a_choice_must_be_a_name(self, island: Any) -> None:
        island.write("ostrov.toml", "[defaults]\ndb = 5")
        assert island.refused().cause == "ostrov.toml:2"

    def test_an_unknown_setting_in_an_option_is_told_with_its_line(self, island: Any) -> None:
        island.write("conf/db/postgres.toml", 'engine = "postgresql"\npol = 5')
        problem = island.refused("db=postgres")
        assert (problem.cause, problem.tip) == ("conf/db/postgres.toml:2", "did you mean db.pool?")


class TestEnvironment:
    def test_names_are_found_in_any_case(self, island: Any) -> None:
        assert island.web(environ={"Ostrov_Web__PORT": "9"}).port == 9

    def test_free_values_may_be_added(self, island: Any) -> None:
        assert island.load(environ={"OSTROV_EXTRA__A__B": "[1, x]"}).settings.extra == {"a": {"b": [1, "x"]}}

    def test_a_free_value_is_found_in_the_case_it_was_written_in(self, island: Any) -> None:
        island.write("ostrov.toml", "[extra]\nFoo = 1")
        assert island.load(environ={"OSTROV_EXTRA__FOO": "2"}).settings.extra == {"Foo": 2}

    @pytest.mark.parametrize(
        "name", ["OSTROV_PROJECT", "OSTROV_OVERRIDES", "OSTROV_TEST_POSTGRES", "OSTROV_TEST_A__B", "OSTROV_VENV"]
    )
    def test_variables_that_are_not_settings_are_left_alone(self, island: Any, name: str) -> None:
        island.load(environ={name: ""})

    def test_a_variable_of_other_programs_is_left_alone(self, island: Any) -> None:
        island.load(environ={"OSTROV_POSTGRES_PORT": "1", "PATH": "/bin", "OSTROVE_WEB__PORT": "x"})

    def test_an_unknown_one_names_the_nearest(self, island: Any) -> None:
        problem = island.refused(environ={"OSTROV_WEB__PROT": "1"})
        assert problem.error == "unknown setting web.prot"
        assert problem.cause == "env OSTROV_WEB__PROT"
        assert problem.tip == "did you mean OSTROV_WEB__PORT?"

    @pytest.mark.parametrize(
        ("name", "meant"), [("OSTROV_WEB_PORT", "OSTROV_WEB__PORT (web.port)"), ("OSTROV_DEBG", "OSTROV_DEBUG (debug)")]
    )
    def test_one_that_looks_like_a_setting_is_not_passed_over(self, island: Any, name: str, meant: str) -> None:
        assert island.refused(environ={name: "1"}).tip == f"did you mean {meant}?"

    def test_a_name_with_nothing_between_the_underscores_is_refused(self, island: Any) -> None:
        assert island.refused(environ={"OSTROV_WEB____PORT": "1"}).cause == "env OSTROV_WEB____PORT"

    def test_bytes_that_are_no_text_are_refused(self, island: Any) -> None:
        for name, text in (("OSTROV_WEB__HOST", "a\udcff"), ("OSTROV_\udcff__A", "a")):
            problem = island.refused(environ={name: text})
            assert "not UTF-8" in problem.error
            str(problem).encode()


class TestInheritedOverrides:
    def test_they_are_arguments_below_those_of_this_process(self, island: Any) -> None:
        environ = {"OSTROV_OVERRIDES": json.dumps(["web.port=1", "web.host=h"])}
        web = island.web("web.port=2", environ=environ)
        assert (web.port, web.host) == (2, "h")

    @pytest.mark.parametrize("text", ["[", "{}", "[1]", "web.port=1"])
    def test_what_is_no_list_of_texts_is_told(self, island: Any, text: str) -> None:
        assert island.refused(environ={"OSTROV_OVERRIDES": text}).cause == "env OSTROV_OVERRIDES"


def test_components_can_only_be_named_where_they_are_looked_for(island: Any) -> None:
    island.write("ostrov.local.toml", 'components = ["x"]')
    problem = island.refused()
    assert (problem.cause, problem.tip) == ("ostrov.local.toml:1", "move it to ostrov.toml")
