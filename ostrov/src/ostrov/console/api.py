"""The door for programs: operations as JSON, with a personal token in the Authorization header and nothing else.

No cookie is looked at, so a page of another site can do nothing here; no token is taken from an address, where logs and
histories would keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.console.errors import MethodNotAllowed, NotLoggedIn
from ostrov.console.http import Request, Response
from ostrov.core.errors import NotFound, OstrovError, UsageError
from ostrov.core.operations import open_operations
from ostrov.core.operations.arguments import builtins
from ostrov.core.operations.operators import actor_of_token

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.actor import Actor
    from ostrov.core.operations.operation import Operation
    from ostrov.core.operations.operations import Operations
    from ostrov.core.operations.runs import Run

JSON = "application/json"
SURFACE = "http"
TOKEN_WORDS = ("token", "access_token", "api_key", "authorization")


def is_api(path: str) -> bool:
    """Whether a path below the console's prefix is one for programs."""
    return path == "/api" or path.startswith("/api/")


async def answer(application: Ostrov, request: Request) -> Response:
    """The answer to a program.

    `GET operations[/NAME]`, `POST operations/NAME[?dry_run=1&expect=DIGEST]`, `GET approvals`, `POST approvals/RUN`,
    `GET runs/RUN`, all below `/console/api/`.
    """
    try:
        actor = await _actor(application, request)
        return await _answer(application.part(open_operations), request, actor)
    except OstrovError as problem:
        return refusal(problem)


def refusal(problem: OstrovError) -> Response:
    """An error as the command line's `--json` prints it."""
    headers = [("www-authenticate", 'Bearer realm="Ostrov"')] if problem.status == 401 else []
    return _json(problem.as_dict(), problem.status, headers)


async def _answer(operations: Operations, request: Request, actor: Actor) -> Response:
    kind, _, name = request.path.removeprefix("/api").strip("/").partition("/")
    if kind not in ("operations", "approvals", "runs") or (kind == "runs" and not name):
        raise NotFound("there is nothing at this address", tip="see GET /console/api/operations")
    if request.method in ("GET", "HEAD"):
        return await _show(operations, actor, kind, name)
    if request.method != "POST" or not name or kind == "runs":
        raise MethodNotAllowed(f"{request.method} is not for this address")
    body = await _object(request)
    if kind == "operations":
        return await _call(operations, request, actor, name, body)
    return await _decide(operations, actor, _number(name), body)


async def _show(operations: Operations, actor: Actor, kind: str, name: str) -> Response:
    if kind == "operations":
        visible = operations.visible(actor, SURFACE)
        if not name:
            return _json({"operations": [describe(operation) for operation in visible]})
        found = operations.find(name, actor, SURFACE)
        if found not in visible:
            raise NotFound(f"there is no operation {name!r} for you")
        return _json(describe(found))
    waiting = await operations.pending(actor)
    if kind == "approvals" and not name:
        return _json({"approvals": [_of_run(run) for run in waiting]})
    run = await operations.run(_number(name))
    if run.actor != actor.name and not actor.may("audit.view") and run.id not in [other.id for other in waiting]:
        raise NotFound(f"there is no run {run.id} for you")
    return _json(_of_run(run))


async def _call(operations: Operations, request: Request, actor: Actor, name: str, body: dict[str, Any]) -> Response:
    dry_run = request.query.get("dry_run", "").lower() in ("1", "true", "yes")
    try:
        outcome = await operations.call(
            name, body, actor, SURFACE, "api", dry_run=dry_run, expect=request.query.get("expect", "")
        )
    except OstrovError:
        raise
    except Exception as problem:
        raise OstrovError(f"{name} failed", cause=f"{type(problem).__name__}: {problem}".removesuffix(": ")) from problem
    return _json(builtins(outcome), 202 if outcome.state in ("pending", "queued") else 200)


async def _decide(operations: Operations, actor: Actor, run: int, body: dict[str, Any]) -> Response:
    decision, digest, reason = body.get("decision"), body.get("digest", ""), body.get("reason", "")
    if decision not in ("approve", "reject") or not isinstance(digest, str) or not isinstance(reason, str):
        raise UsageError(
            "this is not a decision", tip='send {"decision": "approve", "digest": "…"} or {"decision": "reject", "reason": "…"}'
        )
    if decision == "approve":
        outcome = await operations.approve(run, actor, digest, SURFACE)
    else:
        outcome = await operations.reject(run, actor, SURFACE, reason)
    return _json(builtins(outcome))


def describe(operation: Operation[..., Any]) -> dict[str, Any]:
    """An operation with the JSON Schema (2020-12) of its arguments."""
    return {
        "name": operation.name,
        "summary": operation.summary,
        "help": operation.help,
        "permission": operation.permission,
        "destructive": operation.destructive,
        "approvals": operation.approvals,
        "arguments": schema(operation),
    }


def schema(operation: Operation[..., Any]) -> dict[str, Any]:
    """The JSON Schema of an operation's arguments; the types' own definitions stand in `$defs`."""
    fields = operation.fields()
    kinds = [field.constraint for field in fields]
    schemas, definitions = msgspec.json.schema_components(kinds, schema_hook=_unknown, ref_template="#/$defs/{name}")
    properties: dict[str, Any] = {}
    for field, drawn in zip(fields, schemas, strict=True):
        properties[field.name] = dict(drawn)
        if field.help:
            properties[field.name]["description"] = field.help
        if field.secret:
            properties[field.name]["writeOnly"] = True
        elif not field.required:
            properties[field.name]["default"] = builtins(field.default)
    found = {
        "type": "object",
        "properties": properties,
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }
    return {**found, "$defs": definitions} if definitions else found


def _unknown(kind: type[Any]) -> dict[str, Any]:
    return {"type": "string", "description": kind.__name__}


async def _actor(application: Ostrov, request: Request) -> Actor:
    for word in TOKEN_WORDS:
        if word in request.query:
            raise UsageError(
                f"{word} is not taken from the address",
                cause="addresses stay in logs and histories",
                tip="send it in the header Authorization: Bearer TOKEN, and make a new one: this one has been seen",
            )
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    actor = await actor_of_token(application, token.strip()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise NotLoggedIn(
            "a personal token is needed" if not token else "this token does not work",
            tip="make one with ostrov operators token NAME, and send it in the header Authorization: Bearer TOKEN",
        )
    return actor


async def _object(request: Request) -> dict[str, Any]:
    body = await request.body()
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if kind != JSON:
        raise UsageError("the body must be JSON", cause=f"content-type is {kind}", tip=f"send content-type: {JSON}")
    try:
        return msgspec.json.decode(body, type=dict[str, Any]) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise UsageError("the body is not a JSON object", cause=str(problem)) from problem


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise NotFound("there is no such run")
    return int(text)


def _of_run(run: Run) -> dict[str, Any]:
    shown: dict[str, Any] = builtins(run)
    shown.pop("sealed", None)
    return shown


def _json(value: Any, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, JSON, headers or [])
