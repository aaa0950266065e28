"""What goes wrong at the console's own door."""

from __future__ import annotations

from ostrov.core.errors import OstrovError


class NotLoggedIn(OstrovError):
    """Nobody is logged in, or the session is over."""

    exit_code = 77
    status = 401


class MethodNotAllowed(OstrovError):
    """The address exists, but not for this method."""

    exit_code = 2
    status = 405
