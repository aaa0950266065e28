"""The pages that components contribute: found by path, asked with a PageRequest, drawn from the component's own templates."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ostrov.core.component import Component, Page
from ostrov.core.errors import ProjectError
from ostrov.core.reference import load

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Placed:
    """A page and the component that brings it."""

    component: str
    page: Page

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the page's path; each parameter takes one segment."""
        pieces = _PARAMETER.split(self.page.path)
        built = [re.escape(piece) if place % 2 == 0 else f"(?P<{piece}>[^/]+)" for place, piece in enumerate(pieces)]
        return re.compile("".join(built))

    @cached_property
    def view(self) -> Callable[[PageRequest], Awaitable[Mapping[str, Any]]]:
        """What the page shows."""
        found: Callable[[PageRequest], Awaitable[Mapping[str, Any]]] = load(self.page.view)
        return found

    @cached_property
    def topic_patterns(self) -> list[re.Pattern[str]]:
        """What the page's topics may look like for any of its parameters."""
        return [
            re.compile("[^.]+".join(re.escape(piece) for piece in _PARAMETER.split(topic)[::2])) for topic in self.page.topics
        ]

    def topics(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """The page's channel topics; `{name}` in one stands for the page's parameter."""
        return tuple(_PARAMETER.sub(lambda found: parameters.get(found[1], ""), topic) for topic in self.page.topics)


@dataclass(frozen=True)
class Found:
    """A page under an address, with the values of its parameters."""

    placed: Placed
    parameters: Mapping[str, str]

    @property
    def topics(self) -> tuple[str, ...]:
        return self.placed.topics(self.parameters)


class Pages:
    """All pages of the project. A path without parameters goes before one that has them."""

    def __init__(self, components: Iterable[Component]) -> None:
        self.all = [Placed(component.name, page) for component in components for page in component.pages]
        taken: dict[str, str] = {}
        for placed in self.all:
            other = taken.setdefault(placed.page.path, placed.component)
            if other != placed.component or not placed.page.path.startswith("/"):
                raise ProjectError(
                    f"the page {placed.page.path!r} of component {placed.component} cannot be placed",
                    cause=f"component {other} has it already" if other != placed.component else "a path begins with /",
                )
        self._fixed = {placed.page.path: placed for placed in self.all if "{" not in placed.page.path}
        self._open = [placed for placed in self.all if "{" in placed.page.path]

    def find(self, path: str) -> Found | None:
        """The page at a path below the console's prefix (already unquoted, as ASGI hands it over)."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return Found(fixed, {})
        for placed in self._open:
            match = placed.pattern.fullmatch(path)
            if match:
                return Found(placed, match.groupdict())
        return None
