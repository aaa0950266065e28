"""The ASGI application of the pages, for the mount `/`."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Router, asgi
from litestar.di import Provide
from litestar.types import ASGIApp, Receive, Scope, Send

from ostrov import Ostrov
from raf.factors.staff import open_staff
from raf.web import live
from raf.web.house import House, open_house
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
from raf.web.problems import Problems
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
    return secured(make_litestar(house), secure=house.site.secure)


def make_litestar(house: House) -> Litestar:
    """The handlers of all pages, each given the visit it asks for."""

    async def visit(request: AnyRequest) -> Visit:
        visit = await house.visit(request)
        if request.scope["path"].startswith("/moderation"):
            await house.application.part(open_staff).require(visit.account_id)
        return visit

    @asgi("/static", is_mount=True, copy_scope=False)
    async def static(scope: Scope, receive: Receive, send: Send) -> None:
        await house.assets(scope, receive, send)

    handlers: list[Any] = [handler for module in PAGES for handler in module.HANDLERS]
    router = Router("/", route_handlers=handlers, dependencies={"visit": Provide(visit)})
    return Litestar(
        [router, static, live.handler(house)],
        exception_handlers={Exception: Problems(house)},
        request_max_body_size=256 * 1024,
        openapi_config=None,
        logging_config=None,
    )
