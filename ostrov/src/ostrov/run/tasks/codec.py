"""The one way of arguments and results through the ledger: JSON, typed by the task's signature.

Arguments are encoded and decoded again at enqueue, so what cannot arrive is refused there and never fails on a worker. Without
an annotation a value must arrive equal to what was sent (a date would arrive as text: annotate it).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from ostrov.run.tasks.errors import BadResult, NotATask, Refused, Undecodable

if TYPE_CHECKING:
    from ostrov.run.tasks.limits import Limits

UNTYPED = (Any, object, list, dict, tuple, set)


def _encode_other(value: Any) -> Any:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__module__}.{type(value).__qualname__} cannot be carried")


def _decode_other(kind: type[Any], value: Any) -> Any:
    if issubclass(kind, PurePath):
        return kind(value)
    raise TypeError(f"a {kind.__qualname__} cannot be carried")


_encoder = msgspec.json.Encoder(enc_hook=_encode_other)


class Codec:
    """The compiled signature of one task. Building it raises NotATask when a parameter's type cannot be carried."""

    __slots__ = ("_decoder", "_result", "_struct", "_untyped", "context", "name", "parameters")

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        from ostrov.run.tasks.context import TaskContext

        self.name = name
        self.context: str | None = None
        self.parameters: tuple[str, ...] = ()
        try:
            hints = get_type_hints(function, include_extras=True)
        except NameError as problem:
            raise NotATask(f"task {name}: an annotation cannot be resolved", cause=str(problem)) from problem
        fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
        untyped = []
        for parameter in inspect.signature(function).parameters.values():
            kind = hints.get(parameter.name, Any)
            if kind is TaskContext:
                self.context = parameter.name
                continue
            if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                raise NotATask(f"task {name}: parameter {parameter} has no name to be carried under")
            if _has_untyped(kind):
                untyped.append(parameter.name)
            if parameter.default is parameter.empty:
                fields.append((parameter.name, kind))
            else:  # the default is filled in when the task runs
                fields.append((parameter.name, kind | UnsetType if kind is not Any else Any, UNSET))
        self.parameters = tuple(field[0] for field in fields)
        self._untyped = tuple(untyped)
        try:
            self._struct = msgspec.defstruct("Arguments", fields, kw_only=True, forbid_unknown_fields=True)
            self._decoder = msgspec.json.Decoder(self._struct, dec_hook=_decode_other)
        except TypeError as problem:
            raise NotATask(f"task {name}: a parameter's type cannot be carried", cause=str(problem)) from problem
        try:
            self._result = msgspec.json.Decoder(hints.get("return", Any), dec_hook=_decode_other)
        except TypeError:
            self._result = msgspec.json.Decoder(Any)

    def encode(self, positional: tuple[Any, ...], named: Mapping[str, Any], largest: int) -> str:
        """The arguments as JSON. Raises Refused, naming the argument and the reason."""
        if positional:
            if len(positional) > len(self.parameters):
                raise self._refused(f"it takes {len(self.parameters)} arguments, {len(positional)} were given")
            given = dict(zip(self.parameters, positional, strict=False))
            if twice := given.keys() & named.keys():
                raise self._refused(f"argument {min(twice)} was given twice")
            named = {**given, **named}
        try:
            encoded = _encoder.encode(named)
            arrived = self._decoder.decode(encoded)
        except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as problem:
            raise self._refused(self._reason(named, problem)) from problem
        for parameter in self._untyped:
            if parameter in named and (there := getattr(arrived, parameter)) != named[parameter]:
                raise self._refused(
                    f"argument {parameter}: {named[parameter]!r:.80} would arrive as {there!r:.80}",
                    tip="annotate the parameter with its type",
                )
        if len(encoded) > largest:
            raise self._refused(
                f"the arguments take {len(encoded)} bytes, tasks.largest allows {largest}",
                tip="store the data and pass its id",
            )
        return encoded.decode()

    def limit_key(self, limits: Limits, positional: tuple[Any, ...], named: Mapping[str, Any]) -> str:
        """What runs with these arguments are counted under. Raises Refused when the argument is left out."""
        if limits.by is None:
            return self.name
        if limits.by not in self.parameters:
            raise NotATask(f"task {self.name}: limit_by={limits.by!r} is not one of its parameters")
        given = {**dict(zip(self.parameters, positional, strict=False)), **named}
        if limits.by not in given:
            raise self._refused(f"argument {limits.by} is what its limits go by: it cannot be left out")
        return f"{self.name} {_encoder.encode(given[limits.by]).decode()}"

    def partial(
        self,
        positional: tuple[Any, ...],
        named: Mapping[str, Any],
        is_reference: Callable[[Any], bool],
        mapped: str | None = None,
    ) -> dict[str, Any]:
        """The arguments of a step of a workflow: those that hold references as they are, the others checked and as JSON values.
        Of the `mapped` one each item is checked. Raises Refused."""
        if len(positional) > len(self.parameters):
            raise self._refused(f"it takes {len(self.parameters)} arguments, {len(positional)} were given")
        given = {**dict(zip(self.parameters, positional, strict=False)), **named}
        if len(given) < len(positional) + len(named):
            raise self._refused(f"argument {min(given.keys() & named.keys())} was given twice")
        fields = {field.name: field for field in msgspec.structs.fields(self._struct)}
        if unknown := given.keys() - fields.keys():
            raise self._refused(f"it takes no argument {min(unknown)!r}; it takes {', '.join(self.parameters) or 'none'}")
        if missing := [name for name in self.parameters if fields[name].required and name not in given]:
            raise self._refused(f"argument {missing[0]} is missing")
        for name, value in given.items():
            if is_reference(value):
                continue
            if name == mapped and not isinstance(value, list | tuple):
                raise self._refused(f"argument {name}: map takes a list or a step, not {value!r:.80}")
            try:
                encoded = _encoder.encode(value)
                for item in msgspec.json.decode(encoded, type=list[msgspec.Raw]) if name == mapped else [encoded]:
                    msgspec.json.decode(item, type=fields[name].type, dec_hook=_decode_other)
            except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as problem:
                raise self._refused(f"argument {name}: {problem}") from problem
            given[name] = msgspec.json.decode(encoded)
        return given

    def decode(self, arguments: str) -> dict[str, Any]:
        """Arguments to call the function with. Raises Undecodable when they do not fit its signature of today."""
        try:
            arrived = self._decoder.decode(arguments)
        except (msgspec.MsgspecError, ValueError, TypeError) as problem:
            raise Undecodable(
                f"the arguments do not fit the signature of {self.name}",
                cause=str(problem),
                tip="the task was changed after this run was enqueued: mend it, then retry the run",
            ) from problem
        return {name: value for name in self.parameters if (value := getattr(arrived, name)) is not UNSET}

    def encode_result(self, result: Any, largest: int) -> str | None:
        """The result as JSON, None for None. Raises BadResult."""
        return encode_result(self.name, result, largest)

    def decode_result(self, result: str | None) -> Any:
        """A stored result, typed by the return annotation where it still fits."""
        if result is None:
            return None
        try:
            return self._result.decode(result)
        except msgspec.MsgspecError:
            return msgspec.json.decode(result)

    def _refused(self, reason: str, tip: str = "") -> Refused:
        return Refused(f"task {self.name} was not enqueued", cause=reason, tip=tip)

    def _reason(self, named: Mapping[str, Any], problem: Exception) -> str:
        for name, value in named.items():
            if name not in self.parameters:
                return f"it takes no argument {name!r}; it takes {', '.join(self.parameters) or 'none'}"
            try:
                _encoder.encode(value)
            except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as reason:
                return f"argument {name}: {reason}"
        missing = [n for n in self.parameters if n not in named and self._struct.__struct_config__ and self._required(n)]
        if missing:
            return f"argument {missing[0]} is missing"
        return str(problem)

    def _required(self, name: str) -> bool:
        fields = {field.name: field for field in msgspec.structs.fields(self._struct)}
        return fields[name].required


def encode_result(name: str, result: Any, largest: int) -> str | None:
    """The result of task `name` as JSON, None for None. Raises BadResult."""
    if result is None:
        return None
    try:
        encoded = _encoder.encode(result)
        text = encoded.decode()
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as problem:
        raise BadResult(
            f"the result of {name} cannot be kept", cause=str(problem), tip="return plain data, or nothing"
        ) from problem
    if len(encoded) > largest:
        raise BadResult(
            f"the result of {name} takes {len(encoded)} bytes, tasks.largest allows {largest}",
            tip="store the data and return its id",
        )
    return text


def _has_untyped(kind: Any) -> bool:
    return kind in UNTYPED or any(_has_untyped(argument) for argument in get_args(kind) if argument is not Ellipsis)
