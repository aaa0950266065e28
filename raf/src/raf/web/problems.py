"""When something goes wrong: a page that says what, or a line for a script that asked."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException

from ostrov import OstrovError
from raf.errors import Invalid, Refused, TooMany
from raf.factors.staff import Unguarded
from raf.identity.barring import Barred
from raf.identity.csrf import VISITOR_COOKIE
from raf.web.answer import JSON
from raf.web.house import House
from raf.web.languages import Language
from raf.web.notices import N_
from raf.web.visit import AnyRequest, LogInFirst, Visit
from raf.web.wording import sentence

LOG = logging.getLogger("raf.web")
PAGE = "text/html"
"""Litestar says itself that it is UTF-8."""

SAID = {
    400: (N_("This request makes no sense"), N_("The address or the form holds something that cannot be read.")),
    401: (N_("Log in first"), N_("This page is for people who are logged in.")),
    403: (
        N_("Not through this door"),
        N_("You may not do this. If it was a form that lay open for long, go back and send it again."),
    ),
    404: (N_("No such cup"), N_("There is nothing at this address, or it is not for you to see. It may have been deleted.")),
    405: (N_("Not this way"), N_("This address does something else.")),
    409: (N_("Somebody was quicker"), N_("It has changed meanwhile. Look again and repeat.")),
    413: (N_("Too much for this cup"), N_("What you sent is larger than the house takes. Choose a smaller file.")),
    422: (N_("That did not work"), N_("What you sent cannot be taken.")),
    429: (N_("Too fast"), N_("You did this too often. Wait a little and try again.")),
    500: (N_("The cup slipped"), N_("Something broke on our side. It is written down; nothing you posted before is lost.")),
    503: (N_("Closed for a moment"), N_("The house cannot answer just now. Try again soon.")),
    507: (N_("The pantry is full"), N_("There is no room left on the disk. What was posted before is safe.")),
}
"""The heading and the text by status; a status that is not here takes those of its hundred."""


def words_of(status: int) -> tuple[str, str]:
    return SAID.get(status) or SAID[400 if status < 500 else 500]


def status_of(error: Exception) -> int:
    """What HTTP answers for an error."""
    if isinstance(error, HTTPException):
        return error.status_code
    return error.status if isinstance(error, OstrovError) else 500


def detail(language: Language, error: Exception) -> str:
    """What is told beyond the status."""
    return sentence(language, error) if isinstance(error, (Invalid, Refused, TooMany)) else ""


def told(house: House, request: AnyRequest, error: Exception) -> Response[Any]:
    """The answer to an error. A page is drawn without the database, which may be what failed."""
    status = status_of(error)
    if status >= 500:
        expected = isinstance(error, OstrovError) and bool(error.tip)  # it says what to do: a disk, a server, not our code
        LOG.error(
            "%s %r failed%s",
            request.method,
            request.scope["path"],
            f": {error}" if expected else "",
            exc_info=None if expected else error,
        )
    visit = Visit(house, request)
    if isinstance(error, Barred) and not visit.wants_fragment():
        return Response(b"", status_code=303, headers={"location": "/standing"}, media_type=PAGE)
    if isinstance(error, Unguarded) and request.method == "GET" and not visit.wants_fragment():
        visit.tell("desk_closed")
        headers = {"location": "/settings/security", "set-cookie": visit.cookies[-1]}
        return Response(b"", status_code=303, headers=headers, media_type=PAGE)
    if isinstance(error, LogInFirst) and not visit.wants_fragment():
        back = quote(error.back, safe="/@")
        return Response(b"", status_code=303, headers={"location": f"/log-in?next={back}"}, media_type=PAGE)
    heading, text = (str(visit.language.say(words)) for words in words_of(status))
    more = detail(visit.language, error)
    headers = {"cache-control": "no-store"}
    if isinstance(error, TooMany):
        headers["retry-after"] = str(max(1, round(error.wait)))
    if visit.wants_fragment():
        body = msgspec.json.encode({"status": status, "error": more or heading})
        return Response(body, status_code=status, headers=headers, media_type=JSON)
    html = house.rendering.fragment(
        "problem.html", visit.language, visit=visit, status=status, heading=heading, text=text, tip=more
    )
    answer: Response[Any] = Response(html.encode(), status_code=status, headers=headers, media_type=PAGE)
    if visit.new_visitor:
        answer.set_cookie(VISITOR_COOKIE, visit.new_visitor, path="/", httponly=True, samesite="lax", secure=visit.site.secure)
    return answer
