"""Promises that hold for any input."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostrov.core.errors import SettingsError
from ostrov.core.project import Project
from ostrov.core.settings import load_settings

HEIGHTS = 7
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
plain = words.filter(lambda text: "${" not in text and text[:1] not in ("@", "'", '"') and text.strip() == text)
noise = st.text(alphabet="@${}[]()'\"\\=,.: abformthis_env\n0", max_size=40) | st.text(max_size=20)


@pytest.fixture(scope="module")
def folder() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "conf/extra").mkdir(parents=True)
        yield Path(folder)


def lay(folder: Path, height: int, value: str) -> tuple[list[str], dict[str, str]]:
    """Say a value at one height; the arguments and variables it needs."""
    files = ["conf/extra/g.toml", "ostrov.toml", "ostrov.local.toml", ".secrets.toml"]
    if height < len(files):
        table = "" if height == 0 else "[extra]\n"
        (folder / files[height]).write_text(f"{table}word = {_toml(value)}\n", "utf-8")
        return (["extra=g"] if height == 0 else []), {}
    if height == 4:
        return [], {"OSTROV_EXTRA__WORD": f"@raw {value}"}
    if height == 5:
        return [], {"OSTROV_OVERRIDES": json.dumps([f"++extra.word=@raw {value}"])}
    return [f"++extra.word=@raw {value}"], {}


def _toml(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@settings(max_examples=60)
@given(st.dictionaries(st.integers(0, HEIGHTS - 1), plain.filter(bool), min_size=1))
def test_a_value_set_at_a_higher_layer_always_wins(folder: Path, said: dict[int, str]) -> None:
    for file in (*folder.glob("*.toml"), *folder.glob("conf/extra/*")):
        file.unlink()
    arguments: list[str] = []
    environ: dict[str, str] = {}
    for height, value in said.items():
        more, variables = lay(folder, height, value)
        arguments += more
        environ |= variables
    loaded = load_settings(Project(folder, "x", ()), arguments, environ, components=())
    assert loaded.settings.extra["word"] == said[max(said)]
    assert len(loaded.tree.leaf("extra.word").said) == len(said)


@given(st.lists(noise, max_size=4))
def test_no_argument_crashes_the_loader(tmp_path_factory: Any, texts: list[str]) -> None:
    for text in texts:
        refused_or_loaded(tmp_path_factory.getbasetemp(), [text], {})
        refused_or_loaded(tmp_path_factory.getbasetemp(), [f"++extra.a={text}", "+extra.b=${extra.a}"], {})
        refused_or_loaded(tmp_path_factory.getbasetemp(), [f"++extra.a=@format {text}"], {})


@given(noise.filter(lambda text: "\0" not in text), noise)
def test_no_variable_crashes_the_loader(tmp_path_factory: Any, name: str, text: str) -> None:
    refused_or_loaded(
        tmp_path_factory.getbasetemp(), [], {f"OSTROV_{name}": text, "OSTROV_EXTRA__A": text, "OSTROV_DB__POOL": text}
    )
    refused_or_loaded(tmp_path_factory.getbasetemp(), [], {"OSTROV_OVERRIDES": text})


@given(st.binary(max_size=60) | noise.map(lambda text: f"[extra]\na = {text}\n".encode("utf-8", "replace")))
def test_no_file_crashes_the_loader(folder: Path, raw: bytes) -> None:
    file = folder / "ostrov.local.toml"
    file.write_bytes(raw)
    try:
        refused_or_loaded(folder, [], {})
    finally:
        file.unlink()


def refused_or_loaded(folder: Path, arguments: list[str], environ: dict[str, str]) -> None:
    try:
        loaded = load_settings(Project(folder, "x", ()), arguments, environ, components=())
    except SettingsError as problem:
        assert problem.error  # noqa: PT017
        str(problem).encode()
    else:
        loaded.tree.shown(history=True)
