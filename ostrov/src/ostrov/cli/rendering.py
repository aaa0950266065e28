"""Results for people: text, `name: value` lines, tables fitted to the terminal; and for programs: JSON."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
import msgspec

from ostrov.cli.plain import padded, plain, width
from ostrov.core.operations.shown import line

GAP = "  "
NARROWEST = 8


def print_json(value: Any) -> None:
    """One JSON document."""
    text = msgspec.json.encode(value, enc_hook=_json)
    click.echo(msgspec.json.format(text, indent=2).decode())


def print_result(value: Any, *, as_json: bool = False) -> None:
    """What an operation returned."""
    if as_json:
        print_json(value)
    elif value is None:
        click.echo("done", err=True)
    else:
        if isinstance(value, list | tuple) and not value:
            click.echo("none", err=True)
        for text in lines_of(value):
            click.echo(text)


def lines_of(value: Any) -> list[str]:
    """A value as lines."""
    if isinstance(value, str):
        return plain(value, lines=True).splitlines()
    if isinstance(value, Mapping):
        return _pairs(value)
    if fields := _fields(value):
        return _pairs(fields)
    if isinstance(value, list | tuple | set | frozenset):
        rows = [_fields(row) or (row if isinstance(row, Mapping) else None) for row in value]
        if rows and all(row is not None for row in rows):
            return table([row for row in rows if row is not None])
        return [cell(row) for row in value]
    return [cell(value)]


def table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] = ()) -> list[str]:
    """Rows under a head, aligned; on a terminal the widest columns give way, elsewhere nothing is cut."""
    names = list(columns) or list(dict.fromkeys(name for row in rows for name in row))
    heads = [name.replace("_", " ").upper() for name in names]
    cells = [[cell(row.get(name)) for name in names] for row in rows]
    right = [bool(rows) and all(_is_number(row.get(name)) for row in rows) for name in names]
    widths = [max(width(text) for text in column) for column in zip(heads, *cells, strict=True)]
    if sys.stdout.isatty():
        widths = fitted(widths, shutil.get_terminal_size().columns)
    out = []
    for texts in [heads, *cells]:
        shown = zip(texts, widths, right, strict=True)
        out.append(GAP.join(padded(text, columns, right=is_right) for text, columns, is_right in shown).rstrip())
    if sys.stdout.isatty() and out:
        out[0] = click.style(out[0], bold=True)
    return out


def fitted(widths: Sequence[int], columns: int) -> list[int]:
    """Widths that fit the terminal, by making the widest narrower; none below what can be read."""
    widths = list(widths)
    over = sum(widths) + len(GAP) * (len(widths) - 1) - columns
    while over > 0 and max(widths) > NARROWEST:
        widest = widths.index(max(widths))
        second = max((w for index, w in enumerate(widths) if index != widest), default=0)
        step = min(over, max(1, widths[widest] - max(second, NARROWEST)))
        widths[widest] -= step
        over -= step
    return widths


def cell(value: Any) -> str:
    """A value in one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, timedelta):
        return duration(value.total_seconds())
    return plain(line(_fields(value) or value))


def duration(seconds: float) -> str:
    """`2 d 3 h`, `5 min 7 s`, `0.25 s`."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = int(seconds)
    for size, unit, below, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // below} {smaller}"
    return f"{whole} s"


def _pairs(value: Mapping[str, Any]) -> list[str]:
    """`name  value` lines; a list of rows follows as a table of its own."""
    names = {name: plain(str(name)) for name in value}
    columns = max((width(text) for text in names.values()), default=0)
    out: list[str] = []
    for name, member in value.items():
        nested = lines_of(member) if _is_rows(member) or (isinstance(member, str) and "\n" in member.strip()) else []
        if nested:
            out += [f"{names[name]}:", *(f"  {text}" for text in nested)]
        else:
            out.append(f"{padded(names[name], columns)}{GAP}{cell(member)}".rstrip())
    return out


def _is_rows(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) or _fields(row) for row in value)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _fields(value: Any) -> dict[str, Any]:
    """The fields of a struct or dataclass."""
    names = getattr(value, "__struct_fields__", None) or getattr(value, "__dataclass_fields__", None)
    return {} if names is None or isinstance(value, type) else {name: getattr(value, name) for name in names}


def _json(value: Any) -> Any:
    return str(value)
