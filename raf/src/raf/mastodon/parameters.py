"""What a request carries, as Rails reads it: query, JSON, form or multipart become one tree, and the tree becomes a Struct.

`media_ids[]=1&media_ids[]=2` is a list, `source[privacy]=public` a branch, `fields_attributes[0][name]=a` a branch of branches.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from raf.errors import RafError

Tree: TypeAlias = dict[str, Any]
S = TypeVar("S", bound=msgspec.Struct)
DEEPEST = 5
MOST = 1000
FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False", "off", "OFF"})


class Malformed(RafError):
    """The request cannot be read."""

    status = 400


def parse_query(query: bytes) -> Tree:
    """The tree of a query string or of a form's body."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST)
    except ValueError as problem:
        raise Malformed("Too many parameters") from problem
    return grow(pairs)


def grow(pairs: Iterable[tuple[str, Any]]) -> Tree:
    """A tree of (name, value) pairs, whose names may have brackets. What contradicts an earlier pair is left out."""
    tree: Tree = {}
    for name, value in pairs:
        head, _, rest = name.partition("[")
        path = [head, *rest.rstrip("]").split("][")] if rest.endswith("]") else [name]
        if len(path) > DEEPEST or not head:
            continue
        _plant(tree, path, value)
    return tree


def _plant(branch: Tree, path: list[str], value: Any) -> None:
    for place, name in enumerate(path):
        last = place == len(path) - 1
        following = path[place + 1] if not last else None
        if last:
            branch[name] = value
        elif following == "":
            there = branch.setdefault(name, [])
            if isinstance(there, list) and len(there) < MOST:
                if not any(path[place + 1 :]):  # `a[]`, and the `a[][]` of Mastodon.py
                    there.append(value)
                else:  # a list of branches: `poll[][name]`, a new one when the name comes again
                    if not there or not isinstance(there[-1], dict) or path[place + 2] in there[-1]:
                        there.append({})
                    _plant(there[-1], path[place + 2 :], value)
            return
        else:
            there = branch.setdefault(name, {})
            if not isinstance(there, dict):
                return
            branch = there


def parse_json(body: bytes) -> Tree:
    """The tree of a JSON object."""
    if not body.strip():
        return {}
    try:
        tree = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Malformed("Error occurred while parsing request parameters") from problem
    return tree if isinstance(tree, dict) else {}


def convert(tree: Tree, kind: type[S]) -> S:
    """A Struct of the tree: names it does not have are ignored, texts become the numbers and flags it wants.

    An empty text where something else than text is wanted is as good as none. Raises Malformed.
    """
    wanted: Tree = {}
    for name, shape in _shapes(kind).items():
        if name not in tree:
            continue
        value = tree[name]
        if shape == "list":
            value = _listed(value)
        elif value == "" and shape != "text":
            continue
        elif shape == "flag":
            value = value not in FALSE if isinstance(value, str) else value
        elif shape == "text" and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        wanted[name] = _clean(value)
    try:
        return msgspec.convert(wanted, kind, strict=False)
    except msgspec.ValidationError as problem:
        raise Malformed(f"Validation failed: {problem}") from problem


def _clean(value: Any, depth: int = 0) -> Any:
    """Without the NUL characters that PostgreSQL does not store. Raises Malformed for what is nested deeper than any form."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list | dict) and depth > DEEPEST:
        raise Malformed("The parameters are nested too deep")
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {name: _clean(item, depth + 1) for name, item in value.items()}
    return value


def _listed(value: Any) -> list[Any]:
    """A list, however it came: `a[]=1`, `a[0]=1`, or `a=1`."""
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        return list(value.values())
    return [] if value in ("", None) else [value]


@lru_cache(maxsize=256)
def _shapes(kind: type[msgspec.Struct]) -> dict[str, str]:
    """By a Struct's field: list, flag, text or other. A field may be named otherwise on the wire."""
    hints = get_type_hints(kind, include_extras=False)
    return {field.encode_name: _shape(hints[field.name]) for field in msgspec.structs.fields(kind)}


def _shape(hint: Any) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        shapes = {_shape(part) for part in get_args(hint) if part not in (type(None), msgspec.UnsetType)}
        return shapes.pop() if len(shapes) == 1 else "other"
    if get_origin(hint) in (list, tuple):
        return "list"
    return {bool: "flag", str: "text"}.get(hint, "other")
