"""Who somebody is: credentials, passwords, browser sessions, form tokens, OAuth applications and tokens.

The way in is `identity = application.part(open_identity)`. Names are loaded at their first use: the settings live here too, and
whoever reads those should not pay for the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raf.identity.identity import Identity as Identity
    from raf.identity.identity import open_identity as open_identity
    from raf.identity.oauth import OAuth as OAuth
    from raf.identity.oauth import open_oauth as open_oauth
    from raf.identity.registration import NewAccount as NewAccount
    from raf.identity.sessions import Session as Session

_HOMES = {
    "Identity": "identity",
    "open_identity": "identity",
    "OAuth": "oauth",
    "open_oauth": "oauth",
    "NewAccount": "registration",
    "Session": "sessions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'raf.identity' has no attribute {name!r}")
    return getattr(import_module(f"raf.identity.{_HOMES[name]}"), name)
