"""The arguments of an operation as data: what a form, a command line and a validator are drawn from."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

INJECTED = {"Ostrov": "application", "Call": "call"}
"""Annotations of parameters that the door fills in itself."""


@dataclass(frozen=True)
class Field:
    """One argument. `type` is its annotation without `Annotated`; `default` is None and meaningless when `required`.

    `choices` are the values a `Literal` allows, as text; `many` says it is a list; `help` comes from `Annotated[int, "help"]`.
    `constraint` is the whole annotation, with the `msgspec.Meta` in it.
    """

    name: str
    type: Any
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    many: bool = False
    secret: bool = False
    help: str = ""
    constraint: Any = Any


def injected(function: Callable[..., Any]) -> dict[str, str]:
    """The parameters the door fills in: name → what it is (`application` or `call`)."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        annotation = parameter.annotation
        text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        if kind := INJECTED.get(text.strip("\"'").rpartition(".")[2]):
            found[name] = kind
    return found


def fields_of(function: Callable[..., Any], secret: tuple[str, ...] = ()) -> list[Field]:
    """The fields of a typed function, in its order.

    Annotations are resolved here and not at import, so an operations module may keep heavy types under `TYPE_CHECKING`
    as long as no argument is of such a type.
    """
    given = injected(function)
    parameters = {name: p for name, p in inspect.signature(function).parameters.items() if name not in given}
    annotations = {name: p.annotation for name, p in parameters.items() if p.annotation is not inspect.Parameter.empty}
    resolved = typing.get_type_hints(
        types.SimpleNamespace(__annotations__=annotations),
        globalns=getattr(function, "__globals__", {}),
        include_extras=True,
    )
    return [_field(name, resolved.get(name, str), p.default, name in secret) for name, p in parameters.items()]


def _field(name: str, annotation: Any, default: Any, secret: bool) -> Field:
    plain, text = _without_annotated(annotation)
    inner = _without_none(plain)
    many = typing.get_origin(inner) in (list, tuple, set, frozenset)
    members = typing.get_args(inner)
    choices = _choices(_without_annotated(members[0])[0] if many and members else inner)
    required = default is inspect.Parameter.empty
    return Field(name, plain, required, None if required else default, choices, many, secret, text, annotation)


def _without_annotated(annotation: Any) -> tuple[Any, str]:
    if typing.get_origin(annotation) is not Annotated:
        return annotation, ""
    plain, *extras = typing.get_args(annotation)
    texts = [extra if isinstance(extra, str) else getattr(extra, "description", None) for extra in extras]
    return plain, next((text for text in texts if text), "")


def _without_none(annotation: Any) -> Any:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        if len(members) == 1:
            return _without_annotated(members[0])[0]
    return annotation


def _choices(annotation: Any) -> tuple[str, ...]:
    if typing.get_origin(annotation) is Literal:
        return tuple(str(value) for value in typing.get_args(annotation))
    if isinstance(annotation, type) and hasattr(annotation, "__members__"):  # an enum, without importing enum
        return tuple(str(member.value) for member in annotation)  # type: ignore[attr-defined]
    return ()
