"""The line of every value in a TOML text, which tomllib does not tell.

The text is known to be valid: tomllib has read it. So this only follows the grammar (TOML 1.0) and counts lines.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from ostrov.core.settings.keys import Steps

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|("(?:[^"\\]|\\.)*")|'([^']*)')[ \t]*""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:'{0,2})|"(?:[^"\\]|\\.)*"|'[^']*\'''',
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]+")


def toml_lines(text: str) -> dict[Steps, int]:
    """The first line of each key, by its path; elements of arrays by their index (`("routes", 0, "path")`)."""
    return _Reader(text).lines


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Steps, int] = {}
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._tables: dict[Steps, int] = {}  # how many [[tables]] there are at a path so far
        self._document()

    def _document(self) -> None:
        table: Steps = ()
        while self._skip():
            if self.text.startswith("[[", self.at):
                table = self._header(2)
            elif self.text[self.at] == "[":
                table = self._header(1)
            else:
                self._pair(table)

    def _header(self, brackets: int) -> Steps:
        start, self.at = self.at, self.at + brackets
        *parents, name = self._key()
        self.at += brackets
        path: Steps = ()
        for parent in parents:
            path = (*path, parent)
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        path = (*path, name)
        if brackets == 2:
            self._mark(path, start)
            self._tables[path] = self._tables.get(path, 0) + 1
            path = (*path, self._tables[path] - 1)
        self._mark(path, start)
        return path

    def _pair(self, table: Steps) -> None:
        start, key = self.at, self._key()
        for length in range(1, len(key) + 1):
            self._mark((*table, *key[:length]), start)
        self.at += 1  # the equals sign
        self._value((*table, *key))

    def _value(self, path: Steps) -> None:
        self._skip()
        first = self.text[self.at]
        if first == "[":
            self._items(path, "]")
        elif first == "{":
            self._items(path, "}")
        else:
            match = (_STRING if first in "\"'" else _BARE).match(self.text, self.at)
            self.at = match.end() if match else len(self.text)

    def _items(self, path: Steps, end: str) -> None:
        self.at += 1
        index = 0
        while self._skip() and self.text[self.at] != end:
            if self.text[self.at] == ",":
                self.at += 1
            elif end == "}":
                self._pair(path)
            else:
                self._mark((*path, index), self.at)
                self._value((*path, index))
                index += 1
        self.at += 1

    def _key(self) -> tuple[str, ...]:
        names: list[str] = []
        while match := _KEY.match(self.text, self.at):
            self.at = match.end()
            bare, basic, literal = match.groups()
            names.append(bare or (tomllib.loads(f"k={basic}")["k"] if basic else literal))
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return tuple(names)

    def _skip(self) -> bool:
        """Past white space and comments; whether anything is left."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def _mark(self, path: Steps, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._ends, at - 1) + 1)
