"""The console's face: draws a template for a visitor, in their language, with the navigation they may see around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from ostrov.console.http import PREFIX, Request, Response
from ostrov.console.live import Seats
from ostrov.console.pages import Pages
from ostrov.console.rendering import HOME, Templates
from ostrov.console.texts import LANGUAGES, choose_language
from ostrov.console.texts import catalogue as read_catalogue
from ostrov.console.view import Flash, Link, Section, View
from ostrov.console.visitor import LANGUAGE, Visitor
from ostrov.core.errors import NotFound
from ostrov.core.operations import open_operations
from ostrov.run.web.settings import base_url

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.actor import Actor

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
        actor = visitor.actor
        topics = tuple(topics)
        view = View(
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
        return Response(self.templates.draw(component, template, view, values), status=status)

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
        text = f"{run.operation}: {run.error}" if run.error else run.operation
        return Flash(TONES.get(run.state, "waiting"), text, f"/runs/{run.id}", run.state)


def _refresh(wanted: str) -> int:
    return min(3600, max(2, int(wanted))) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 0
