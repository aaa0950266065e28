"""What can be wrong with processes."""

from __future__ import annotations

from ostrov.core.errors import Conflict, OstrovError


class NotUp(OstrovError):
    """The project has no running supervisor."""

    exit_code = 69  # EX_UNAVAILABLE, sysexits(3)
    status = 503


class AlreadyUp(Conflict):
    """Another supervisor holds the project's lock."""


class PortTaken(Conflict):
    """A socket cannot be bound."""


class StartFailed(OstrovError):
    """A process did not become ready."""


MISCONFIGURED = 78
"""EX_CONFIG, sysexits(3): how a host says that starting it again will not help."""
