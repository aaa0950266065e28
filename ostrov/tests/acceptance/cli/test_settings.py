"""`ostrov config`: it works whatever state the database is in."""

from __future__ import annotations

from .conftest import Shell


def test_every_setting_is_shown_with_its_origin(ostrov: Shell) -> None:
    rows = {row["key"]: row for row in ostrov("config", "show", "--origin", "--json", "web.port=8123").json}
    assert rows["web.port"] == {"key": "web.port", "value": 8123, "origin": "argument web.port"}
    assert rows["name"]["origin"] == "ostrov.toml:1"
    lines = ostrov("config", "show", "--origin").out.splitlines()
    assert lines[0].split() == ["KEY", "VALUE", "ORIGIN"]
    assert any(line.split() == ["name", "harbour", "ostrov.toml:1"] for line in lines)


def test_a_part_is_shown_by_its_key(ostrov: Shell) -> None:
    keys = [row["key"] for row in ostrov("config", "show", "web", "--json").json]
    assert "web.port" in keys
    assert all(key.startswith("web.") for key in keys)
    answer = ostrov("config", "show", "web.prt")
    assert answer.code == 2
    assert "did you mean web.port?" in answer.err


def test_looking_at_settings_touches_no_database(ostrov: Shell) -> None:
    assert ostrov("config", "get", "web.port").code == 0
    assert ostrov("config", "show").code == 0
    assert not (ostrov.folder / "var" / "ostrov.db").exists()
    assert ostrov("config", "get", "db.engine", "db.engine=postgresql", "db.url=postgresql://nobody@127.0.0.1:1/x").code == 0


def test_a_secret_is_masked_until_it_is_asked_for_and_that_is_kept(ostrov: Shell) -> None:
    ostrov("ships", "add", "aurora")
    (ostrov.folder / ".secrets.toml").write_text('[extra]\ncode = "sesame"\n')
    for words in (["config", "show"], ["config", "show", "--json"], ["config", "get", "extra.code"]):
        answer = ostrov(*words)
        assert "sesame" not in answer.out + answer.err
    assert ostrov("config", "get", "extra.code", "--reveal").out == "sesame\n"
    assert "config.reveal" in ostrov("audit", "show").out
    assert "sesame" not in ostrov("audit", "show", "--json").out


def test_one_value_is_printed_bare(ostrov: Shell) -> None:
    assert ostrov("config", "get", "web.port").out == "8000\n"
    assert ostrov("config", "get", "web.port", "--json").json == 8000
    assert ostrov("config", "get", "db.engine").out == "sqlite\n"


def test_a_sweep_is_shown_at_each_point(ostrov: Shell) -> None:
    answer = ostrov("config", "show", "--prefix", "web.port", "--multirun", "web.port=1,2", "--json")
    assert [row["result"][0]["value"] for row in answer.json] == [1, 2]


def test_an_address_that_is_none_is_refused(ostrov: Shell) -> None:
    answer = ostrov("config", "get", "web.url", "web.url=raf.example")
    assert answer.code == 2
    assert "error: web.url is wrong: expected an address such as https://" in answer.err
    assert ostrov("config", "get", "web.url", "web.url=https://raf.example/").code == 0
