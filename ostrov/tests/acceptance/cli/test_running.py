"""`up`, `ps`, `logs`, `wait`, `restart`, `down` by the command line."""

from __future__ import annotations

import re
import urllib.request

import pytest

from .conftest import Shell


def test_a_project_that_is_not_up_is_told_with_an_exit_code_of_its_own(ostrov: Shell) -> None:
    for command in ("ps", "restart"):
        answer = ostrov(command)
        assert answer.code == 69
        assert "harbour is not up" in answer.err
    assert ostrov("wait", "--timeout", "0.2").code == 69
    assert ostrov("down").out == "it was not up\n"
    assert ostrov("down", "--json").json == {"stopped": False}


def test_words_that_are_no_settings_are_refused_before_anything_starts(ostrov: Shell) -> None:
    answer = ostrov("up", "--detach", "web")
    assert answer.code == 2
    assert "unexpected word 'web'" in answer.err
    assert ostrov("up", "--detach", "web.prt=1").code == 2
    assert not (ostrov.folder / "var" / "ostrov.db").exists()


def test_asking_for_a_folder_that_is_not_there_makes_none(ostrov: Shell) -> None:
    for command in ("ps", "down", "logs", "restart"):
        ostrov(command, "data_dir=nowhere")
    assert "cause: there is no such folder" in ostrov("ps", "data_dir=nowhere").err
    assert not (ostrov.folder / "nowhere").exists()


def test_a_data_dir_that_cannot_be_made_is_an_error_of_its_own(ostrov: Shell) -> None:
    (ostrov.folder / "file").touch()
    for words in (["up"], ["ships", "list"], ["audit", "show"]):
        answer = ostrov(*words, "data_dir=file/data")
        assert answer.code == 73, answer
        assert f"data_dir {ostrov.folder / 'file/data'} cannot be used" in answer.err
    assert "the check broke down" not in ostrov("doctor", "data_dir=file/data").out
    assert ostrov("ps", "data_dir=").code == 2


def test_a_data_dir_may_be_in_the_users_home(ostrov: Shell) -> None:
    home = ostrov.folder / "home"
    assert ostrov("ships", "list", "data_dir=~/harbour", HOME=str(home)).code == 0
    assert (home / "harbour" / "ostrov.db").exists()
    assert not (ostrov.folder / "~").exists()


@pytest.mark.long
def test_an_operation_on_other_data_than_the_running_projects_says_so(ostrov: Shell) -> None:
    assert ostrov("up", "--detach", "web.port=0", "data_dir=elsewhere").code == 0
    try:
        told = ostrov("ships", "list").err
        assert f"note: harbour is up on {ostrov.folder / 'elsewhere'}; this is about {ostrov.folder / 'var'}" in told
        assert ostrov("ships", "list", "data_dir=elsewhere").err == ""
        assert ostrov("config", "get", "name").err == ""
    finally:
        assert ostrov("down").code == 0


@pytest.mark.long
def test_it_goes_up_is_looked_at_and_goes_down(ostrov: Shell) -> None:
    up = ostrov("up", "--detach", "web.port=0")
    try:
        assert up.code == 0, up
        link = re.search(r"http://127\.0\.0\.1:\d+/console/enter/\S+", up.out)
        assert link, up.out
        with urllib.request.urlopen(link[0], timeout=10) as page:  # looking at it does not use it up
            assert page.status == 200
        assert ostrov("wait").code == 0
        rows = ostrov("ps", "--json").json["processes"]
        assert {"supervisor", "web", "worker"} <= {row["name"] for row in rows}
        assert "web" in ostrov("ps").out
        assert ostrov("logs", "web", "-n", "5").code == 0
        assert ostrov("logs", "wbe").code == 1
        assert "web" in ostrov("restart", "web").out
        assert ostrov("processes", "list", "--json").code == 0
        made = ostrov("operators", "add", "ann", "--json").json[
            "link"
        ]  # at the port that was found, not the one of the settings
        assert made.split("/console")[0] == link[0].split("/console")[0]
        again = ostrov("up", "--detach", "web.port=0")
        assert again.code == 75
        assert ostrov("doctor").code == 0
    finally:
        down = ostrov("down")
    assert (down.code, down.out) == (0, "stopped\n")


def test_units_of_systemd_are_printed_or_written(ostrov: Shell) -> None:
    texts = ostrov("systemd", "--json").json
    assert "harbour.target" in texts
    folder = ostrov.folder / "units"
    assert ostrov("systemd", "--write", str(folder)).code == 0
    assert {path.name for path in folder.iterdir()} == set(texts)
