"""The console's face: draws a template for a visitor, in their language, with the navigation they may see around it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup

from ostrov.console.http import PREFIX, Request, Response
from ostrov.console.live import Seats
from ostrov.console.pages import Pages, Placed
from ostrov.console.rendering import HOME, Templates
from ostrov.console.texts import LANGUAGES, choose_language
from ostrov.console.texts import catalogue as read_catalogue
from ostrov.console.view import Flash, Link, Section, View
from ostrov.console.visitor import LANGUAGE, Visitor
from ostrov.core.errors import NotFound
from ostrov.core.operations import open_operations
from ostrov.core.reference import load
from ostrov.run.web.settings import base_url

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.actor import Actor
    from ostrov.core.page import PageRequest

log = logging.getLogger("ostrov.console")

FIRST = ("/", "/processes", "/logs")
LAST = ("/operations", "/approvals", "/audit", "/operators", "/settings")
TONES = {"finished": "good", "failed": "bad", "denied": "bad", "rejected": "bad", "stale": "warn", "expired": "warn"}


class Face:
    """Pages, templates and catalogues of one project."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.settings = application.settings.console
        components = application.components.values()
        self.pages = Pages(components)
        panels = [Placed(component.name, panel) for component in components for panel in component.panels]
        self.placed = [*self.pages.all, *panels]
        packages = {component.name: component.templates for component in components if component.templates}
        self.templates = Templates(packages)
        homes = [packages[HOME], *(package for name, package in packages.items() if name != HOME)]
        self.catalogues = {language: read_catalogue(language, homes) for language in LANGUAGES}
        self.operations = application.part(open_operations)
        self.seats = Seats()

    @property
    def host(self) -> str:
        """The host people reach the console at."""
        return urlsplit(base_url(self.application)).netloc

    def language(self, request: Request) -> str:
        return choose_language(
            request.cookies.get(LANGUAGE, ""), request.headers.get("accept-language", ""), self.settings.language
        )

    async def draw(
        self,
        request: Request,
        visitor: Visitor,
        template: str,
        values: Mapping[str, Any],
        *,
        component: str = HOME,
        topics: Iterable[str] = (),
        status: int = 200,
        plain: bool = False,
    ) -> Response:
        """A drawn page. A `plain` one asks nothing of the database, for when it is the database that failed."""
        view = await self.view(request, visitor, topics, plain=plain)
        return Response(self.templates.draw(component, template, view, values), status=status)

    async def view(self, request: Request, visitor: Visitor, topics: Iterable[str] = (), *, plain: bool = False) -> View:
        """What the templates of one answer share."""
        actor = visitor.actor
        topics = tuple(dict.fromkeys(topics))
        return View(
            project=self.application.settings.name or self.application.project.name,
            texts=self.catalogues[self.language(request)],
            path=request.path,
            query=request.query,
            actor=actor,
            csrf=visitor.csrf,
            sections=await self.sections(actor, count=not plain) if actor else (),
            visible=self.operations.visible(actor, "http") if actor else (),
            refresh=_refresh(request.query.get("refresh", "")),
            live=f"{PREFIX}/live?{urlencode({'topics': ','.join(topics)})}" if actor and topics else "",
            flash=None if plain or request.headers.get("x-live") else await self.flash(visitor),
        )

    async def panels(self, request: Request, visitor: Visitor, asked: PageRequest) -> dict[str, Any]:
        """What components add to the overview: their figures, their panels drawn, and the topics of these.

        A panel that fails says so in its place and leaves the overview standing.
        """
        view = await self.view(request, visitor, plain=True)
        figures: list[Any] = []
        drawn: list[Markup] = []
        topics: list[str] = []
        for component in self.application.components.values():
            for panel in component.panels:
                if not asked.actor.may(panel.permission):
                    continue
                topics += panel.topics
                try:
                    values = await load(panel.view)(asked)
                    drawn.append(Markup(self.templates.draw(component.name, panel.template, view, values).decode()))  # noqa: S704
                    figures += values.get("figures", [])
                except Exception as problem:
                    log.error("the panel of %s failed", component.name, exc_info=problem)
                    values = {"title": panel.title or component.name}
                    drawn.append(Markup(self.templates.draw(HOME, "console/panel_failed.html", view, values).decode()))  # noqa: S704
        return {"figures": figures, "panels": drawn, "topics": topics}

    async def sections(self, actor: Actor, *, count: bool = True) -> list[Section]:
        """The navigation: the house, what its components contribute, and who may do what."""
        titled = [placed.page for placed in self.pages.all if placed.page.title and actor.may(placed.page.permission)]
        by_path = {page.path: page for page in titled}
        waiting = len(await self.operations.pending(actor)) if count and "/approvals" in by_path else 0

        def links(paths: Iterable[str]) -> list[Link]:
            return [
                Link(path, by_path[path].title, by_path[path].icon, waiting if path == "/approvals" else 0)
                for path in paths
                if path in by_path
            ]

        between = [path for path in by_path if path not in FIRST + LAST]
        found = [Section("House", links(FIRST)), Section("Work", links(between)), Section("Control", links(LAST))]
        return [section for section in found if section.links]

    async def flash(self, visitor: Visitor) -> Flash | None:
        """What became of the run that the person's last form started. Said once."""
        if visitor.actor is None or not visitor.flash:
            return None
        visitor.flash, number = 0, visitor.flash
        try:
            run = await self.operations.run(number)
        except NotFound:
            return None
        if run.actor != visitor.actor.name:
            return None
        said = run.error or (run.result if isinstance(run.result, str) else "")
        return Flash(run.operation, run.state, TONES.get(run.state, "waiting"), said[:300], f"/runs/{run.id}")


def _refresh(wanted: str) -> int:
    return min(3600, max(2, int(wanted))) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 0
