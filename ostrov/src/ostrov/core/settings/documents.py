"""A settings file: its data, and the line of each value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ostrov.core.errors import SettingsError
from ostrov.core.settings.keys import Steps

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


class Document:
    """A TOML file that was read. `name` is how it is called to people: the path from the project's folder."""

    def __init__(self, name: str, text: str, data: dict[str, Any]) -> None:
        self.name = name
        self.text = text
        self.data = data

    def line(self, path: Sequence[str | int]) -> int:
        """The line where the value at `path` begins; the nearest table's when the value has none of its own."""
        steps = tuple(path)
        return next((self._lines[steps[:n]] for n in range(len(steps), 0, -1) if steps[:n] in self._lines), 1)

    @cached_property
    def _lines(self) -> dict[Steps, int]:
        from ostrov.core.settings.positions import toml_lines

        return toml_lines(self.text)


def read_document(file: Path, root: Path) -> Document | None:
    """The document in `file`; None when there is no such file.

    Raises SettingsError, with file and line, when it cannot be read: no permission, not UTF-8, not TOML.
    """
    name = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
    raw = read_bytes(file, name)
    return None if raw is None else parse_document(name, raw)


def read_bytes(file: Path, name: str) -> bytes | None:
    """What is in a file; None when it does not exist. Raises SettingsError."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SettingsError(
            f"{name} cannot be read",
            cause=problem.strerror or type(problem).__name__,
            tip="it must be a file that this user may read",
        ) from problem


def parse_document(name: str, raw: bytes) -> Document:
    """The document of this text. Raises SettingsError, with the line, when it is not TOML in UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise SettingsError(
            f"{name}:{line} is not UTF-8", cause=f"byte 0x{raw[problem.start]:02x}", tip="save the file as UTF-8"
        ) from problem
    try:
        return Document(name, text, tomllib.loads(text))
    except RecursionError as problem:
        raise SettingsError(f"{name} is nested too deep", tip="tables and lists may nest some hundred levels") from problem
    except ValueError as problem:  # TOMLDecodeError, or a number of thousands of digits
        raise _corrupt(name, text, str(problem)) from problem


def _corrupt(name: str, text: str, problem: str) -> SettingsError:
    match = _PLACE.fullmatch(problem)
    line = int(match[2]) if match and match[2] else text.count("\n") + 1
    what = match[1] if match else problem
    if what == "Invalid value":
        tip = f'mend line {line} of {name}; text stands in quotes: name = "value"'
    elif what.startswith("Cannot"):
        tip = f"mend line {line} of {name}: this key or table was already given above"
    else:
        tip = f"mend line {line} of {name}"
    column = f", column {match[3]}" if match and match[3] else ""
    return SettingsError(f"{name}:{line} is not TOML", cause=f"{what}{column}", tip=tip)
