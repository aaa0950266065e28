"""References to other settings inside text: `${db.user}`, `${.sibling}`, `${oc.env:HOME}`, and the paths of `@format`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ostrov.core.settings.keys import Path, Steps

_PLAIN = re.compile(r"(?:\\\$\{|\$(?!\{)|\\(?!\$\{)|[^$\\])+", re.DOTALL)
_ITEM = re.compile(r"""\.?(?:\[(?:(\d+)|"([^"]*)"|'([^']*)'|([^\[\]"']+))\]|([^.\[\]"'\s]+))""")
DEPTH = 50  # of ${} inside ${}


def interpolated(text: str, read: Callable[[str], Any]) -> Any:
    """The text with each `${reference}` replaced by what `read` says; a reference that stands alone keeps its type.

    References nest (`${hosts.${region}}`); `\\${` is a plain `${`. One that is not closed is plain text.
    """
    parts, _ = _parts(text, 0, 0, read)
    return parts[0] if len(parts) == 1 else "".join(map(str, parts))


def _parts(text: str, at: int, depth: int, read: Callable[[str], Any]) -> tuple[list[Any], int]:
    """The parts up to the end of the text, or to the brace that closes this depth."""
    parts: list[Any] = []
    while at < len(text):
        if depth and text[at] == "}":
            break
        if text.startswith("${", at):
            if depth >= DEPTH:
                return parts, len(text)
            inner, end = _parts(text, at + 2, depth + 1, read)
            if end >= len(text):
                parts.append(text[at:])
                return parts, len(text)
            parts.append(read("".join(map(str, inner))))
            at = end + 1
            continue
        match = _PLAIN.match(text, at)
        plain = match[0] if match else text[at]
        if depth and "}" in plain:
            plain = plain[: plain.index("}")]
        parts.append(plain.replace("\\${", "${"))
        at += len(plain)
    return parts, at


def steps_of(reference: str) -> Steps:
    """The steps of `db.hosts[0].name`; an empty tuple when it is no reference."""
    steps: list[str | int] = []
    at = 0
    while match := _ITEM.match(reference, at):
        index, *names = match.groups()
        steps.append(int(index) if index is not None else next(name for name in names if name is not None))
        at = match.end()
    return tuple(steps) if at == len(reference) and not reference.startswith(".") else ()


def absolute(reference: str, path: Path) -> str:
    """`.user` is a sibling of the setting at `path`, `..user` is one section further out (as OmegaConf has it)."""
    name = reference.lstrip(".")
    dots = len(reference) - len(name)
    return reference if not dots else ".".join([*path[: max(len(path) - dots, 0)], name])
