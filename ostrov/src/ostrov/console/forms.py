"""The form of an operation: what to draw for each of its arguments, and what a sent form says."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.errors import UsageError

if TYPE_CHECKING:
    from ostrov.core.operations.field import Field
    from ostrov.core.operations.operation import Operation

CONTROL = "_"
"""Fields of the form itself begin with this (`_csrf`, `_step`, `_next`); every other one is an argument."""
EXAMPLES: dict[Any, str] = {timedelta: "5 minutes", datetime: "2026-01-31T12:00", date: "2026-01-31"}


@dataclass(frozen=True)
class Entry:
    """One argument as a form draws it. `kind` is text, number, choice, yesno, secret or long (JSON and lists)."""

    name: str
    kind: str
    required: bool
    choices: Sequence[str] = ()
    help: str = ""
    value: str = ""
    example: str = ""
    error: str = ""
    optional: bool = False
    """Whether leaving it empty means something else than its empty value."""


def asks_first(operation: Operation[..., Any]) -> bool:
    """Whether a person sees the plan of an operation before it is called: what cannot be undone, or needs a second look."""
    return operation.destructive or operation.approvals > 0 or operation.plan is not None


def entries(operation: Operation[..., Any], values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Entry]:
    """The form's entries with what was typed so far. Secrets never come back into a page."""
    return [entry(field, values.get(field.name), errors.get(field.name, "")) for field in operation.fields()]


def entry(field: Field, value: Any, error: str = "") -> Entry:
    """How one field is drawn."""
    kind = _kind(field)
    if value is None and not field.required:
        value = field.default
    text = "" if field.secret else _text(value)
    return Entry(
        name=field.name,
        kind=kind,
        required=field.required,
        choices=field.choices,
        help=field.help,
        value=text,
        example="" if field.secret else EXAMPLES.get(_plain(field.type), ""),
        error=error,
        optional=not field.required and field.default is None,
    )


def arguments_of(operation: Operation[..., Any], form: Mapping[str, str]) -> dict[str, Any]:
    """What a sent form says about each argument. An empty box leaves out an argument for which it can mean nothing else.

    Raises UsageError for a name that is no argument of it.
    """
    fields = {field.name: field for field in operation.fields()}
    given: dict[str, Any] = {}
    for name, value in form.items():
        if name.startswith(CONTROL):
            continue
        field = fields.get(name)
        if field is None:
            raise UsageError(f"{operation.name} has no argument {name}")
        if value == "" and not field.required and (field.default is None or _plain(field.type) is not str):
            continue
        given[name] = value
    return given


def _kind(field: Field) -> str:
    plain = _plain(field.type)
    if field.secret:
        return "secret"
    if field.choices and not field.many:
        return "choice"
    if plain is bool:
        return "yesno"
    if plain in (int, float):
        return "number"
    if field.many or plain is dict or typing.get_origin(plain) is dict or hasattr(plain, "__struct_fields__"):
        return "long"
    return "text"


def _plain(kind: Any) -> Any:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(kind) if member is not type(None)]
        return members[0] if len(members) == 1 else kind
    return kind


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float) and not isinstance(value, Enum):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(member, str | int | float) for member in value):
        return ", ".join(str(member) for member in value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return msgspec.json.encode(value, enc_hook=str).decode()
