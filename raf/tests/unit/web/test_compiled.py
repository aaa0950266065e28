"""Compiled templates are read again by the next process, and never when they mean something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from raf.web import compiled
from raf.web.compiled import Compiled

SOURCE = {"pages/greeting.html": "Hello {{ name }}"}


class Counting(Environment):
    """Counts what it compiles."""

    compiled = 0

    def _generate(self, *arguments: object, **options: object) -> str:
        self.compiled += 1
        return str(super()._generate(*arguments, **options))  # type: ignore[arg-type]


def process(
    folder: Path | None, meant: str = "words", source: dict[str, str] = SOURCE, language: str = "en", *, new: bool = True
) -> Counting:
    """The environment of a process that has just started, or of another house of the same one."""
    if new:
        compiled._held.clear()
    return Counting(loader=DictLoader(source), bytecode_cache=Compiled(language, meant, folder))


def greet(environment: Environment) -> str:
    return environment.get_template("pages/greeting.html").render(name="Ann")


def test_the_next_process_compiles_nothing(tmp_path: Path) -> None:
    first = process(tmp_path / "kept")
    assert greet(first) == "Hello Ann"
    assert first.compiled == 1
    second = process(tmp_path / "kept")
    assert greet(second) == "Hello Ann"
    assert second.compiled == 0


def test_another_house_of_a_process_compiles_nothing_without_a_folder() -> None:
    assert greet(process(None)) == "Hello Ann"
    other = process(None, new=False)
    assert greet(other) == "Hello Ann"
    assert other.compiled == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"meant": "other words"},
        {"source": {"pages/greeting.html": "Good day {{ name }}"}},
        {"language": "ru"},
    ],
)
def test_what_means_something_else_is_compiled(tmp_path: Path, changed: dict[str, str]) -> None:
    greet(process(tmp_path))
    other = process(tmp_path, **changed)  # type: ignore[arg-type]
    assert greet(other) == ("Good day Ann" if "source" in changed else "Hello Ann")
    assert other.compiled == 1


@pytest.mark.parametrize("content", [b"", b"j2", b"\x80\x02garbage", "half"])
def test_a_file_that_was_cut_off_is_made_again(tmp_path: Path, content: bytes | str) -> None:
    greet(process(tmp_path))
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    again = process(tmp_path)
    assert greet(again) == "Hello Ann"
    assert again.compiled == 1
    assert kept.read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert greet(process(tmp_path / "file" / "kept")) == "Hello Ann"


def test_nobody_else_may_write_where_it_is_kept(tmp_path: Path) -> None:
    greet(process(tmp_path / "kept"))
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
