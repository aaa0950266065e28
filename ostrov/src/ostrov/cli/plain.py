"""Text that is safe to print: what others wrote must not steer the terminal."""

from __future__ import annotations

import re
import unicodedata

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(text: str, *, lines: bool = False) -> str:
    """The text without control characters; line ends stay with `lines`, else they are spaces."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    text = CONTROL.sub("�", text)
    text = text.encode("utf-8", "replace").decode()
    return text if lines else text.replace("\n", " ")


def width(text: str) -> int:
    """Columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, columns: int) -> str:
    """The text in so many columns, its end replaced by `…` when there is more."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept) + width(character) > columns - 1:
            break
        kept += character
    return kept + "…"


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """The text in exactly so many columns."""
    text = cut(text, columns)
    fill = " " * (columns - width(text))
    return fill + text if right else text + fill
