"""What a Struct declares about the setting at a path: its type, whether it is a secret, which names may follow."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

TOML_TYPES = (datetime.datetime, datetime.date, datetime.time)
"""What TOML knows beside text, numbers, booleans, arrays and tables."""

_TEXTS = (str, bytes, bytearray)
_Factory: Any = type(msgspec.defstruct("_", [("field", list, msgspec.field(default_factory=list))]).__struct_defaults__[0])

SECRET = "secret"  # noqa: S105 (a key of msgspec.Meta(extra=…), not a password)

Secret = Annotated[str, msgspec.Meta(extra={SECRET: True})]
"""The type of a text that is never shown: `password: Secret = ""`."""

NotSecret = Annotated[str, msgspec.Meta(extra={SECRET: False})]
"""The type of a text that may be shown whatever its name: `public_key: NotSecret = ""`."""


class Declared:
    """One annotation, taken apart.

    `struct` is the Struct it names, `values` what a mapping holds, `element` what a list holds, `scalars` the plain types,
    `literals` the values of a `Literal`. `secret` is None when the annotation does not say.
    """

    __slots__ = ("annotation", "element", "literals", "nullable", "scalars", "secret", "struct", "values")

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation
        self.secret: bool | None = None
        self.nullable = False
        self.struct: type[msgspec.Struct] | None = None
        self.values: Declared | None = None
        self.element: Declared | None = None
        self.scalars: set[Any] = set()
        self.literals: tuple[Any, ...] = ()

    @property
    def free(self) -> bool:
        """Anything may stand here."""
        return self.values is self

    @property
    def only_text(self) -> bool:
        """Whether every value here is text, so that `123456` is text too."""
        return self.scalars == {str} and not (self.nullable or self.struct or self.values or self.element or self.literals)

    @property
    def table(self) -> bool:
        """Whether this is a section and cannot be one plain value."""
        return (self.struct or self.values) is not None and not (self.scalars or self.literals or self.element or self.free)

    @property
    def fields(self) -> Mapping[str, Declared] | None:
        """The names that may stand here and what each of them is; None where any name may."""
        return fields_of(self.struct) if self.struct is not None and self.values is None else None

    def child(self, name: str | int) -> Declared | None:
        """What is declared one step below; None when nothing may stand there."""
        if isinstance(name, int):
            return self.element
        if self.struct is not None and (found := fields_of(self.struct).get(name)) is not None:
            return found
        return self.values

    def at(self, path: Sequence[str | int]) -> Declared | None:
        """What is declared at a path below."""
        place: Declared | None = self
        for name in path:
            if place is None:
                return None
            place = place.child(name)
        return place


ANYTHING = Declared(Any)
ANYTHING.values = ANYTHING.element = ANYTHING
ANYTHING.nullable = True


def declared(annotation: Any) -> Declared:
    """Take an annotation apart."""
    if annotation is Any or annotation is object:
        return ANYTHING
    found = Declared(annotation)
    _take_apart(annotation, found)
    return found


def _take_apart(annotation: Any, found: Declared) -> None:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for meta in arguments[1:]:
            if isinstance(meta, msgspec.Meta) and meta.extra and SECRET in meta.extra:
                found.secret = bool(meta.extra[SECRET])
        _take_apart(arguments[0], found)
    elif origin is Union or origin is UnionType:
        for argument in arguments:
            _take_apart(argument, found)
    elif origin is Literal:
        found.literals += arguments
    elif named := getattr(annotation, "__supertype__", None) or getattr(annotation, "__value__", None):  # NewType, type X = …
        _take_apart(named, found)
    elif annotation is NoneType or annotation is None:
        found.nullable = True
    elif annotation is Any:
        found.values = found.element = ANYTHING
        found.scalars.add(str)
    elif isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        if found.struct is not None:  # one of several: msgspec tells them apart by their tag
            found.values = ANYTHING
        found.struct = annotation
    elif isinstance(origin or annotation, type) and issubclass(origin or annotation, Mapping):
        found.values = declared(arguments[1]) if len(arguments) > 1 else ANYTHING
        found.secret = found.values.secret if found.secret is None else found.secret
    elif isinstance(origin or annotation, type) and issubclass(origin or annotation, Collection) and annotation not in _TEXTS:
        alike = len(arguments) == 1 or arguments[1:] == (...,)
        found.element = declared(arguments[0]) if alike else ANYTHING
        found.secret = found.element.secret if found.secret is None else found.secret
    else:
        found.scalars.add(annotation)


@lru_cache(maxsize=256)
def fields_of(struct: type[msgspec.Struct]) -> Mapping[str, Declared]:
    """The fields of a Struct by the names they have in files. Evaluated once a class."""
    hints = get_type_hints(struct, include_extras=True)
    return {
        encoded: declared(hints[name])
        for name, encoded in zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
    }


@lru_cache(maxsize=256)
def default_values(struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The defaults of a Struct's fields as plain data, by the names they have in files."""
    defaults = struct.__struct_defaults__  # of the last fields; msgspec.structs.fields would evaluate all annotations again
    values: dict[str, Any] = {}
    for name, default in zip(struct.__struct_encode_fields__[-len(defaults) :], defaults, strict=True) if defaults else ():
        if default is not msgspec.NODEFAULT:
            value = default.factory() if type(default) is _Factory else default
            values[name] = _plain(msgspec.to_builtins(value, builtin_types=TOML_TYPES, enc_hook=str))
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
