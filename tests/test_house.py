"""The house keeps its own rules: lint, format, types, floors, locks and public faces."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent


def tool(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", *words], cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ruff_finds_nothing() -> None:
    tool("ruff", "check", ".")
    tool("ruff", "format", "--check", ".")


@pytest.mark.long
def test_the_types_hold_in_strict_mode() -> None:
    tool("mypy")


@pytest.mark.long
def test_imports_go_down_the_floors_only() -> None:
    found = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=TOP, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("lock", ["run", "test"])
def test_a_lock_file_pins_and_hashes_everything_and_names_no_host(lock: str) -> None:
    text = (TOP / "locks" / f"{lock}.txt").read_text()
    assert "://" not in text
    requirements = [block for block in re.split(r"\n(?=\S)", text) if "==" in block]
    assert len(requirements) > 20
    assert all("--hash=sha256:" in block for block in requirements)


def test_every_name_of_the_public_face_can_be_imported() -> None:
    import ostrov

    for name in ostrov.__all__:
        assert getattr(ostrov, name) is not None


def test_importing_the_public_face_loads_nothing_heavy() -> None:
    heavy = "{'litestar', 'sqlalchemy', 'psycopg', 'jinja2', 'uvicorn', 'eventsourcing', 'PIL'}"
    tool_output = subprocess.run(
        [sys.executable, "-c", f"import sys, ostrov.cli; print(sorted(set(sys.modules) & {heavy}))"],
        cwd=TOP,
        capture_output=True,
        text=True,
    )
    assert tool_output.stdout.strip() == "[]", tool_output.stdout + tool_output.stderr
