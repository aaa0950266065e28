"""What every template can ask of the console: who looks, where, in which language, and what they may do."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ostrov.console.forms import asks_first
from ostrov.console.http import PREFIX
from ostrov.console.rendering import query_string
from ostrov.console.texts import LANGUAGES, Catalogue

if TYPE_CHECKING:
    from ostrov.core.operations.actor import Actor
    from ostrov.core.operations.operation import Operation


@dataclass(frozen=True)
class Link:
    """An entry of the navigation."""

    path: str
    title: str
    icon: str
    count: int = 0


@dataclass(frozen=True)
class Section:
    """Entries of the navigation that stand together."""

    title: str
    links: Sequence[Link]


@dataclass(frozen=True)
class Flash:
    """What the person's last form led to, said once at the top of the next page. `text` is a result or an error."""

    operation: str
    state: str
    tone: str
    text: str = ""
    path: str = ""


@dataclass
class View:
    """`console` in templates. `path` is the page's own path below the prefix, `live` what its live link listens to."""

    project: str
    texts: Catalogue
    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    actor: Actor | None = None
    csrf: str = ""
    sections: Sequence[Section] = ()
    visible: Sequence[Operation[..., Any]] = ()
    refresh: int = 0
    live: str = ""
    flash: Flash | None = None
    now: float = field(default_factory=time.time)

    languages = LANGUAGES

    @property
    def language(self) -> str:
        return self.texts.language

    @cached_property
    def operations(self) -> dict[str, Operation[..., Any]]:
        """The operations this person may call, by name."""
        return {operation.name: operation for operation in self.visible}

    def may(self, permission: str) -> bool:
        return self.actor is not None and self.actor.may(permission)

    def operation(self, name: str) -> Operation[..., Any] | None:
        """An operation, when this person may call it."""
        return self.operations.get(name)

    def asks_first(self, operation: Operation[..., Any]) -> bool:
        """Whether the plan of an operation is shown before it is called."""
        return asks_first(operation)

    def url(self, path: str = "", **query: Any) -> str:
        """The address of a page of the console; empty values leave the query."""
        return PREFIX + (path or self.path) + query_string(query)

    def here(self, **changes: Any) -> str:
        """This page with some of its query changed; an empty value takes a parameter away."""
        return self.url(self.path, **{**self.query, **changes})

    def is_at(self, path: str) -> bool:
        """Whether the page is `path` or below it."""
        return self.path == path or (path != "/" and self.path.startswith(path + "/"))
