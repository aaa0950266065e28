"""Every operation of every component is a command."""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import Shell

pytestmark = pytest.mark.usefixtures("tables")


def test_help_lists_the_components_operations(ostrov: Shell) -> None:
    answer = ostrov("--help")
    assert answer.code == 0
    for word in ("up", "down", "doctor", "config", "operators", "ships", "fleet"):
        assert f"\n  {word} " in answer.out
    ships = ostrov("ships", "--help").out
    assert "Let a ship in." in ships
    assert "chat" not in ships


def test_help_loads_nothing_that_is_heavy(ostrov: Shell) -> None:
    script = (
        "import sys; from ostrov.cli import main; sys.argv = ['ostrov', '--help']; main(); print('\\nloaded', *sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ostrov.folder, env=ostrov.environ, capture_output=True, text=True, check=True
    )
    loaded = set(answer.stdout.rpartition("\nloaded ")[2].split())
    assert "ostrov.run.events.operations" in loaded
    heavy = {"asyncio", "sqlite3", "litestar", "sqlalchemy", "eventsourcing", "jinja2", "uvicorn", "psycopg", "PIL"}
    assert not loaded & heavy


def test_an_operations_help_has_its_arguments(ostrov: Shell) -> None:
    shown = ostrov("ships", "add", "--help").out
    assert "Usage: ostrov ships add [OPTIONS] NAME [KEY=VALUE]..." in shown
    assert "--rig [square|gaff]" in shown
    assert "--armed / --no-armed" in shown
    assert "--dry-run" not in shown
    assert "--dry-run" in ostrov("ships", "sink", "--help").out


def test_arguments_are_by_position_and_options_and_read_by_type(ostrov: Shell) -> None:
    options = ["--masts", "3", "--rig", "gaff", "--wait", "5m", "--flags", "red", "--flags", "blue", "--armed"]
    words = ["ships", "add", "aurora", *options, "--json"]
    answer = ostrov(*words)
    assert answer.code == 0, answer
    expected = {"name": "aurora", "masts": 3, "rig": "gaff", "wait": "PT300S", "flags": ["red", "blue"], "armed": True}
    assert answer.json == expected


def test_a_listing_is_a_table_for_people_and_json_for_programs(ostrov: Shell) -> None:
    assert ostrov("ships", "list").out == "NAME    MASTS\naurora      3\nboreas     12\n"
    assert ostrov("ships", "list", "--json").json == [{"name": "aurora", "masts": 3}, {"name": "boreas", "masts": 12}]
    assert ostrov("--json", "ships", "list").json == ostrov("ships", "--json", "list").json


def test_names_may_have_more_than_two_words(ostrov: Shell) -> None:
    assert ostrov("fleet", "signals", "hoist", "alpha", "bravo").out == "alpha bravo\n"


def test_settings_may_follow_a_command(ostrov: Shell, tmp_path: Path) -> None:
    shutil.rmtree(ostrov.folder / "var")
    answer = ostrov("ships", "add", "aurora", f"data_dir={tmp_path / 'elsewhere'}")
    assert answer.code == 0
    assert (tmp_path / "elsewhere" / "ostrov.db").exists()
    assert not (ostrov.folder / "var").exists()


def test_a_sweep_runs_it_once_at_each_point(ostrov: Shell) -> None:
    answer = ostrov("ships", "list", "web.port=8001,8002", "--multirun", "--json")
    assert [row["point"] for row in answer.json] == [["web.port=8001"], ["web.port=8002"]]


def test_another_project_is_named_anywhere_on_the_line(ostrov: Shell, tmp_path: Path) -> None:
    project = str(ostrov.folder)
    ostrov.folder = tmp_path
    for words in (["--project", project, "ships", "list"], ["ships", "list", f"--project={project}"]):
        assert ostrov(*words).code == 0


@pytest.mark.parametrize(
    ("words", "error", "tip"),
    [
        (["upp"], "there is no command 'upp'", "did you mean up?"),
        (["ships", "lst"], "there is no command 'lst'", "did you mean list?"),
        (["ships", "chat"], "there is no command 'chat'", ""),
        (["ships", "add"], "NAME is missing", "ostrov ships add --help"),
        (["ships", "add", "x", "y"], "unexpected word 'y'", "write y=VALUE"),
        (["ships", "add", "x", "--mast", "3"], "there is no option --mast", "did you mean --masts?"),
        (["ships", "add", "x", "--masts", "many"], "ships.add: this argument does not fit", ""),
        (["ships", "add", "x", "web.prt=1"], "unknown setting web.prt", "did you mean web.port?"),
        (["ships", "add", "x", "--rig", "junk"], "invalid value for '--rig'", ""),
        (["--project", "/nowhere/at/all", "ps"], "is not a folder", ""),
    ],
)
def test_a_mistaken_word_is_an_error_with_a_tip(ostrov: Shell, words: list[str], error: str, tip: str) -> None:
    answer = ostrov(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert error in answer.err
    assert tip in answer.err
    told = ostrov("--json", *words)
    assert told.code == 2
    assert error in told.json["error"] + told.json["cause"]
    assert told.err == ""


def test_an_error_is_told_in_its_parts_with_its_exit_code(ostrov: Shell) -> None:
    answer = ostrov("ships", "refuse")
    assert (answer.code, answer.out) == (75, "")
    assert answer.err == "error: the harbour is closed\ncause: storm\ntip: wait\n"
    assert ostrov("ships", "refuse", "--json").json == {"error": "the harbour is closed", "cause": "storm", "tip": "wait"}


def test_a_surprise_is_one_line_and_its_traceback_is_kept(ostrov: Shell) -> None:
    answer = ostrov("ships", "crash")
    assert answer.code == 70
    assert answer.err.startswith("error: something unexpected happened: ZeroDivisionError: of masts\ntip: ")
    (kept,) = (ostrov.folder / "var" / "logs" / "errors").iterdir()
    assert str(kept) in answer.err
    assert "Traceback" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_outside_a_project_it_says_so(ostrov: Shell, tmp_path: Path) -> None:
    ostrov.folder = tmp_path
    answer = ostrov("ships", "list")
    assert answer.code == 2
    assert "no ostrov.toml" in answer.err
    shown = ostrov("--help")
    assert shown.code == 0
    assert "No operations: no ostrov.toml" in shown.out


def test_a_project_that_cannot_be_read_is_told_and_help_still_helps(ostrov: Shell) -> None:
    (ostrov.folder / "ostrov.toml").write_text("name = \n")
    assert "ostrov.toml" in ostrov("ships", "list").err
    assert ostrov("ships", "list").code == 2
    assert ostrov("--help").code == 0
    (ostrov.folder / "ostrov.toml").write_text('components = ["nothing_here"]\n')
    assert "there is no component 'nothing_here'" in ostrov("ships", "list").err


def test_a_destructive_operation_asks_and_without_a_person_refuses(ostrov: Shell) -> None:
    answer = ostrov("ships", "sink", "aurora")
    assert answer.code == 2
    assert "it sinks" in answer.err
    assert "--yes" in answer.err
    assert ostrov("ships", "sink", "aurora", "--yes").out == "aurora is gone\n"


@pytest.mark.parametrize(("reply", "code", "told"), [("y\n", 0, "aurora is gone"), ("n\n", 2, "aborted")])
def test_a_person_is_shown_the_plan_and_asked(ostrov: Shell, reply: str, code: int, told: str) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ostrov", "ships", "sink", "aurora"],
        cwd=ostrov.folder,
        env=ostrov.environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = ""
    while "do it?" not in seen:
        seen += os.read(ours, 1024).decode()
    assert "it sinks" in seen
    os.write(ours, reply.encode())
    try:
        while block := os.read(ours, 1024):
            seen += block.decode()
    except OSError:
        pass
    os.close(ours)
    assert process.wait(20) == code
    assert told in seen


def test_a_dry_run_shows_the_plan(ostrov: Shell) -> None:
    answer = ostrov("ships", "sink", "aurora", "--dry-run")
    assert (answer.code, answer.out) == (0, "SHIP    THEN\naurora  it sinks\n")
    told = ostrov("ships", "sink", "aurora", "--dry-run", "--json").json
    assert (told["state"], told["plan"]) == ("planned", [{"ship": "aurora", "then": "it sinks"}])


def test_what_needs_approval_says_how_to_give_it(ostrov: Shell) -> None:
    asked = ostrov("ships", "fire", "aurora", "--json").json
    assert (asked["state"], asked["need"]) == ("pending", 1)
    (waiting,) = ostrov("approvals", "list", "--json").json
    assert waiting["run"] == asked["run"]
    words = ["approve", str(asked["run"]), asked["digest"][:12]]
    assert f"ostrov approve {asked['run'] + 1} " in ostrov("ships", "fire", "aurora").out
    answer = ostrov(*words)
    assert answer.code == 77
    assert "is your own" in answer.err
    assert ostrov("reject", str(asked["run"])).out == f"run {asked['run']} is rejected\n"


def test_tables_of_an_older_version_are_left_to_up(ostrov: Shell) -> None:
    import sqlite3

    ostrov("ships", "add", "aurora")
    connection = sqlite3.connect(ostrov.folder / "var" / "ostrov.db")
    connection.execute("UPDATE core_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    answer = ostrov("ships", "add", "boreas")
    assert answer.code == 75
    assert "core 0000 → 0001" in answer.err
    assert "ostrov up" in answer.err


def test_a_database_of_a_newer_version_is_told(ostrov: Shell) -> None:
    import sqlite3

    ostrov("ships", "add", "aurora")
    connection = sqlite3.connect(ostrov.folder / "var" / "ostrov.db")
    connection.execute("UPDATE core_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert "newer version" in ostrov("ships", "add", "boreas").err
    assert ostrov("doctor").code == 1


def test_secrets_come_from_standard_input_and_never_from_the_line(ostrov: Shell) -> None:
    assert ostrov("ships", "login", "far", "--password", "-", given="sesame12\n").out == "far: 8 characters\n"
    answer = ostrov("ships", "login", "far", "--password", "sesame12")
    assert answer.code == 2
    assert "everybody on this machine can read" in answer.err
    assert "--password is missing" in ostrov("ships", "login", "far").err
    shown = ostrov("audit", "show", "--json").out
    assert "sesame12" not in shown
    assert "password=***" in shown


def test_who_called_is_the_shells_user(ostrov: Shell) -> None:
    import getpass

    ostrov("ships", "add", "aurora")
    (finished, started) = ostrov("audit", "show", "--json").json
    assert (started["actor"], started["surface"], finished["step"]) == (f"cli:{getpass.getuser()}", "cli", "finished")
    assert ostrov("audit", "verify", "--json").json["whole"] is True


def test_a_broken_audit_is_an_error(ostrov: Shell) -> None:
    import sqlite3

    ostrov("ships", "add", "aurora")
    connection = sqlite3.connect(ostrov.folder / "var" / "ostrov.db")
    connection.executescript("DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'nobody' WHERE id = 1")
    connection.close()
    answer = ostrov("audit", "verify")
    assert answer.code == 1
    assert "the audit is broken at entry 1" in answer.err
    assert ostrov("doctor").code == 1


def test_what_others_wrote_does_not_steer_the_terminal(ostrov: Shell) -> None:
    answer = ostrov("ships", "add", "\x1b]0;title\x07aurora\x9b2J")
    shown = ostrov("audit", "show")
    for text in (answer.out, shown.out):
        assert "aurora" in text
        assert not set("\x1b\x07\x9b") & set(text)


def test_words_that_are_no_text_are_told(ostrov: Shell) -> None:
    answer = ostrov("ships", "add", os.fsdecode(b"\xff\xfe"))
    assert answer.code == 2
    assert "name" in answer.err


def test_interrupted_it_ends_with_130_and_the_run_is_closed(ostrov: Shell) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ostrov", "ships", "wait"],
        cwd=ostrov.folder,
        env=ostrov.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )
    deadline = time.monotonic() + 20
    while not (ostrov.folder / "var" / "waiting").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    (row,) = ostrov("runs", "list", "--json").json
    assert row["state"] == "failed"
    assert row["error"].startswith("interrupted")


@pytest.mark.parametrize("words", [["--help"], ["ships", "list"], ["config", "show"], ["doctor"]])
def test_a_reader_that_leaves_is_no_error(ostrov: Shell, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [sys.executable, "-m", "ostrov", *words], cwd=ostrov.folder, env=ostrov.environ, stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (141, b"")


@pytest.mark.parametrize("words", [["--help"], ["ships", "list"], ["doctor"], ["nonsense"]])
def test_closed_streams_are_no_surprise(ostrov: Shell, words: list[str]) -> None:
    line = f"{sys.executable} -m ostrov {' '.join(words)} >&- 2>&-"
    code = subprocess.run(["sh", "-c", line], cwd=ostrov.folder, env=ostrov.environ, check=False).returncode
    assert code == (2 if words == ["nonsense"] else 0)
    assert not (ostrov.folder / "var" / "logs" / "errors").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_finds_no_room_is_said(ostrov: Shell) -> None:
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "ostrov", "config", "show"],
            cwd=ostrov.folder,
            env=ostrov.environ,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert process.returncode == 74
    assert process.stderr.startswith("error: there is no room left to write\n")
    assert "Exception ignored" not in process.stderr


def test_a_groups_name_alone_is_answered_with_its_help(ostrov: Shell) -> None:
    for words in ([], ["ships"]):
        answer = ostrov(*words)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith("Usage: ostrov")
        assert "command" in ostrov("--json", *words).json["error"]


@pytest.mark.parametrize(("variable", "coloured"), [("NO_COLOR=1", False), ("TERM=dumb", False), ("TERM=xterm", True)])
def test_colours_are_left_out_for_who_wants_none(ostrov: Shell, variable: str, coloured: bool) -> None:
    name, _, value = variable.partition("=")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ostrov", "nonsense"],
        cwd=ostrov.folder,
        env={**ostrov.environ, name: value},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):
        while block := os.read(ours, 1024):
            seen += block
    os.close(ours)
    assert process.wait(20) == 2
    assert (b"\x1b[" in seen) is coloured


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands(ostrov: Shell, shell: str) -> None:
    assert "_OSTROV_COMPLETE" in ostrov("completion", shell).out
    words = (
        {"COMP_WORDS": "ostrov ships ", "COMP_CWORD": "2"}
        if shell != "fish"
        else {"COMP_WORDS": "ostrov ships ", "COMP_CWORD": ""}
    )
    found = ostrov(_OSTROV_COMPLETE=f"{shell}_complete", **words).out
    for name in ("add", "list", "sink"):
        assert name in found
