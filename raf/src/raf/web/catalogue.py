"""The words of pages, collected for translators: `python -m raf.web.catalogue` brings every `.po` file up to the templates.

What is said is the first argument of `_`, `N_` and `say`, or the first two of `ngettext`, `plural` and `forms`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from raf.web.languages import FOLDER, LANGUAGES

ROOT = Path(__file__).parents[1]
SOURCES = (
    *sorted((ROOT / "web").rglob("*.py")),
    *(ROOT / "letters" / "wording.py", ROOT / "mastodon" / "wording.py"),
)
TEMPLATES = tuple(sorted((ROOT / "web" / "templates").glob("*.html")))
ONE: dict[str, None] = dict.fromkeys(("_", "N_", "say"))
MANY = dict.fromkeys(("ngettext", "plural", "forms"), (1, 2))

HEADER = r"""msgid ""
msgstr ""
"Project-Id-Version: raf\n"
"Language: {code}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals}\n"

"""

Said = str | tuple[str, str]


def said_in(path: Path) -> Iterator[Said]:
    """What one file says: a message, or a pair of its singular and plural."""
    with path.open("rb") as source:
        if path.suffix == ".html":
            found = [(name, message) for _, name, message, _ in babel_extract(source, [*ONE, *MANY], [], {})]
        else:
            found = [
                ("ngettext" if isinstance(m, tuple) else "_", m) for _, m, _, _ in extract("python", source, {**ONE, **MANY})
            ]
    for name, message in found:
        strings = [part for part in (message if isinstance(message, tuple) else (message,)) if isinstance(part, str)]
        if len(strings) >= 2 and name in MANY:
            yield strings[0], strings[1]
        elif strings:
            yield strings[0]


def collect() -> Catalog:
    """Every message of the pages, without translations."""
    catalogue = Catalog()
    for path in (*SOURCES, *TEMPLATES):
        for said in said_in(path):
            catalogue.add(said, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalogue


def update(path: Path, code: str) -> list[str]:
    """Bring a `.po` file up to date; the messages it does not translate yet."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=code)
    catalogue.update(collect(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with path.open("wb") as target:
        target.write(HEADER.format(code=code, plurals=catalogue.plural_forms).encode())
        write_po(target, catalogue, width=0, omit_header=True, include_lineno=False, sort_by_file=True)
    return [str(message.id) for message in catalogue if message.id and not complete(message.string)]


def complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a translation has all its forms."""
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    for code in LANGUAGES[1:]:
        missing = update(FOLDER / f"{code}.po", code)
        sys.stdout.write("".join(f"{code}: not translated: {message}\n" for message in missing))
