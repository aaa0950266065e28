"""The ASGI application of the pages, for the mount `/`."""

from __future__ import annotations

from functools import cache
from typing import Any

from litestar import Litestar, Response, asgi
from litestar.di import Provide
from litestar.types import ASGIApp, Receive, Scope, Send

from ostrov import Ostrov
from raf.factors.staff import open_staff
from raf.web import live
from raf.web.house import SCOPE, house_of, open_house
from raf.web.pages import (
    about,
    acquaintance,
    appearance,
    composer,
    data,
    direct,
    emojis,
    explore,
    filters,
    follow_requests,
    followed_tags,
    history,
    housekeeping,
    landing,
    leaving,
    letters,
    lists,
    moderation,
    newcomers,
    notifications,
    openid,
    passkeys,
    people,
    polls,
    privacy,
    profile,
    pushes,
    reactions,
    relations,
    rewriting,
    scheduled,
    search,
    second,
    security,
    settings,
    shunned,
    signing,
    standing,
    thread,
    timelines,
)
from raf.web.problems import told
from raf.web.security import secured
from raf.web.visit import AnyRequest, Visit

PAGES = (
    *(acquaintance, filters, followed_tags, letters, lists),
    *(direct, history, rewriting, scheduled),
    *(moderation, housekeeping, standing),
    *(
        about,
        appearance,
        composer,
        data,
        emojis,
        explore,
        landing,
        leaving,
        newcomers,
        notifications,
        openid,
        passkeys,
        people,
        polls,
        privacy,
        profile,
        pushes,
    ),
    *(follow_requests, shunned),
    *(reactions, relations, search, second, security, settings, signing, thread, timelines),
)


def build(application: Ostrov) -> ASGIApp:
    """The pages of an application."""
    house = application.part(open_house)
    pages = routed()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE] = house  # type: ignore[literal-required]
        await pages(scope, receive, send)

    return secured(serve, secure=house.site.secure)


@cache
def routed() -> Litestar:
    """The handlers of all pages, each given the visit it asks for. Their house is in the scope, so a process makes them once:
    two hundred routes take Litestar a quarter of a second."""
    handlers: list[Any] = [handler for module in PAGES for handler in module.HANDLERS]
    return Litestar(
        [*handlers, static, live.live],
        dependencies={"visit": Provide(visit)},
        exception_handlers={Exception: failed},
        request_max_body_size=256 * 1024,
        openapi_config=None,
        logging_config=None,
    )


async def visit(request: AnyRequest) -> Visit:
    """Who asks."""
    house = house_of(request.scope)
    visit = await house.visit(request)
    if request.scope["path"].startswith("/moderation"):
        await house.application.part(open_staff).require(visit.account_id)
    return visit


def failed(request: AnyRequest, error: Exception) -> Response[Any]:
    """What a visitor is told of an error."""
    return told(house_of(request.scope), request, error)


@asgi("/static", is_mount=True, copy_scope=False)
async def static(scope: Scope, receive: Receive, send: Send) -> None:
    """Styles, scripts, drawings."""
    await house_of(scope).assets(scope, receive, send)
