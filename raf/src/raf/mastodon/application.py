"""The ASGI application behind `/api`, `/oauth`, `/.well-known` and `/nodeinfo`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from ostrov import Ostrov
from raf.mastodon import answers, direct, streaming
from raf.mastodon.endpoint import JSON, admit, call_of
from raf.mastodon.endpoints import HANDLERS, authorization
from raf.mastodon.gate import PAGES, Gate
from raf.mastodon.house import House

if TYPE_CHECKING:
    from litestar.types import ExceptionHandlersMap


def build(application: Ostrov) -> Gate:
    """The application, the same one for every mount of a process."""
    return application.part(_open)


def _open(application: Ostrov) -> Gate:
    house = House(application)
    streams = streaming.Streams(house)
    return Gate(house, _routed(), direct.ENDPOINTS, streams.open, streams.socket)  # type: ignore[arg-type]


@cache
def _routed() -> Litestar:
    """The handlers of what the gate does not answer by itself. Their house is the call's, so a process makes them once."""
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
