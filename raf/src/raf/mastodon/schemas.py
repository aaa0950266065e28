"""The schemas of the OpenAPI document, made of the Structs of what is given and taken (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from raf import entities
from raf.mastodon.call import PageQuery
from raf.mastodon.promise import Page, Promise, Stream, Words
from raf.mastodon.uploads import UploadedFile

if TYPE_CHECKING:
    from raf.mastodon.openapi import Endpoint

Json = dict[str, Any]
REFERENCE = "#/components/schemas/{name}"


class Schemas:
    """The schemas of everything that is given and taken; `components` are those that have a name."""

    def __init__(self, found: list[Endpoint]) -> None:
        gives = [gives for one in found for gives in (one.promise.gives, *one.promise.takes.get("also", {}).values())]
        single = [one for several in gives for one in _alternatives(several) if one not in (Page, Stream, Words)]
        given = _distinct([*single, entities.Error])
        taken = _distinct([kind for one in found for kind in _taken(one.promise)])
        self._queries = {PageQuery, *(one.promise.takes["query"] for one in found if "query" in one.promise.takes)}
        self._queries -= {one.promise.takes.get("form") for one in found}
        answers, self.components = msgspec.json.schema_components(given, ref_template=REFERENCE)
        for schema in self.components.values():
            _always(schema)
        forms, more = msgspec.json.schema_components(taken, ref_template=REFERENCE)
        assert not (self.components.keys() & more.keys()), self.components.keys() & more.keys()
        self.components |= more
        self._known = dict(zip([*map(repr, given), *map(repr, taken)], [*answers, *forms], strict=True))

    def of(self, kind: Any) -> Json:
        """The schema of a type, most often a reference."""
        if kind is UploadedFile:
            return {"type": "string", "format": "binary"}
        if len(alternatives := _alternatives(kind)) > 1:
            return {"anyOf": [self.of(one) for one in alternatives]}
        found: Json = self._known[repr(kind)]
        return found

    def fields(self, kind: type[msgspec.Struct]) -> Json:
        """The schemas of a Struct's fields by their names."""
        found: Json = self.components[self.of(kind)["$ref"].rpartition("/")[2]]["properties"]
        return found

    def forget_queries(self) -> None:
        """Leave out what was told field by field."""
        for kind in self._queries:
            self.components.pop(self.of(kind)["$ref"].rpartition("/")[2], None)

    def form(self, endpoint: Endpoint) -> Json:
        """A form, with its parts in their places."""
        takes = endpoint.promise.takes
        parts = {name: self.of(part) for name, part in takes.get("parts", {}).items()}
        if not parts:
            return self.of(takes["form"])
        self.fields(takes["form"]).update(parts)
        return self.of(takes["form"])

    def content(self, entity: Any) -> Json:
        """What an answer holds, by its type."""
        kinds = {Page: "text/html", Stream: "text/event-stream", Words: "text/plain"}
        if entity in kinds:
            return {kinds[entity]: {"schema": {"type": "string"}}}
        return {"application/json": {"schema": self.of(entity)}}


def _taken(promise: Promise) -> Iterator[Any]:
    takes = promise.takes
    yield from (takes[name] for name in ("query", "form") if name in takes)
    yield from (part for part in takes.get("parts", {}).values() if part is not UploadedFile)
    yield PageQuery


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)


def _distinct(kinds: Iterable[Any]) -> list[Any]:
    return list({repr(kind): kind for kind in kinds}.values())


def _always(schema: Json) -> None:
    """A field of an entity is always there, unless it may be unset: its default is what it then holds."""
    fields = schema.get("properties", {})
    schema["required"] = [name for name, field in fields.items() if name in schema.get("required", ()) or "default" in field]
    for field in fields.values():
        field.pop("default", None)
