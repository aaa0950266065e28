"""Keys as people write them: `db.user`, `extra."a.b"`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

Path: TypeAlias = tuple[str, ...]
Steps: TypeAlias = tuple[str | int, ...]
"""A path that may lead into lists."""

_PLAIN = re.compile(r"[\w\-]+")
_NAME = re.compile(r"""([\w\-]+)|"([^"]*)"|'([^']*)'""")


def is_utf8(text: str) -> bool:
    """Whether a text of the operating system was UTF-8: bytes that were not stand in it as lone surrogates."""
    return text.isprintable() or not any("\ud800" <= character <= "\udfff" for character in text)


def dotted(path: Iterable[str]) -> str:
    """A path as one key; a name with anything but letters, digits, `_` and `-` is quoted."""
    return ".".join(name if _PLAIN.fullmatch(name) else f'"{name}"' for name in path)


def undotted(key: str) -> Path:
    """The path a key means; an empty one when it is no key."""
    names: list[str] = []
    at = 0
    while match := _NAME.match(key, at):
        names.append(next(group for group in match.groups() if group is not None))
        at = match.end()
        if at == len(key):
            return tuple(names)
        if key[at] != ".":
            break
        at += 1
    return ()
