"""Who stands before the console: an operator with a session, or a stranger with a form."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ostrov.console.csrf import form_token
from ostrov.console.http import Request, Response
from ostrov.core.operations.operators import actor_of_session

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.actor import Actor

SESSION = "ostrov_console"
FORM = "ostrov_console_form"
FLASH = "ostrov_console_flash"
LANGUAGE = "ostrov_console_language"
MONTH = 30 * 86400


@dataclass
class Visitor:
    """`session` is the key of the session's cookie; `stranger` the random cookie that a log-in form is bound to instead.

    `flash` is the run whose outcome the next page tells. `said` collects cookies to set with the answer.
    """

    actor: Actor | None = None
    session: str = ""
    stranger: str = ""
    flash: int = 0
    _flash_was: int = 0
    _stranger_is_new: bool = field(default=False)

    @property
    def secret(self) -> str:
        """What the tokens of this visitor's forms are bound to."""
        if self.actor is not None:
            return self.session
        if not self.stranger:
            self.stranger, self._stranger_is_new = secrets.token_urlsafe(32), True
        return self.stranger

    @property
    def csrf(self) -> str:
        """The token of this visitor's forms."""
        return form_token(self.secret)

    @property
    def name(self) -> str:
        return self.actor.name if self.actor else ""

    async def is_still_there(self, application: Ostrov, permission: str = "console.view") -> bool:
        """Whether the session still stands and its operator still may look: asked again by what goes on for long."""
        actor = await actor_of_session(application, self.session)
        return actor is not None and actor.may(permission)

    def leave(self, request: Request, response: Response) -> None:
        """Set the cookies that the visit changed."""
        if self._stranger_is_new:
            response.cookie(FORM, self.stranger, secure=request.secure)
        if self.flash != self._flash_was:
            response.cookie(FLASH, str(self.flash or ""), secure=request.secure, max_age=120 if self.flash else 0)


async def visitor_of(application: Ostrov, request: Request) -> Visitor:
    """The visitor of a request's cookies. A session that ended makes a stranger."""
    cookies = request.cookies
    session = cookies.get(SESSION, "")
    actor = await actor_of_session(application, session) if session else None
    flash = cookies.get(FLASH, "")
    number = int(flash) if flash.isascii() and flash.isdigit() and len(flash) < 16 else 0
    return Visitor(actor, session if actor else "", cookies.get(FORM, ""), number, number)


def enter(response: Response, request: Request, session: str, lifetime: float) -> None:
    """Give the browser its session. The form cookie of the stranger is taken away with it."""
    response.cookie(SESSION, session, secure=request.secure, max_age=int(lifetime))
    response.cookie(FORM, "", secure=request.secure, max_age=0)


def leave(response: Response, request: Request) -> None:
    """Take the session's cookie away."""
    response.cookie(SESSION, "", secure=request.secure, max_age=0)
