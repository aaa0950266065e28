"""The grammar of a value written on a command line or in an environment variable: Hydra's, typed by the declared field.

`null`, `true`, numbers, `'quoted text'`, `[a, b]`, `{a: 1, b: {c: 2}}`; anything else is text. A field declared as text takes
everything as text, so a password `123456` stays what it is. No text is refused here: what does not fit the declared type is
told when the whole tree is converted, where the origin is known.
"""

from __future__ import annotations

import re
from typing import Any

from ostrov.core.settings.declared import ANYTHING, Declared

DEPTH = 50  # of lists and mappings inside each other; what is deeper is taken as text

_INTEGER = re.compile(r"[+-]?\d+(?:_\d+)*")
_OTHER_BASE = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+")
_FLOAT = re.compile(r"[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?(?:inf|nan)", re.IGNORECASE)
_QUOTED = re.compile(r"""'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)\"""", re.DOTALL)
_PLAIN = re.compile(r"\$\{[^}]*\}|\\.|[^\\,\[\]{}]", re.DOTALL)
_KEY = re.compile(r"""\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|([^\s,:=\[\]{}'"]+))\s*[:=]""", re.DOTALL)
_WORDS: dict[str, Any] = {"null": None, "true": True, "false": False}
_SWITCH = {"yes": True, "on": True, "no": False, "off": False}


def read_value(text: str, place: Declared = ANYTHING) -> Any:
    """The value that `text` stands for at a place of the tree."""
    quoted = unquoted(text)
    if quoted is not None and (place.scalars or place.literals or place.free):
        return quoted
    if place.only_text or deferred(text):
        return text
    stripped = text.strip()
    if stripped in place.literals:
        return stripped
    value = _Reader(stripped, place).whole()
    if isinstance(value, str):
        if place.scalars == {bool} and value.lower() in _SWITCH:
            return _SWITCH[value.lower()]
        return value if place.free or str not in place.scalars else text
    if str in place.scalars and not place.free and not _fits(value, place):
        return text
    return value


def deferred(text: str) -> bool:
    """Whether the text is worked out once all layers are known (`@format …`, `${a.b}`)."""
    return text.startswith("@") or ("${" in text and text.lstrip()[:1] not in ("[", "{"))


def unquoted(text: str) -> str | None:
    """What stands between the quotes; None when the text is not one quoted string."""
    match = _QUOTED.fullmatch(text.strip())
    return None if match is None else _unescaped(match)


def scalar(text: str) -> Any:
    """A word without quotes or brackets: null, true, false, a number, or the text itself."""
    if (word := text.lower()) in _WORDS:
        return _WORDS[word]
    try:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _OTHER_BASE.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
    except ValueError:  # thousands of digits
        pass
    return text


def split_top(text: str) -> list[str]:
    """The pieces between the commas that stand in no quotes and no brackets."""
    pieces: list[str] = []
    start = at = depth = 0
    while at < len(text):
        character = text[at]
        if character in "'\"" and not text[start:at].strip() and (match := _QUOTED.match(text, at)):
            at = match.end()
            continue
        if character == "\\":
            at += 1
        elif character in "[{(":
            depth += 1
        elif character in "]})":
            depth -= 1
        elif character == "," and depth <= 0:
            pieces.append(text[start:at].strip())
            start = at + 1
        at += 1
    return [*pieces, text[start:].strip()]


def _fits(value: Any, place: Declared) -> bool:
    if value is None:
        return place.nullable
    if isinstance(value, list):
        return place.element is not None
    if isinstance(value, dict):
        return place.values is not None or place.struct is not None
    return value in place.literals or type(value) in place.scalars or (isinstance(value, int) and float in place.scalars)


def _unescaped(match: re.Match[str]) -> str:
    inner = next(group for group in match.groups() if group is not None)
    return re.sub(r"\\([\\'\"])", r"\1", inner)


class _Broken(Exception):
    """Brackets that do not match: the whole is text."""


class _Reader:
    """Reads one value by recursive descent."""

    def __init__(self, text: str, place: Declared) -> None:
        self.text = text
        self.place = place
        self.at = 0

    def whole(self) -> Any:
        if self.text[:1] not in ("[", "{"):
            return scalar(self.text)
        try:
            value = self._value(self.place, 0)
            self._space()
            if self.at < len(self.text):
                return self.text
        except (_Broken, IndexError):
            return self.text
        return value

    def _value(self, place: Declared, depth: int) -> Any:
        if depth > DEPTH:
            raise _Broken
        self._space()
        if self.text[self.at] == "[":
            return self._list(place, depth)
        if self.text[self.at] == "{":
            return self._mapping(place, depth)
        if match := _QUOTED.match(self.text, self.at):
            self.at = match.end()
            return _unescaped(match)
        start = self.at
        while match := _PLAIN.match(self.text, self.at):
            self.at = match.end()
        plain = self.text[start : self.at].strip()
        if not plain:
            raise _Broken
        if "\\" in plain:
            return re.sub(r"\\([\\,:=\[\]{}()'\"\s])", r"\1", plain)
        return read_value(plain, place)

    def _list(self, place: Declared, depth: int) -> list[Any]:
        self.at += 1
        items: list[Any] = []
        while not self._ends("]"):
            items.append(self._value(place.child(len(items)) or ANYTHING, depth + 1))
            self._comma("]")
        return items

    def _mapping(self, place: Declared, depth: int) -> dict[str, Any]:
        self.at += 1
        items: dict[str, Any] = {}
        while not self._ends("}"):
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise _Broken
            self.at = match.end()
            name = _unescaped(match)
            items[name] = self._value(place.child(name) or ANYTHING, depth + 1)
            self._comma("}")
        return items

    def _ends(self, bracket: str) -> bool:
        self._space()
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True

    def _comma(self, end: str) -> None:
        self._space()
        if self.text[self.at] == ",":
            self.at += 1
        elif self.text[self.at] != end:
            raise _Broken

    def _space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
