"""The console as an ASGI application: which part answers which address, and what every answer carries."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from ostrov.console import api, calls, entrance, streams
from ostrov.console.errors import MethodNotAllowed, NotLoggedIn
from ostrov.console.face import Face
from ostrov.console.http import PREFIX, ASGIApp, Receive, Request, Response, Scope, Send, redirect
from ostrov.console.static import static_file
from ostrov.console.visitor import Visitor, visitor_of
from ostrov.core.errors import Denied, NotFound, OstrovError
from ostrov.core.page import PageRequest
from ostrov.run.web.settings import base_url
from ostrov.run.web.stopping import open_stopping

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

log = logging.getLogger("ostrov.console")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
GUARDS = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]


def build(application: Ostrov) -> ASGIApp:
    """The console of a project, for the mount "/console"."""
    return Console(application)


class Console:
    """Pages for people, forms into the one door, live links, and the door for programs under `/api`."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.face = Face(application)
        self.stopping = application.part(open_stopping)
        self.secure = base_url(application).startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            request = Request.of(scope, receive, secure=self.secure)
        except OstrovError as problem:
            request = Request(scope["method"], "/", {}, {}, "", self.secure, receive)
            response = _bare(problem)
        else:
            response = await self._guarded(request)
        response.headers += GUARDS
        if not any(name == "cache-control" for name, _ in response.headers):
            response.headers.append(("cache-control", "no-store"))
        await response.send(request, send, self.stopping)

    async def _guarded(self, request: Request) -> Response:
        """The answer, or a page or document that says what went wrong: never a traceback."""
        try:
            if request.path.startswith("/static/"):
                return static_file(request.path.removeprefix("/static/"))
            if api.is_api(request.path):
                return await api.answer(self.application, request)
            visitor = await visitor_of(self.application, request)
        except Exception as problem:
            return await self._failed(request, Visitor(), problem)
        try:
            response = await self._answer(request, visitor)
        except Exception as problem:
            response = await self._failed(request, visitor, problem)
        visitor.leave(request, response)
        return response

    async def _answer(self, request: Request, visitor: Visitor) -> Response:
        post = request.method == "POST"
        if "link" in request.query and visitor.actor is None:
            return redirect(entrance.LINKS + quote(request.query["link"], safe=""))
        if entrance.is_entrance(request.path):
            return await entrance.answer(self.face, request, visitor)
        if visitor.actor is None:
            raise NotLoggedIn("log in first")
        if request.path == "/live":
            return streams.live(self.face, request, visitor)
        if request.path == "/logs/stream":
            return streams.logs(self.face, request, visitor)
        if post:
            return await calls.answer(self.face, request, visitor)
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(f"{request.method} is not for this address")
        return await self.page(request, visitor)

    async def page(self, request: Request, visitor: Visitor) -> Response:
        """A page that a component contributes."""
        found = self.face.pages.find(request.path)
        if found is None and request.path.endswith("/") and self.face.pages.find(request.path.rstrip("/")):
            return redirect(request.path.rstrip("/"))
        if found is None:
            raise NotFound("there is no such page", tip="the menu lists all there are")
        assert visitor.actor is not None
        page = found.placed.page
        if not visitor.actor.may(page.permission):
            raise Denied("this page is not for you", cause=f"{visitor.actor.name} lacks {page.permission}")
        asked = PageRequest(
            application=self.application,
            actor=visitor.actor,
            query=request.query,
            parameters=found.parameters,
            language=self.face.language(request),
        )
        values, topics = await found.placed.view(asked), found.topics
        if page.path == "/":
            values = {**values, **await self.face.panels(request, visitor, asked)}
            topics += tuple(values["topics"])
        component = found.placed.component
        return await self.face.draw(request, visitor, page.template, values, component=component, topics=topics)

    async def _failed(self, request: Request, visitor: Visitor, problem: Exception) -> Response:
        if isinstance(problem, NotLoggedIn) and request.method in ("GET", "HEAD") and not request.headers.get("x-live"):
            here = request.path + (f"?{urlencode(request.query)}" if request.query else "")
            return redirect("/login" + (f"?{urlencode({'next': here})}" if here != "/" else ""))
        if not isinstance(problem, OstrovError):
            log.error("%s %r failed", request.method, PREFIX + request.path, exc_info=problem)
            problem = OstrovError("the console made a mistake", tip="the log says more (ostrov logs web)")
        if api.is_api(request.path):
            return api.refusal(problem)
        plain = problem.status >= 500
        try:
            return await self.face.draw(
                request, visitor, "console/error.html", {"problem": problem}, status=problem.status, plain=plain
            )
        except Exception as another:
            log.error("the page of an error failed", exc_info=another)
            return _bare(problem)


def _bare(problem: OstrovError) -> Response:
    return Response(f"{problem}\n".encode(), problem.status, "text/plain; charset=utf-8")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
