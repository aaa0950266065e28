"""Sweeps: `db=postgres,sqlite`, `web.port=choice(1,2)`, `a=range(0,10,2)` and `db=glob(*)` stand for several values each;
a sweep is every point of their product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from itertools import product
from math import prod
from typing import NamedTuple

from ostrov.core.errors import SettingsError
from ostrov.core.settings.groups import Groups
from ostrov.core.settings.overrides import Override
from ostrov.core.settings.values import split_top, unquoted

LIMIT = 10_000  # points of one sweep

_FUNCTION = re.compile(r"(choice|range|glob)\((.*)\)", re.DOTALL)


class Point(NamedTuple):
    """One point: the overrides, with one value each, and which of them the sweep varies."""

    overrides: tuple[Override, ...]
    varied: tuple[Override, ...]


def points(overrides: Sequence[Override], groups: Groups) -> list[Point]:
    """Every point, the last override varying fastest. Raises SettingsError for a sweep that cannot be."""
    axes = [_axis(override, groups) for override in overrides]
    if (count := prod(map(len, axes))) > LIMIT:
        raise SettingsError(f"the sweep has {count} points", tip=f"at most {LIMIT} are run at once: take narrower ranges")
    return [
        Point(point, tuple(override for override, axis in zip(point, axes, strict=True) if len(axis) > 1))
        for point in product(*axes)
    ]


def _axis(override: Override, groups: Groups) -> list[Override]:
    if override.text is None or override.sign == "~":
        return [override]
    values = _values(override, override.text.strip(), groups)
    return [override] if values is None else [override._replace(text=value) for value in values]


def _values(override: Override, text: str, groups: Groups) -> list[str] | None:
    """The values of an axis; None for a value that is no sweep (words of Dynaconf and quoted text hold commas of their own)."""
    match = _FUNCTION.fullmatch(text)
    if match is None:
        if text.startswith("@") or unquoted(text) is not None:
            return None
        pieces = split_top(text)
        return pieces if len(pieces) > 1 else None
    arguments = split_top(match[2])
    if match[1] == "choice" and any(arguments):
        return arguments
    if match[1] == "range":
        return _range(override, arguments)
    if match[1] == "glob":
        return _glob(override, arguments, groups)
    raise _wrong(override, "choice needs values", "choice(a,b)")


def _range(override: Override, arguments: list[str]) -> list[str]:
    """Hydra's range: `range(stop)`, `range(start,stop)`, `range(start,stop,step)`, whole numbers or not, without the stop."""
    named = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    plain = [argument for argument in arguments if "=" not in argument]
    order = ("stop",) if len(plain) == 1 and "stop" not in named else ("start", "stop", "step")
    given = {"start": "0", "step": "1", **dict(zip(order, plain, strict=False)), **named}
    try:
        start, stop, step = (Decimal(given.pop(name)) for name in ("start", "stop", "step"))
    except (InvalidOperation, KeyError):
        raise _wrong(override, "range takes start, stop and step, each a number", "range(0,10,2)") from None
    if given or len(plain) > len(order) or not step or not all(number.is_finite() for number in (start, stop, step)):
        raise _wrong(override, "range takes start, stop and a step that is not 0", "range(0,10,2)")
    if (stop - start) / step > LIMIT:
        raise SettingsError(f"{override.key} has too many points", tip=f"at most {LIMIT} are run at once")
    values = []
    while start < stop if step > 0 else start > stop:
        values.append(str(start))
        start += step
    if not values:
        raise _wrong(override, "the range is empty", "range(0,10,2)")
    return values


def _glob(override: Override, arguments: list[str], groups: Groups) -> list[str]:
    """`glob(*)`, `glob([a*,b*])`, `glob(*,exclude=c*)` over the options of a group."""
    names = groups.options.get(override.key)
    if names is None:
        raise _wrong(override, "glob is for groups of files", "choice(a,b)")
    excluded = [pattern for argument in arguments if argument.startswith("exclude=") for pattern in _patterns(argument[8:])]
    wanted = [pattern for argument in arguments if not argument.startswith("exclude=") for pattern in _patterns(argument)]
    found = [
        name
        for name in names
        if any(fnmatchcase(name, pattern) for pattern in wanted) and not any(fnmatchcase(name, out) for out in excluded)
    ]
    if not found:
        raise _wrong(override, f"no option of {override.key} matches; there are: {', '.join(names)}", "glob(*)")
    return found


def _patterns(text: str) -> list[str]:
    return split_top(text[1:-1]) if text.startswith("[") and text.endswith("]") else [text]


def _wrong(override: Override, cause: str, example: str) -> SettingsError:
    return SettingsError(
        f"{override.key} cannot be swept so",
        cause=f"{override.origin}: {cause}",
        tip=f"for example {override.key}={example}",
    )
