"""Forms into the one door: a plan is shown, an operation is called, an approval is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ostrov.console.csrf import check_form
from ostrov.console.forms import arguments_of, asks_first, entries
from ostrov.console.http import Request, Response, local_path, redirect
from ostrov.console.views.operations import elsewhere, explanation
from ostrov.core.errors import Conflict, NotFound, OstrovError, UsageError
from ostrov.core.operations.arguments import builtins
from ostrov.run.web.settings import base_url

if TYPE_CHECKING:
    from ostrov.console.face import Face
    from ostrov.console.visitor import Visitor
    from ostrov.core.operations.operation import Operation
    from ostrov.core.operations.outcome import Outcome

SURFACE = "http"
OPERATIONS = "/operations/"
APPROVALS = "/approvals/"


async def answer(face: Face, request: Request, visitor: Visitor) -> Response:
    """The answer to a posted form of a person who is logged in."""
    form = await request.form()
    check_form(request, form, visitor.secret, face.host)
    if request.path.startswith(OPERATIONS):
        return await _call(face, request, visitor, request.path.removeprefix(OPERATIONS), form)
    if request.path.startswith(APPROVALS):
        return await _decide(face, request, visitor, request.path.removeprefix(APPROVALS), form)
    raise NotFound("nothing is posted to this address")


async def _call(face: Face, request: Request, visitor: Visitor, name: str, form: Mapping[str, str]) -> Response:
    assert visitor.actor is not None
    operation = face.operations.find(name, visitor.actor, SURFACE)
    after = local_path(form["_next"], "") if form.get("_next") else ""
    plan_first = form.get("_step") == "plan" or (asks_first(operation) and not form.get("_digest"))
    try:
        given = arguments_of(operation, form)
        outcome = await face.operations.call(
            name, given, visitor.actor, SURFACE, "console", dry_run=plan_first, expect=form.get("_digest", "")
        )
    except OstrovError as problem:
        if isinstance(problem, Conflict) and form.get("_digest") and not plan_first:
            return await _plan_changed(face, request, visitor, operation, form, after, problem)
        return await _again(face, request, visitor, operation, form, after, problem)
    except Exception as problem:
        failure = OstrovError(f"{name} failed", cause=f"{type(problem).__name__}: {problem}".removesuffix(": "))
        return await _again(face, request, visitor, operation, form, after, failure)
    if plan_first:
        return await _show_plan(face, request, visitor, operation, outcome, form, after)
    return await _done(face, request, visitor, operation, outcome, after)


async def _again(
    face: Face,
    request: Request,
    visitor: Visitor,
    operation: Operation[..., Any],
    form: Mapping[str, str],
    after: str,
    problem: OstrovError,
) -> Response:
    """The form with what was typed and what is wrong with it. Somebody without the permission gets no form to fill in."""
    assert visitor.actor is not None
    if not visitor.actor.may(operation.permission):
        raise problem
    drawn = entries(operation, form, getattr(problem, "fields", {}))
    values = {
        "operation": operation,
        "entries": drawn,
        "explanation": explanation(operation),
        "elsewhere": elsewhere(operation, drawn, base_url(face.application)),
        "problem": problem,
        "next": after,
    }
    return await face.draw(request, visitor, "console/operation.html", values, status=problem.status)


async def _plan_changed(
    face: Face,
    request: Request,
    visitor: Visitor,
    operation: Operation[..., Any],
    form: Mapping[str, str],
    after: str,
    problem: OstrovError,
) -> Response:
    assert visitor.actor is not None
    given = arguments_of(operation, form)
    try:
        outcome = await face.operations.call(operation.name, given, visitor.actor, SURFACE, "console", dry_run=True)
    except OstrovError as other:
        return await _again(face, request, visitor, operation, form, after, other)
    return await _show_plan(face, request, visitor, operation, outcome, form, after, problem)


async def _show_plan(
    face: Face,
    request: Request,
    visitor: Visitor,
    operation: Operation[..., Any],
    outcome: Outcome,
    form: Mapping[str, str],
    after: str,
    problem: OstrovError | None = None,
) -> Response:
    asked = entries(operation, {}, {})
    given = arguments_of(operation, form)
    values = {
        "operation": operation,
        "secrets": [entry for entry in asked if entry.kind == "secret"],
        "given": {entry.name: given[entry.name] for entry in asked if entry.name in given and entry.kind != "secret"},
        "plan": outcome.plan,
        "digest": outcome.digest[:12],
        "full_digest": outcome.digest,
        "next": after,
        "problem": problem,
    }
    return await face.draw(request, visitor, "console/plan.html", values, status=problem.status if problem else 200)


async def _done(
    face: Face, request: Request, visitor: Visitor, operation: Operation[..., Any], outcome: Outcome, after: str
) -> Response:
    """Where a person goes after a call: back where they were, or to the record; a result that is kept nowhere is shown now."""
    if outcome.state == "finished" and (not outcome.run or not operation.keep_result) and outcome.result is not None:
        values = {
            "operation": operation,
            "result": builtins(outcome.result),
            "run": outcome.run,
            "once": not operation.keep_result,
            "next": after,
        }
        return await face.draw(request, visitor, "console/result.html", values)
    visitor.flash = outcome.run
    return redirect(after or (f"/runs/{outcome.run}" if outcome.run else OPERATIONS.rstrip("/")))


async def _decide(face: Face, request: Request, visitor: Visitor, number: str, form: Mapping[str, str]) -> Response:
    assert visitor.actor is not None
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise NotFound("there is no such run")
    step = form.get("_step")
    if step not in ("approve", "reject"):
        raise UsageError("say approve or reject")
    if step == "approve":
        outcome = await face.operations.approve(int(number), visitor.actor, form.get("_digest", ""), SURFACE)
    else:
        outcome = await face.operations.reject(int(number), visitor.actor, SURFACE, form.get("reason", "").strip())
    operation = face.operations.all[outcome.operation]
    if outcome.state == "finished" and not operation.keep_result:
        return await _done(face, request, visitor, operation, outcome, "/approvals")
    return redirect(f"/runs/{outcome.run}")
