"""`bin/ostrov` and `bin/test` set themselves up: in a copied checkout, too, and with a word for who cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]


def set_up(checkout: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    script = 'set -eu; top=$PWD; . bin/setup; set_up run; "$venv/bin/python" -c "import marked; print(marked.where)"'
    # without it, the environment these very tests run in would be told to run another checkout
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OSTROV_")}
    return subprocess.run(
        ["sh", "-c", script], cwd=checkout, env={**inherited, **environ}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One that is set up: an environment whose lock file names nothing to install."""
    folder = tmp_path / "checkout"
    for place in ("bin", "locks", "ostrov/src", "raf/src"):
        (folder / place).mkdir(parents=True)
    shutil.copy(TOP / "bin" / "setup", folder / "bin")
    (folder / "locks" / "run.txt").touch()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (folder / ".venv" / ".locked-run").touch()
    (folder / "raf" / "src" / "marked.py").write_text("where = 'here'\n")
    return folder


def test_a_copied_checkout_runs_its_own_code(checkout: Path) -> None:
    assert set_up(checkout).stdout == "here\n"
    copy = Path(shutil.copytree(checkout, checkout.with_name("copy"), symlinks=True))
    (copy / "raf" / "src" / "marked.py").write_text("where = 'in the copy'\n")
    assert set_up(copy).stdout == "in the copy\n"
    assert set_up(checkout).stdout == "here\n"


def test_a_folder_that_cannot_be_written_is_said(checkout: Path) -> None:
    answer = set_up(checkout, OSTROV_VENV="/proc/nowhere/venv")
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: /proc/nowhere cannot be written\ntip: ")
