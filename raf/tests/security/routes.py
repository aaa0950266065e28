"""The route table of Raf as the tests of this folder walk it, read from the handlers: a new route is there by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from raf.mastodon.access import Rule
from raf.mastodon.direct import ENDPOINTS
from raf.mastodon.routes import HANDLERS
from raf.web.application import PAGES

PLACE = re.compile(r"\{(\w+):(?:int|str)\}")


class Route(NamedTuple):
    """`path` has its parameters as `{name:int}`; `rule` is None for a page."""

    method: str
    path: str
    rule: Rule | None

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in the path."""
        return tuple(PLACE.findall(self.path))

    def filled(self, values: Mapping[str, object]) -> str:
        """The path with values in the places. Raises KeyError for a parameter that nobody gave a value."""
        return PLACE.sub(lambda found: str(values[found[1]]), self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def api_routes() -> list[Route]:
    """Every endpoint of the API, those answered before Litestar too."""
    found = [Route(method, path, rule) for (method, path), (rule, _) in ENDPOINTS.items()]
    for handler in HANDLERS:
        found += [
            Route(str(method), path, handler.opt["rule"]) for path in sorted(handler.paths) for method in handler.http_methods
        ]
    return found


def page_routes() -> list[Route]:
    """Every page and every address that a form leads to."""
    return [
        Route(str(method), path, None)
        for module in PAGES
        for handler in module.HANDLERS
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods)
    ]
