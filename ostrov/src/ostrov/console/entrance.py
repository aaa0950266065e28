"""Coming in and going out: by password, by one-time link; and the choice of a language, which strangers have too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ostrov.console.csrf import check_form
from ostrov.console.errors import MethodNotAllowed
from ostrov.console.http import Request, Response, local_path, redirect
from ostrov.console.texts import LANGUAGES
from ostrov.console.visitor import LANGUAGE, MONTH, Visitor, enter, leave
from ostrov.core.errors import NotFound, OstrovError
from ostrov.core.operations.operators import log_in, log_in_by_link, log_out, operator_of_link

if TYPE_CHECKING:
    from ostrov.console.face import Face

LOGIN = "/login"
LINKS = "/enter/"


def is_entrance(path: str) -> bool:
    """Whether strangers may ask for a path."""
    return path in (LOGIN, "/logout", "/language") or path.startswith(LINKS)


async def answer(face: Face, request: Request, visitor: Visitor) -> Response:
    """The answer of an entrance's address."""
    if request.method in ("GET", "HEAD"):
        return await _show(face, request, visitor)
    if request.method != "POST":
        raise MethodNotAllowed(f"{request.method} is not for this address")
    form = await request.form()
    check_form(request, form, visitor.secret, face.host)
    if request.path == "/language":
        return _choose_language(request, form)
    if request.path == "/logout":
        return await _go_out(face, request, visitor)
    return await _come_in(face, request, visitor, form)


async def _show(face: Face, request: Request, visitor: Visitor) -> Response:
    if request.path in ("/logout", "/language"):
        return redirect("/")
    if request.path == LOGIN:
        wanted = local_path(request.query.get("next", ""))
        if visitor.actor is not None:
            return redirect(wanted)
        return await face.draw(request, visitor, "console/login.html", {"next": wanted, "name": "", "problem": None})
    operator = await face.application.store.read(operator_of_link, request.path.removeprefix(LINKS))
    if operator is None:
        raise NotFound(
            "this link does not work any more", tip="a link works once and not for long; a new one: ostrov operators link NAME"
        )
    return await face.draw(request, visitor, "console/link.html", {"operator": operator.name})


async def _come_in(face: Face, request: Request, visitor: Visitor, form: dict[str, str]) -> Response:
    application = face.application
    agent = request.headers.get("user-agent", "")
    name, wanted = form.get("name", "").strip(), local_path(form.get("_next", ""))
    try:
        if request.path == LOGIN:
            session = await log_in(application, name, form.get("password", ""), request.client, agent)
        else:
            session = await log_in_by_link(application, request.path.removeprefix(LINKS), request.client, agent)
    except OstrovError as problem:
        if problem.status >= 500:
            raise
        values = {"next": wanted, "name": name, "problem": problem}
        response = await face.draw(request, visitor, "console/login.html", values, status=problem.status)
        wait = getattr(problem, "wait", 0.0)
        if wait:
            response.headers.append(("retry-after", str(int(wait) + 1)))
        return response
    if visitor.session:
        await log_out(application, visitor.session)
    response = redirect(wanted)
    enter(response, request, session, application.settings.operations.session_days * 86400)
    return response


async def _go_out(face: Face, request: Request, visitor: Visitor) -> Response:
    if visitor.session:
        await log_out(face.application, visitor.session)
    response = redirect(LOGIN)
    leave(response, request)
    return response


def _choose_language(request: Request, form: dict[str, str]) -> Response:
    response = redirect(local_path(form.get("_next", "")))
    if form.get("language") in LANGUAGES:
        response.cookie(LANGUAGE, form["language"], secure=request.secure, max_age=12 * MONTH)
    return response
