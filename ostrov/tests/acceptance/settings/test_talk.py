"""The talk's slides on Hydra and Dynaconf. Only the names they import are ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component
from ostrov.core.project import Project
from ostrov.core.settings import load_settings

HYDRA = """\
from ostrov.core.settings import script as hydra
from ostrov.core.settings import script as OmegaConf
from ostrov import SettingsView as DictConfig

@hydra.main(version_base=None, config_path="conf", config_name="config")
def my_app(cfg : DictConfig) -> None:
    print(OmegaConf.to_yaml(cfg))

if __name__ == "__main__":
    my_app()
"""

DYNACONF_CONFIG = """\
from ostrov import FreeSettings as Dynaconf

settings = Dynaconf(
    settings_files=[
        'settings.toml',
        '.secrets.toml'
    ],
)
"""
DYNACONF_EXPORTS = """\
export DYNACONF_NUMBER=789
export DYNACONF_FOO=false
export DYNACONF_DATA_CAN_BE_NESTED=value
export DYNACONF_DATA__CAN__BE__NESTED=value
export DYNACONF_FORMATTED_KEY="@format {this.FOO}/BAR"
export DYNACONF_TEMPLATED_KEY="@jinja {{ env['HOME'] | abspath }}"
"""
DYNACONF_CODE = """\
from config import settings

assert settings.key == "value"
assert settings.number == 789
assert settings.a_dict.nested.other_level == "nested value"
assert settings['a_boolean'] is False
assert settings.get("DONTEXIST", default=1) == 1
"""
DYNACONF_MORE = """
import os

assert settings.FOO is False
assert settings.data.can.be.nested == "value"
assert settings.data_can_be_nested == "value"
assert settings.formatted_key == "False/BAR"
assert settings.templated_key == os.path.abspath(os.environ['HOME'])
assert settings.defaults.x
assert settings.password == "123456"
assert settings.tree.origin("key") == "settings.toml:2"
assert settings.tree.origin("number") == "env DYNACONF_NUMBER"
assert "123456" not in str(settings.tree.shown(history=True))
"""
SETTINGS = (
    'defaults.x = "a table like others"\nkey = "value"\nnumber = 1\na_boolean = false\n'
    '[a_dict.nested]\nother_level = "nested value"\n'
)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/bin:/bin", "HOME": "/home/ann/../ann", "PYTHONPATH": ":".join(path for path in sys.path if path)}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    for name, text in {
        "my_app.py": HYDRA,
        "conf/config.toml": '[defaults]\ndb = "mysql"\n',
        "conf/db/mysql.toml": 'driver = "mysql"\nuser = "omry"\npass = "secret"\n',
        "conf/db/postgresql.toml": 'driver = "postgresql"\nuser = "postgres_user"\npass = "drowssap"\ntimeout = 10\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


class TestHydra:
    def my_app(self, app: Path, *words: str) -> str:
        result = run(app, sys.executable, "my_app.py", *words)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def test_the_slide(self, app: Path) -> None:
        assert self.my_app(app, "db.user=root", "db.pass=1234") == "db:\n  driver: mysql\n  user: root\n  pass: 1234"

    def test_another_option_of_the_group(self, app: Path) -> None:
        assert self.my_app(app, "db=postgresql", "db.timeout=20") == (
            "db:\n  driver: postgresql\n  user: postgres_user\n  pass: drowssap\n  timeout: 20"
        )

    def test_a_value_is_added_and_taken_away(self, app: Path) -> None:
        assert (
            self.my_app(app, "+db.port=1", "~db.pass", "+a=${db.user}")
            == "db:\n  driver: mysql\n  user: omry\n  port: 1\na: omry"
        )

    def test_multirun(self, app: Path) -> None:
        out = self.my_app(app, "--multirun", "db=mysql,postgresql", "db.user=choice(a,b)")
        assert [line.strip() for line in out.splitlines() if "user" in line or "driver" in line] == [
            "driver: mysql", "user: a", "driver: mysql", "user: b",
            "driver: postgresql", "user: a", "driver: postgresql", "user: b",
        ]  # fmt: skip

    def test_a_wrong_name_ends_it_with_a_word_and_no_traceback(self, app: Path) -> None:
        result = run(app, sys.executable, "my_app.py", "db.usr=root")
        assert result.returncode == 2
        assert result.stderr == (
            "unknown setting db.usr\ncause: argument db.usr\ntip: did you mean db.user? to add it: +db.usr=…\n"
        )


def test_the_slides_of_dynaconf(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS)
    (tmp_path / ".secrets.toml").write_text('password = "123456"\n')
    (tmp_path / "config.py").write_text(DYNACONF_CONFIG)
    (tmp_path / "code_slide.py").write_text(DYNACONF_CODE + DYNACONF_MORE)
    (tmp_path / "run.sh").write_text(f"{DYNACONF_EXPORTS}exec {sys.executable} code_slide.py\n")
    result = run(tmp_path, "sh", "run.sh")
    assert result.returncode == 0, result.stderr


def test_a_project_of_ostrov_reads_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "ostrov.toml").write_text(
        '[extra]\nkey = "value"\na_boolean = false\na_dict.nested.other_level = "nested value"\n'
    )
    environ: dict[str, Any] = {
        "HOME": "/home/ann/../ann",
        "OSTROV_EXTRA__NUMBER": "789",
        "OSTROV_EXTRA__FOO": "false",
        "OSTROV_EXTRA__FORMATTED_KEY": "@format {this.EXTRA.FOO}/BAR",
        "OSTROV_EXTRA__TEMPLATED_KEY": "@jinja {{ env['HOME'] | abspath }}",
    }
    loaded = load_settings(Project(tmp_path, "x", ()), [], environ, components=(Component(name="x"),))
    settings = loaded.tree.view.extra
    assert settings.key == "value"
    assert settings.number == 789
    assert settings.a_dict.nested.other_level == "nested value"
    assert settings["a_boolean"] is False
    assert settings.get("DONTEXIST", default=1) == 1
    assert settings.formatted_key == "False/BAR"
    assert settings.templated_key == "/home/ann"
