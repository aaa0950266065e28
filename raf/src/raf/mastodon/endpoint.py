"""The decorators of the endpoints: a method, a path, who may use it, what it gives and takes. A handler takes the `Call` and
answers JSON bytes; what it gives and takes is told in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, Unpack

import litestar
from litestar.connection import ASGIConnection, Request
from litestar.di import NamedDependency
from litestar.exceptions import MethodNotAllowedException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from raf.errors import Missing
from raf.factors.staff import open_staff
from raf.mastodon.access import Rule, check
from raf.mastodon.call import Call
from raf.mastodon.gate import CALL
from raf.mastodon.promise import Nothing, Promise, Takes

Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]
JSON = "application/json; charset=utf-8"
LARGEST_ID = 2**63 - 1
Asked: TypeAlias = NamedDependency[Call]
"""The call, as a handler's parameter `call`."""


def get(path: str | list[str], rule: Rule, gives: Any = Nothing, **takes: Unpack[Takes]) -> Decorator:
    """`GET path`."""
    return litestar.get(path, opt=_said(rule, gives, takes), media_type=JSON)


def post(path: str | list[str], rule: Rule, gives: Any = Nothing, **takes: Unpack[Takes]) -> Decorator:
    """`POST path`, answered 200."""
    return litestar.post(path, opt=_said(rule, gives, takes), media_type=JSON, status_code=200)


def put(path: str | list[str], rule: Rule, gives: Any = Nothing, **takes: Unpack[Takes]) -> Decorator:
    """`PUT path`."""
    return litestar.put(path, opt=_said(rule, gives, takes), media_type=JSON)


def patch(path: str | list[str], rule: Rule, gives: Any = Nothing, **takes: Unpack[Takes]) -> Decorator:
    """`PATCH path`."""
    return litestar.patch(path, opt=_said(rule, gives, takes), media_type=JSON)


def delete(path: str | list[str], rule: Rule, gives: Any = Nothing, **takes: Unpack[Takes]) -> Decorator:
    """`DELETE path`, answered 200."""
    return litestar.delete(path, opt=_said(rule, gives, takes), media_type=JSON, status_code=200)


def _said(rule: Rule, gives: Any, takes: Takes) -> dict[str, Any]:
    return {"rule": rule, "promise": Promise(gives, takes)}


def call_of(request: Request[Any, Any, Any]) -> Call:
    """The call of a request, for handlers that ask for it."""
    call: Call = request.scope[CALL]  # type: ignore[literal-required]
    return call


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard before every handler: the rule of access, moderators' second factor, and ids that can exist."""
    call: Call = connection.scope[CALL]  # type: ignore[literal-required]
    rule = handler.opt.get("rule")
    if rule is None:  # Litestar's own answer to OPTIONS
        raise MethodNotAllowedException
    check(rule, call.access, call.given)
    if rule.scopes and rule.scopes[0].startswith("admin:"):
        await call.house.application.part(open_staff).require(call.account_id)
    for value in connection.path_params.values():
        if isinstance(value, int) and not 0 <= value <= LARGEST_ID:
            raise Missing
