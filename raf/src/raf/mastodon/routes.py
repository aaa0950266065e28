"""Every endpoint in one Litestar application: what the gate does not answer by itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from raf.mastodon import answers
from raf.mastodon.endpoint import JSON, admit, call_of
from raf.mastodon.endpoints import (
    accounts,
    admin_accounts,
    admin_blocks,
    admin_reports,
    announcements,
    apps,
    authorization,
    confirmations,
    conversations,
    description,
    discovery,
    domain_blocks,
    empty,
    featured,
    filters,
    grouped_notifications,
    instance,
    lists,
    media,
    notification_requests,
    notifications,
    oauth,
    people,
    polls,
    profile,
    push,
    quotes,
    registration,
    relations,
    reports,
    scheduled,
    search,
    statuses,
    tags,
    timelines,
    trends,
)
from raf.mastodon.gate import PAGES

if TYPE_CHECKING:
    from litestar.types import ExceptionHandlersMap

MODULES = (
    *(admin_accounts, admin_blocks, admin_reports, announcements, domain_blocks, reports),
    *(featured, filters, lists),
    *(
        accounts,
        apps,
        authorization,
        confirmations,
        conversations,
        description,
        discovery,
        empty,
        instance,
        media,
        notifications,
    ),
    *(grouped_notifications, notification_requests),
    *(
        quotes,
        oauth,
        people,
        polls,
        profile,
        push,
        registration,
        relations,
        scheduled,
        search,
        statuses,
        tags,
        timelines,
        trends,
    ),
)
HANDLERS = [handler for module in MODULES for handler in module.HANDLERS]


@cache
def routed() -> Litestar:
    """The endpoints. Their house is the call's, so a process makes them once."""
    handlers: ExceptionHandlersMap = {HTTPException: _unrouted, Exception: _refused}
    return Litestar(
        HANDLERS,
        dependencies={"call": Provide(call_of, sync_to_thread=False)},
        guards=[admit],
        exception_handlers=handlers,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,  # the gate and the readers of bodies have limits of their own
    )


def _refused(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    if request.scope["path"].startswith(PAGES):
        return authorization.told(request, problem)
    status, body, headers = answers.refusal(problem)
    response = Response(answers.encode(body), status_code=status, media_type=JSON)
    for name, value in headers:
        response.headers[name.decode()] = value.decode()
    return response


def _unrouted(request: Request[Any, Any, Any], problem: HTTPException) -> Response[Any]:
    """No such path, or not by this method: Mastodon tells the two not apart."""
    if request.scope["path"].startswith(PAGES):
        return authorization.told(request, problem)
    status = 404 if problem.status_code == 405 else problem.status_code
    body = answers.NOT_FOUND if status == 404 else {"error": problem.detail}
    return Response(answers.encode(body), status_code=status, media_type=JSON)
