"""A letter as HTML, for mail programs: one table, styles in the elements, nothing loaded from anywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from raf.letters.letter import Letter

FOLDER = Path(__file__).with_name("templates")


def set_in_type(letter: Letter, *, language: str, title: str, url: str) -> str:
    """The HTML of a letter; every word in it is escaped."""
    return _environment().get_template("letter.html").render(letter=letter, lang=language, title=title, url=url)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
