"""From what a surface was given (text or JSON) to the values a function is called with."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from ostrov.core.errors import UsageError
from ostrov.core.operations.field import Field
from ostrov.core.operations.moments import parse_duration, parse_time
from ostrov.core.operations.operation import Operation

MASK = "***"
WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
EXPECTED: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "yes or no",
    datetime: "a time, such as 2026-01-31T12:00 or 'in 5 minutes'",
    timedelta: "a duration, such as '5 minutes' or 1h30m",
    date: "a date, such as 2026-01-31",
}


class ArgumentError(UsageError):
    """The arguments do not fit. `fields` says what is wrong with each, for a form to show in its place."""

    def __init__(self, operation: str, fields: dict[str, str], tip: str = "") -> None:
        causes = "; ".join(f"{name} {message}" for name, message in fields.items())
        super().__init__(
            f"{operation}: {'this argument does' if len(fields) == 1 else 'these arguments do'} not fit", cause=causes, tip=tip
        )
        self.fields = fields

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "fields": self.fields}


def validate(operation: Operation[..., Any], given: Mapping[str, Any], surface: str, *, stored: bool = False) -> dict[str, Any]:
    """Every argument of the operation with a value of its type: text is read by the type, what is left out has its default.

    `stored` arguments come from a run's row: they are JSON of checked values, and their text is left as it is.
    Raises ArgumentError.
    """
    fields = {field.name: field for field in operation.fields()}
    given = {name.replace("-", "_"): value for name, value in given.items()}
    wrong: dict[str, str] = {}
    tip = ""
    for name in given:
        if name not in fields:
            wrong[name] = "is not an argument of it"
            near = get_close_matches(name, fields, 1)
            tip = f"did you mean {near[0]}?" if near else f"it takes {', '.join(fields) or 'no arguments'}"
    values: dict[str, Any] = {}
    for name, field in fields.items():
        raw = given.get(name)
        if name in given and field.secret and surface == "chat":
            wrong[name] = "is secret and is not taken from chat"
            tip = "ask from the command line or the console"
        elif name not in given or (not stored and raw == "" and (field.required or not _is_text(field.type))):
            if field.required:
                wrong[name] = "is required"
            values[name] = field.default
        else:
            try:
                values[name] = _converted(field, raw, stored)
            except _Unfit as problem:
                wrong[name] = str(problem)
    if wrong:
        raise ArgumentError(operation.name, wrong, tip)
    return values


def masked(operation: Operation[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON types, secret ones covered (an untouched default is no secret)."""
    shown: dict[str, Any] = builtins(dict(values))
    for field in operation.fields():
        if field.secret and values[field.name] != field.default:
            shown[field.name] = MASK
    return shown


def secrets_of(operation: Operation[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that must be sealed."""
    found = {f.name: values[f.name] for f in operation.fields() if f.secret and (f.required or values[f.name] != f.default)}
    cleaned: dict[str, Any] = builtins(found)
    return cleaned


def builtins(value: Any) -> Any:
    """A value as JSON types; what has no JSON form becomes its text."""
    return msgspec.to_builtins(value, enc_hook=str, str_keys=True)


def scrubbed(value: Any, secrets: Mapping[str, Any]) -> Any:
    """JSON types with every appearance of a secret's text covered."""
    texts = sorted({text for text in _texts(list(secrets.values())) if len(text) >= 4}, key=len, reverse=True)
    return _covered(value, texts) if texts else value


class _Unfit(Exception):
    """What is wrong with one argument."""


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for member in value.values() for text in _texts(member)]
    if isinstance(value, list):
        return [text for member in value for text in _texts(member)]
    return [str(value)] if value is not None and not isinstance(value, bool) else []


def _covered(value: Any, texts: list[str]) -> Any:
    if isinstance(value, str):
        for text in texts:
            value = value.replace(text, MASK)
        return value
    if isinstance(value, Mapping):
        return {_covered(key, texts): _covered(member, texts) for key, member in value.items()}
    if isinstance(value, list):
        return [_covered(member, texts) for member in value]
    return MASK if not isinstance(value, bool) and str(value) in texts else value


def _converted(field: Field, raw: Any, stored: bool) -> Any:
    try:
        value = raw if stored else _read(field.type, raw)
        value = msgspec.convert(value, field.constraint, strict=stored, dec_hook=_decoded, str_keys=True)
    except (msgspec.ValidationError, ValueError, TypeError, OverflowError) as problem:
        raise _Unfit(_complaint(field, raw, problem)) from None
    return _zoned(value)


def _complaint(field: Field, raw: Any, problem: Exception) -> str:
    said = "" if field.secret or not isinstance(raw, str | int | float) else f" {str(raw)[:60]!r}"
    if field.choices:
        near = get_close_matches(str(raw), field.choices, 1)
        return f"must be one of {', '.join(field.choices)}, not{said or ' this'}" + (
            f" (did you mean {near[0]}?)" if near else ""
        )
    kind = _inner(field.type)
    detail = str(problem)
    if kind in EXPECTED and not any(sign in detail for sign in "<>"):
        return f"must be {EXPECTED[kind]}" + (f", not{said}" if said else "")
    if field.secret:
        return "does not fit its type"
    return detail[:1].lower() + detail[1:].replace("`", "") + (f" ({said.strip()})" if said else "")


def _read(kind: Any, raw: Any) -> Any:
    """What a person's text means for a type; everything else as it is."""
    kind = _inner(kind)
    origin, members = typing.get_origin(kind), typing.get_args(kind)
    if origin in (list, set, frozenset, tuple) or kind in (list, set, frozenset, tuple):
        if isinstance(raw, str):
            raw = msgspec.json.decode(raw) if raw.lstrip().startswith("[") else _listed(raw)
        member = members[0] if members else str
        return [_read(member, value) for value in raw] if isinstance(raw, list | tuple) else raw
    if kind is timedelta and isinstance(raw, int | float) and not isinstance(raw, bool):
        return timedelta(seconds=raw)
    if not isinstance(raw, str):
        return raw
    raw.encode()  # raises UnicodeEncodeError, a ValueError, for bytes of the command line that are no UTF-8
    if kind is bool:
        return WORDS.get(raw.strip().lower(), raw)
    if kind is timedelta:
        return parse_duration(raw)
    if kind is datetime:
        return parse_time(raw)
    if origin is dict or kind is dict or _is_structure(kind):
        return msgspec.json.decode(raw)
    return raw if _is_text(kind) else raw.strip()


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]


def _decoded(kind: type[Any], value: Any) -> Any:
    if issubclass(kind, Path):
        return kind(value)
    raise NotImplementedError(f"an operation cannot take a {kind.__name__}")


def _zoned(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _inner(kind: Any) -> Any:
    if typing.get_origin(kind) is typing.Annotated:
        return _inner(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(kind) if member is not type(None)]
        return _inner(members[0]) if len(members) == 1 else kind
    return kind


def _is_text(kind: Any) -> bool:
    return _inner(kind) is str


def _is_structure(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or is_dataclass(kind))
