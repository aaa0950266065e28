"""`ostrov doctor`."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from .conftest import Shell

FACTORS = (
    "1 codebase",
    "2 dependencies",
    "3 config",
    "4 backing services",
    "5 build, release, run",
    "6 processes",
    "7 port binding",
    "8 concurrency",
    "9 disposability",
    "10 dev/prod parity",
    "11 logs",
    "12 admin processes",
)


def findings(ostrov: Shell, *words: str, code: int = 0, **environ: str) -> dict[str, dict[str, str]]:
    answer = ostrov("doctor", "--json", *words, "web.port=0", **environ)
    assert answer.code == code, answer
    assert answer.json["exit_code"] == code
    return {row["check"]: row for row in answer.json["findings"]}


def git(folder: Path, *words: str) -> None:
    identity = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t"}
    subprocess.run(["git", *words], cwd=folder, env={**os.environ, **identity}, check=True, capture_output=True)


def test_it_asks_core_the_components_and_the_twelve_factors(ostrov: Shell) -> None:
    found = findings(ostrov)
    assert {"python", "settings", "disk", "database", "tables", "integrity", "clock", "audit", "tide"} <= set(found)
    assert [name for name in found if name in FACTORS] == list(FACTORS)
    assert all(row["message"] for row in found.values())


def test_looking_makes_no_database(ostrov: Shell) -> None:
    findings(ostrov)
    assert not (ostrov.folder / "var" / "ostrov.db").exists()


def test_for_people_it_has_lines_and_tips(ostrov: Shell) -> None:
    answer = ostrov("doctor", "web.port=0", TIDE="warning")
    assert answer.code == 0
    assert "warning  tide" in answer.out
    assert "→ wait" in answer.out
    assert answer.out.rstrip().endswith(" ok")


@pytest.mark.parametrize(("tide", "code"), [("warning", 0), ("failure", 1), ("crash", 1), ("strange", 1)])
def test_a_failure_is_exit_code_1_and_a_warning_is_none(ostrov: Shell, tide: str, code: int) -> None:
    row = findings(ostrov, code=code, TIDE=tide)["tide"]
    assert row["level"] == ("warning" if tide == "warning" else "failure")
    if tide == "crash":
        assert "ValueError: no water" in row["message"]


def test_settings_that_cannot_be_loaded_are_a_finding(ostrov: Shell) -> None:
    found = findings(ostrov, "web.prt=1", code=1)
    assert found["settings"]["level"] == "failure"
    assert found["settings"]["tip"] == "did you mean web.port?"
    assert found["python"]["level"] == "ok"


def test_a_port_in_use_is_a_failure_that_names_another(ostrov: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = ostrov("doctor", "--json", f"web.port={port}")
    row = next(row for row in answer.json["findings"] if row["check"] == "ports")
    assert (answer.code, row["level"]) == (1, "failure")
    assert f"port {port} is in use" in row["message"]


def test_a_damaged_database_is_found(ostrov: Shell) -> None:
    ostrov("ships", "add", "aurora")
    assert findings(ostrov)["integrity"]["level"] == "ok"
    path = ostrov.folder / "var" / "ostrov.db"
    data = bytearray(path.read_bytes())
    for page in range(4096 * 3, len(data), 4096):
        data[page : page + 200] = os.urandom(200)
    path.write_bytes(data)
    found = findings(ostrov, code=1)
    assert "failure" in {found[name]["level"] for name in ("database", "tables", "integrity")}


def test_files_that_others_can_read_are_found(ostrov: Shell) -> None:
    secrets = ostrov.folder / ".secrets.toml"
    secrets.write_text("")
    secrets.chmod(0o644)
    row = findings(ostrov, code=1)["secrets"]
    assert row["tip"] == f"chmod 600 {secrets}"
    secrets.chmod(0o600)
    assert findings(ostrov)["secrets"]["level"] == "ok"
    (ostrov.folder / "var").chmod(0o755)
    assert findings(ostrov)["data folder"]["level"] == "warning"
    (ostrov.folder / "var").chmod(0o777)
    assert findings(ostrov, code=1)["data folder"]["level"] == "failure"


def test_a_secret_in_the_code_is_a_failure(ostrov: Shell) -> None:
    with (ostrov.folder / "ostrov.toml").open("a") as file:
        file.write('[extra]\napi_token = "sesame"\n')
    row = findings(ostrov, code=1)["3 config"]
    assert "extra.api_token (ostrov.toml:4)" in row["message"]
    assert "sesame" not in row["message"]


def test_version_control_answers_the_first_and_the_fifth_factor(ostrov: Shell) -> None:
    assert findings(ostrov)["1 codebase"]["level"] == "warning"
    git(ostrov.folder, "init", "-q")
    (ostrov.folder / ".gitignore").write_text("__pycache__/\n")
    git(ostrov.folder, "add", ".")
    git(ostrov.folder, "commit", "-qm", "Begin")
    found = findings(ostrov)
    assert found["1 codebase"]["level"] == "ok"
    assert found["6 processes"]["level"] == "warning"  # var is not ignored
    (ostrov.folder / ".gitignore").write_text("__pycache__/\nvar/\n")
    assert findings(ostrov)["5 build, release, run"]["message"].startswith("1 file here differ")
    git(ostrov.folder, "commit", "-qam", "Ignore data")
    found = findings(ostrov)
    assert [found[name]["level"] for name in ("5 build, release, run", "6 processes")] == ["ok", "ok"]


def test_what_loses_acknowledged_writes_is_told(ostrov: Shell) -> None:
    ostrov("ships", "add", "aurora")
    found = findings(ostrov, "db.synchronous=OFF")
    assert [found[name]["level"] for name in ("integrity", "9 disposability")] == ["warning", "warning"]


def test_debug_at_a_public_address_is_told(ostrov: Shell) -> None:
    row = findings(ostrov, "debug=true", "web.url=https://harbour.example")["10 dev/prod parity"]
    assert row["level"] == "warning"
