"""Values built from other values, worked out once after all layers are known."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

HOME = {"HOME": "/home/../home/ann", "PORT": "99"}


def banner(island: Any, text: str, *words: str) -> Any:
    return island.web(f"web.banner={text}", *words, environ=HOME).banner


class TestReferences:
    def test_a_reference_is_replaced(self, island: Any) -> None:
        assert banner(island, "http://${web.host}:${web.port}/") == "http://127.0.0.1:8000/"

    def test_it_sees_what_the_last_layer_said(self, island: Any) -> None:
        island.write("ostrov.toml", '[web]\nurl = "http://${web.host}:${web.port}"')
        assert island.web("web.port=9").url == "http://127.0.0.1:9"

    def test_alone_it_keeps_its_type(self, island: Any) -> None:
        island.write("ostrov.toml", '[extra]\nport = "${web.port}"\nhosts = "${web.hosts}"\nall = "${db}"')
        extra = island.load("web.hosts=[a,b]").settings.extra
        assert extra["port"] == 8000
        assert extra["hosts"] == ["a", "b"]
        assert extra["all"]["engine"] == "sqlite"

    def test_it_gives_a_number_where_a_number_is_declared(self, island: Any) -> None:
        assert island.web("web.token_lifetime=${web.port}").token_lifetime == 8000

    def test_a_leading_dot_means_the_same_section(self, island: Any) -> None:
        assert banner(island, "${.host}") == "127.0.0.1"
        assert banner(island, "${..db.engine}") == "sqlite"

    def test_references_nest(self, island: Any) -> None:
        assert banner(island, "${web.${extra.which}}", "+extra.which=host") == "127.0.0.1"

    def test_elements_of_lists_are_reached(self, island: Any) -> None:
        assert banner(
            island, "${web.hosts[1]} ${web.hosts.0} ${web.routes[0].path}", "web.hosts=[a,b]", "web.routes=[{path: /x}]"
        ) == ("b a /x")

    def test_they_are_worked_out_inside_of_lists_and_mappings(self, island: Any) -> None:
        assert island.load("+extra.a=[{b: '${web.port}'}]").settings.extra == {"a": [{"b": 8000}]}

    def test_names_are_found_in_any_case(self, island: Any) -> None:
        assert banner(island, "${WEB.Host}") == "127.0.0.1"

    def test_a_variable_is_read_with_its_default(self, island: Any) -> None:
        assert banner(island, "${oc.env:PORT} ${oc.env:NOPE,none} ${env:PORT}") == "99 none 99"

    def test_a_variable_that_is_not_set_is_told(self, island: Any) -> None:
        assert "NOPE is not set" in island.refused("web.banner=${oc.env:NOPE}").cause

    @pytest.mark.parametrize(
        ("text", "value"),
        [(r"\${web.host}", "${web.host}"), ("${web.host", "${web.host"), ("$5 {a}", "$5 {a}"), ("a${", "a${")],
    )
    def test_what_is_no_reference_stays(self, island: Any, text: str, value: str) -> None:
        assert banner(island, text) == value

    def test_a_value_is_not_worked_out_twice(self, island: Any) -> None:
        assert banner(island, "${extra.a}", r"+extra.a=\${web.host}") == "${web.host}"

    def test_a_missing_one_names_the_place_and_the_nearest(self, island: Any) -> None:
        island.write("ostrov.toml", '[web]\n\nurl = "${web.prot}"')
        problem = island.refused()
        assert problem.error == "web.url cannot be worked out"
        assert problem.cause == "ostrov.toml:3: there is no setting web.prot"
        assert problem.tip == "did you mean web.port?"


class TestFormat:
    def test_settings_and_variables_are_filled_in(self, island: Any) -> None:
        assert banner(island, "@format {this.web.host}:{this.WEB.port:>6} {env[PORT]} {{}}") == "127.0.0.1:  8000 99 {}"

    def test_a_conversion_works_as_in_python(self, island: Any) -> None:
        assert banner(island, "@format {this.web.host!r}") == "'127.0.0.1'"

    @pytest.mark.parametrize(
        "template",
        [
            "{}",
            "{0}",
            "{that.web}",
            "{this}",
            "{env}",
            "{this.__class__}",
            "{this.web.host.__class__}",
            "{this.web",
            "{env[NOPE]}",
        ],
    )
    def test_nothing_else_is_reached(self, island: Any, template: str) -> None:
        problem = island.refused(f"web.banner=@format {template}")
        assert problem.cause.startswith("argument web.banner: ")


class TestJinja:
    def test_a_template_is_rendered(self, island: Any) -> None:
        assert (
            banner(island, "@jinja {{ this.web.host | upper }} {% if this.WEB['port'] == 8000 %}std{% endif %}")
            == "127.0.0.1 std"
        )

    def test_paths_have_filters(self, island: Any) -> None:
        assert banner(island, "@jinja {{ env['HOME'] | abspath }} {{ env.HOME | basename }}") == "/home/ann ann"

    def test_a_default_may_be_given(self, island: Any) -> None:
        assert banner(island, "@jinja {{ this.nope | default('x') }}{{ env.NOPE | default('y') }}") == "xy"

    @pytest.mark.parametrize(
        ("template", "told"),
        [
            ("{{ this.nope }}", "there is no 'nope'"),
            ("{{ env['NOPE'] | abspath }}", "there is no 'NOPE'"),
            ("{{ nope }}", "nope"),
            ("{% if %}", "the template is wrong"),
            ("{{ this.web.host.__class__.__mro__ }}", "__class__"),
            ("{{ this._resolver }}", "_resolver"),
            ("{{ 1 / 0 }}", "division by zero"),
        ],
    )
    def test_what_cannot_be_rendered_is_told(self, island: Any, template: str, told: str) -> None:
        problem = island.refused(f"web.banner=@jinja {template}")
        assert problem.cause.startswith("argument web.banner: ")
        assert told in problem.cause

    def test_jinja_is_imported_only_for_a_template(self, tmp_path: Any) -> None:
        code = (
            "import sys; from pathlib import Path; from ostrov.core.project import Project;"
            "from ostrov.core.settings import load_settings; p = Project(Path('.'), 'x', ());"
            "load_settings(p, ['+extra.a=@format {this.name}'], {}, components=()); assert 'jinja2' not in sys.modules;"
            "load_settings(p, ['+extra.a=@jinja {{ this.name }}'], {}, components=()); assert 'jinja2' in sys.modules"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={"PYTHONPATH": ":".join(sys.path)})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("@int 42", 42),
        ("@int @format {this.web.port}1", 80001),
        ("@float 1.5", 1.5),
        ("@bool yes", True),
        ("@bool @jinja {{ this.web.port > 9000 }}", False),
        ("@str ${web.port}", "8000"),
        ('@json {"a": [1, null]}', {"a": [1, None]}),
        ("@none", None),
        ("@raw @format {x} ${y}", "@format {x} ${y}"),
        ("@someone", "@someone"),
        ("@none of this", "@none of this"),
        ("someone@format x", "someone@format x"),
    ],
)
def test_words_of_dynaconf(island: Any, text: str, value: Any) -> None:
    island.write("ostrov.toml", f"[extra]\na = '{text}'")
    assert island.load(environ=HOME).settings.extra["a"] == value


@pytest.mark.parametrize("text", ["@int x", "@float", "@bool maybe", "@json {"])
def test_a_cast_that_fails_is_told_with_its_place(island: Any, text: str) -> None:
    island.write("ostrov.toml", f"[extra]\n\na = '{text}'")
    assert island.refused().cause.startswith("ostrov.toml:3: ")


class TestRings:
    def test_a_ring_is_told_with_every_member_and_its_place(self, island: Any) -> None:
        island.write(
            "ostrov.toml",
            '[web]\nurl = "${web.banner}"\nbanner = "@format {this.web.host}"\nhost = "@jinja {{ this.web.url }}"',
        )
        problem = island.refused()
        assert problem.error == "settings refer to each other in a ring: web.host -> web.url -> web.banner -> web.host"
        assert problem.cause == "ostrov.toml:4, ostrov.toml:2, ostrov.toml:3"

    def test_a_value_that_refers_to_itself_is_one(self, island: Any) -> None:
        assert "ring: web.url -> web.url" in island.refused("web.url=a${web.url}").error

    def test_what_only_leads_into_a_ring_is_not_named(self, island: Any) -> None:
        problem = island.refused("+extra.a=${extra.b}", "+extra.b=${extra.c}", "+extra.c=${extra.b}")
        assert problem.error.endswith("ring: extra.b -> extra.c -> extra.b")

    def test_a_reference_to_its_own_section_is_one(self, island: Any) -> None:
        assert "ring" in island.refused("+extra.a.b=${extra.a}").error

    def test_a_chain_of_hundreds_is_refused_and_does_not_crash(self, island: Any) -> None:
        words = [f"+extra.a{n}=${{extra.a{n + 1}}}" for n in range(800)]
        assert "nested too deep" in island.refused(*words, "+extra.a800=1").error


def test_the_wrong_value_is_told_and_not_what_was_built_from_it(island: Any) -> None:
    island.write("ostrov.toml", '[extra]\na = "@int @format {this.web.port}"')
    assert island.refused("web.port=abc").error.startswith("web.port is wrong")
