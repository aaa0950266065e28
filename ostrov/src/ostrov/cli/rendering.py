"""Results for people: text, `name: value` lines, tables fitted to the terminal; and for programs: JSON."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
import msgspec

from ostrov.cli.plain import cut, padded, plain, width
from ostrov.core.operations.shown import line

GAP = "  "
SEPARATOR = " · "
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
    """Rows under a head, aligned. Elsewhere than on a terminal nothing is cut.

    On a terminal that is too narrow for it times are short, columns without a value are left out and the widest give way;
    when that would leave nothing to read, each row is a few lines of its own.
    """
    names = list(columns) or list(dict.fromkeys(name for row in rows for name in row))
    if not sys.stdout.isatty():
        return _aligned(rows, names, None)
    room = shutil.get_terminal_size().columns
    if max(map(width, _aligned(rows, names, None)), default=0) > room:
        rows = [{name: _short(row.get(name)) for name in names} for row in rows]
        names = [name for name in names if any(cell(row.get(name)) for row in rows)] or names
        widths = fitted(_widths(rows, names), room)
        if sum(widths) + len(GAP) * (len(widths) - 1) > room:
            return [text for row in rows for text in record({name: cell(row.get(name)) for name in names}, room)]
        out = _aligned(rows, names, widths)
    else:
        out = _aligned(rows, names, None)
    return [click.style(out[0], bold=True), *out[1:]]


def fitted(widths: Sequence[int], columns: int) -> list[int]:
    """Widths that fit the terminal, by making the widest narrower; none below what can be read.

    The first column is what a row is called by in the next command: it is never cut.
    """
    first, rest = widths[0], list(widths[1:])
    over = sum(widths) + len(GAP) * (len(widths) - 1) - columns
    while over > 0 and max(rest, default=0) > NARROWEST:
        widest = rest.index(max(rest))
        second = max((w for index, w in enumerate(rest) if index != widest), default=0)
        step = min(over, max(1, rest[widest] - max(second, NARROWEST)))
        rest[widest] -= step
        over -= step
    return [first, *rest]


def record(cells: Mapping[str, str], columns: int) -> list[str]:
    """A row as lines: what it is called by and what comes next as far as they fit, then the others with their names."""
    (_, called), *others = cells.items()
    while others and not _says_little(others[0][1]) and width(called) + len(GAP) + width(others[0][1]) <= columns:
        called += GAP + others.pop(0)[1]
    lines = [called.rstrip()]
    for name, text in others:
        if not text:
            continue
        part = cut(f"{name.replace('_', ' ')} {text}", columns - len(GAP))
        if len(lines) > 1 and width(lines[-1]) + len(SEPARATOR) + width(part) <= columns:
            lines[-1] += SEPARATOR + part
        else:
            lines.append(GAP + part)
    return lines


def _says_little(text: str) -> bool:
    """A number, or nothing: without its name nobody knows what it is."""
    return not text.strip("0123456789.,-")


def _aligned(rows: Sequence[Mapping[str, Any]], names: Sequence[str], widths: Sequence[int] | None) -> list[str]:
    heads = [_head(name) for name in names]
    cells = [[cell(row.get(name)) for name in names] for row in rows]
    right = [bool(rows) and all(_is_number(row.get(name)) for row in rows) for name in names]
    widths = widths or _widths(rows, names)
    out = []
    for texts in [heads, *cells]:
        shown = zip(texts, widths, right, strict=True)
        out.append(GAP.join(padded(text, columns, right=is_right) for text, columns, is_right in shown).rstrip())
    return out


def _widths(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[int]:
    return [max(width(text) for text in (_head(name), *(cell(row.get(name)) for row in rows))) for name in names]


def _head(name: str) -> str:
    return name.replace("_", " ").upper()


def _short(value: Any) -> Any:
    """A time without what today's times have in common."""
    if not isinstance(value, datetime):
        return value
    value, now = value.astimezone(), datetime.now().astimezone()
    if value.date() == now.date():
        return value.strftime("%H:%M:%S")
    return value.strftime("%m-%d %H:%M" if abs(now - value) < timedelta(days=180) else "%Y-%m-%d")


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
