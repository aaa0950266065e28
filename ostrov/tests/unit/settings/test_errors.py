"""Every error names what is wrong, where (file and line, variable, argument), and what to do next."""

from __future__ import annotations

import os
from typing import Annotated, Any, get_type_hints

import msgspec
import pytest

from ostrov.core.errors import ProjectError, SettingsError
from ostrov.core.project import open_project
from ostrov.core.settings.convert import described


def told(problem: SettingsError) -> tuple[str, str, str]:
    return problem.error, problem.cause, problem.tip


class TestUnknown:
    @pytest.mark.parametrize(
        ("text", "error", "line", "tip"),
        [
            ("[web]\n\nprot = 1", "unknown setting web.prot", 3, "did you mean web.port?"),
            ("[wbe]\nport = 1", "unknown setting wbe", 1, "did you mean web?"),
            ("debgu = true", "unknown setting debgu", 1, "did you mean debug?"),
            ("\nweb.Port = 1", "unknown setting web.Port", 2, "did you mean web.port?"),
            ("token_lifetime = 1", "unknown setting token_lifetime", 1, "did you mean web.token_lifetime?"),
            ("[web]\nspare = {prot = 1}", "unknown setting web.spare.prot", 2, "did you mean web.spare.port?"),
            ("[[web.routes]]\n[[web.routes]]\npth = 1", "unknown setting web.routes[1].pth", 3, "did you mean path?"),
            ("[web.by_name.a]\nprot = 1", "unknown setting web.by_name.a.prot", 2, "did you mean web.by_name.a.port?"),
        ],
    )
    def test_in_a_file(self, island: Any, text: str, error: str, line: int, tip: str) -> None:
        island.write("ostrov.toml", text)
        assert told(island.refused()) == (error, f"ostrov.toml:{line}", tip)

    @pytest.mark.parametrize("name", ["ostrov.local.toml", ".secrets.toml"])
    def test_in_every_file(self, island: Any, name: str) -> None:
        island.write(name, "\nweb.prot = 1")
        assert island.refused().cause == f"{name}:2"

    def test_in_an_argument(self, island: Any) -> None:
        assert told(island.refused("web.prot=1")) == ("unknown setting web.prot", "argument web.prot", "did you mean web.port?")

    def test_a_section_that_no_component_brings(self, island: Any) -> None:
        island.write("ostrov.toml", "[qqqq]\nx = 1")
        problem = island.refused()
        assert problem.error == "unknown setting qqqq"
        assert problem.cause == "ostrov.toml:1"
        assert problem.tip == "there is no section 'qqqq': is the component that brings it in components of ostrov.toml?"

    def test_with_nothing_near_the_names_there_are_listed(self, island: Any) -> None:
        assert island.refused("channel.zzzz=1").tip == "channel has: engine"


class TestWrong:
    @pytest.mark.parametrize(
        ("text", "error", "line", "tip"),
        [
            ("web.host = 5", "web.host is wrong: expected str, got int", 1, "in a file, put the text in quotes"),
            ("\nweb.port = 'x'", "web.port is wrong: expected int, got str", 2, "give it such a value"),
            ("web.port = 0", "web.port is wrong: expected int >= 1", 1, "give it such a value"),
            ("web.port = 70000", "web.port is wrong: expected int <= 65535", 1, "give it such a value"),
            ("web.hosts = 'a'", "web.hosts is wrong: expected array, got str", 1, "write a list: [a, b]"),
            (
                "[web]\nhosts = [\n'a',\n5]",
                "web.hosts[1] is wrong: expected str, got int",
                4,
                "in a file, put the text in quotes",
            ),
            (
                "web.mode = 'fats'",
                "web.mode is wrong: invalid enum value 'fats'",
                1,
                "did you mean fast? it is one of: fast, slow",
            ),
            ("web.quiet = 'maybe'", "web.quiet is wrong: expected bool, got str", 1, "write true or false"),
            (
                "[[web.routes]]\n[[web.routes]]\nport = 'x'",
                "web.routes[1].port is wrong: expected int, got str",
                3,
                "give it such",
            ),
            ("[web.by_name.a]\nport = 'x'", "web.by_name.a.port is wrong: expected int, got str", 2, "give it such"),
            ("db.engine = 'sqlit'", "db.engine is wrong: invalid enum value 'sqlit'", 1, "did you mean sqlite?"),
            ("web = 5", "web is a section, not one value", 1, "set what is in it: web.host, web.port"),
            ("\n[web.port]\nx = 1", "web.port is one value, not a section", 2, "write it as web.port = …"),
            ("components = 'a'", "components is wrong: expected array, got str", 1, "write a list"),
        ],
    )
    def test_in_a_file(self, island: Any, text: str, error: str, line: int, tip: str) -> None:
        island.write("ostrov.toml", text)
        problem = island.refused()
        assert problem.error == error
        assert problem.cause.partition(": ")[0] == f"ostrov.toml:{line}"
        assert problem.tip.startswith(tip)

    def test_in_a_variable_and_in_an_argument(self, island: Any) -> None:
        assert island.refused(environ={"OSTROV_WEB__PORT": "x"}).cause == 'env OSTROV_WEB__PORT: web.port = "x"'
        assert island.refused("web.port=x").cause == 'argument web.port: web.port = "x"'

    def test_the_place_is_that_of_the_layer_that_was_valid(self, island: Any) -> None:
        island.write("ostrov.toml", "web.port = 'wrong, but overridden'")
        assert island.web("web.port=5").port == 5


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "error", "tip"),
        [
            ("a = 1\nb = c\n", "ostrov.toml:2 is not TOML", "text stands in quotes"),
            ("[web]\nport = 1\nport = 2", "ostrov.toml:3 is not TOML", "already given"),
            ("[web]\n[web]", "ostrov.toml:2 is not TOML", "already given"),
            ("\n\nname =", "ostrov.toml:3 is not TOML", "mend line 3"),
            ('a = """\nopen', "ostrov.toml:2 is not TOML", "mend line 2"),
            ("<<<<<<< HEAD\n", "ostrov.toml:1 is not TOML", "mend line 1"),
            ("a = " + "9" * 5000, "ostrov.toml:1 is not TOML", "mend line 1"),
            ("a = " + "[" * 3000, "ostrov.toml is nested too deep", "tables and lists"),
        ],
    )
    def test_a_corrupt_one_is_told_with_its_line(self, island: Any, text: str, error: str, tip: str) -> None:
        island.write("ostrov.toml", text)
        problem = island.refused()
        assert problem.error == error
        assert tip in problem.tip

    def test_one_that_is_not_utf_8_is_told_with_its_line(self, island: Any) -> None:
        island.write("ostrov.local.toml", b"# fine\nname = 'caf\xe9'\n")
        assert told(island.refused()) == ("ostrov.local.toml:2 is not UTF-8", "byte 0xe9", "save the file as UTF-8")

    def test_a_mark_at_the_beginning_is_no_harm(self, island: Any) -> None:
        island.write("ostrov.toml", b"\xef\xbb\xbfname = 'x'\n")
        assert island.load().settings.name == "x"

    def test_a_folder_of_that_name_is_told(self, island: Any) -> None:
        (island.root / ".secrets.toml").mkdir()
        assert island.refused().error == ".secrets.toml cannot be read"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_one_without_permission_is_told(self, island: Any) -> None:
        island.write(".secrets.toml", "").chmod(0)
        assert island.refused().error == ".secrets.toml cannot be read"

    def test_a_dangling_link_is_no_file(self, island: Any) -> None:
        (island.root / ".secrets.toml").symlink_to("nowhere")
        island.load()

    def test_the_line_of_a_secret_that_is_corrupt_is_told_and_its_text_is_not(self, island: Any) -> None:
        island.write(".secrets.toml", "[web]\npassword = hunter2\n")
        problem = island.refused()
        assert problem.error == ".secrets.toml:2 is not TOML"
        assert "hunter2" not in str(problem)

    def test_a_broken_ostrov_toml_is_told_the_same_way_before_the_settings_are_loaded(self, island: Any) -> None:
        island.write("ostrov.toml", "name = 'x'\ncomponents = [\n")
        with pytest.raises(SettingsError, match=r"ostrov\.toml:3 is not TOML"):
            open_project(island.root)
        island.write("ostrov.toml", "\ncomponents = 'raf'\n")
        with pytest.raises(ProjectError, match=r"ostrov\.toml:2: components must be a list"):
            open_project(island.root)


class TestAsking:
    def test_a_key_that_is_unknown_names_the_nearest(self, island: Any) -> None:
        with pytest.raises(SettingsError) as caught:
            island.load().tree.origin("web.prot")
        assert caught.value.tip == "did you mean web.port?"

    def test_in_an_empty_table_there_is_nothing(self, island: Any) -> None:
        with pytest.raises(SettingsError) as caught:
            island.load().tree.told("extra.zzzz")
        assert caught.value.tip == "extra is empty"

    def test_a_section_is_not_one_value(self, island: Any) -> None:
        with pytest.raises(SettingsError, match="web is a section"):
            island.load().tree.leaf("web")


def test_a_pattern_is_told_by_what_it_describes() -> None:
    class GateSettings(msgspec.Struct, forbid_unknown_fields=True):
        address: Annotated[str, msgspec.Meta(pattern="^https?://", description="an address such as https://a.example")] = (
            "http://"
        )

    annotation = get_type_hints(GateSettings, include_extras=True)["address"]
    assert (
        described(annotation, "Expected `str` matching regex '^https?://'") == "expected an address such as https://a.example"
    )
    assert described(annotation, "Expected `str`, got `int`") == "Expected `str`, got `int`"
    assert described(str, "Expected `str` matching regex 'x'") == "Expected `str` matching regex 'x'"
