"""What a project names is found, or it is said why not and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov.core.errors import ProjectError
from ostrov.core.project import open_project
from ostrov.core.reference import load
from ostrov.testing import make_project


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("def broken(:", "invalid syntax ({file}:1)"),
        ("\nimport there_is_no_such", "No module named 'there_is_no_such' ({file}:2)"),
        ("from json import there_is_no_such", "({file}:1)"),
        ("\n\n1 / 0", "ZeroDivisionError: division by zero ({file}:3)"),
        ("other = 1", "has no attribute 'wanted'"),
    ],
)
def test_a_module_that_fails_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, cause: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = f"faulty_{abs(hash(text))}"
    file = tmp_path / f"{name}.py"
    file.write_text(text)
    with pytest.raises(ProjectError, match=f"cannot load {name}:wanted") as caught:
        load(f"{name}:wanted")
    assert cause.format(file=file) in caught.value.cause


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ProjectError) as caught:
        load("there_is_no_such:wanted")
    assert caught.value.cause == "No module named 'there_is_no_such'"


def test_a_component_that_is_there_and_broken_is_not_called_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "cracked_cup").mkdir()
    (tmp_path / "cracked_cup" / "component.py").write_text("import there_is_no_such")
    root = make_project(tmp_path / "project", ["cracked_cup"])
    with pytest.raises(ProjectError, match=r"cannot load cracked_cup\.component:component"):
        open_project(root).components()
    with pytest.raises(ProjectError, match="there is no component 'no_cup'"):
        open_project(make_project(tmp_path / "other", ["no_cup"])).components()
