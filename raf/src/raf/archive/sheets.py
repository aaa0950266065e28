"""Mastodon's CSV files as text (app/models/export.rb, app/models/form/import.rb, 4.4): written, recognised, read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from raf.errors import Invalid

Row = tuple[str, ...]
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of a file that is read."""
MOST: Final = 100_000
"""Rows of a file that is read."""
TRUE: Final = ("true", "t", "1", "yes", "on")


class Sheet(NamedTuple):
    """A kind of file. `header` is empty for files that have none; `columns` is how many values of a row are needed."""

    kind: str
    file: str
    header: Row
    columns: int = 1


SHEETS: Final = {
    sheet.kind: sheet
    for sheet in (
        Sheet("following", "following_accounts.csv", ("Account address", "Show boosts", "Notify on new posts", "Languages")),
        Sheet("blocking", "blocked_accounts.csv", ()),
        Sheet("muting", "muted_accounts.csv", ("Account address", "Hide notifications")),
        Sheet("domain_blocking", "blocked_domains.csv", ()),
        Sheet("bookmarks", "bookmarks.csv", ()),
        Sheet("lists", "lists.csv", (), 2),
    )
}
KNOWN_HEADERS: Final = ("Account address", "#domain", "#uri", "#list", "List name", "Account", "Domain", "URI")


def written(kind: str, rows: Iterable[Sequence[str]]) -> str:
    """A file of a kind."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    if SHEETS[kind].header:
        lines.writerow(SHEETS[kind].header)
    lines.writerows(rows)
    return out.getvalue()


def read(kind: str, data: bytes) -> list[Row]:
    """The rows of a file, each with the columns of its kind in their order, missing ones empty; a row twice is one.

    Raises Invalid: no text, too long, nothing in it.
    """
    sheet = SHEETS[kind]
    if len(data) > LARGEST:
        raise Invalid({"file": [("ERR_TOO_LONG", "is too large")]})
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as problem:
        raise Invalid({"file": [("ERR_UNREADABLE", "is not a CSV file in UTF-8")]}) from problem
    lines = [[value.strip() for value in line] for line in lines if any(value.strip() for value in line)]
    order = None
    if lines and lines[0][0] in KNOWN_HEADERS:
        names = [name.lower() for name in lines.pop(0)]
        order = [names.index(name.lower()) if name.lower() in names else -1 for name in sheet.header] if sheet.header else None
    width = max(len(sheet.header), sheet.columns)
    rows: dict[Row, None] = {}
    for line in lines:
        places = order or list(range(width))
        row = tuple(line[place] if 0 <= place < len(line) else "" for place in places)
        if all(row[: sheet.columns]) and "\0" not in "".join(row):
            rows[row] = None
    if len(rows) > MOST:
        raise Invalid({"file": [("ERR_TOO_LONG", f"has too many rows (maximum is {MOST})")]})
    if not rows:
        raise Invalid({"file": [("ERR_EMPTY", "has nothing in it that could be imported")]})
    return list(rows)


def said_true(value: str, otherwise: bool) -> bool:
    """A value of a column that is true or false."""
    return value.lower() in TRUE if value else otherwise


def recognised(name: str) -> str | None:
    """The kind of a file by its name: of Mastodon's, whose downloads have these names."""
    return next((sheet.kind for sheet in SHEETS.values() if sheet.file == name.lower().rpartition("/")[2]), None)
