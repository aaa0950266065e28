"""Decisions about quotes: who may quote what, and how widely (app/models/concerns/status/interaction_policy_concern.rb)."""

from __future__ import annotations

from typing import Final

from raf.domain.visibility import DIRECT, PRIVATE, PUBLIC, UNLISTED
from raf.errors import Invalid

EVERYBODY: Final = "public"
FOLLOWERS: Final = "followers"
NOBODY: Final = "nobody"
POLICIES: Final = (EVERYBODY, FOLLOWERS, NOBODY)


def policy(wanted: str | None) -> str:
    """Who may quote a post, of those that may see it. Raises Invalid."""
    if wanted is not None and wanted not in POLICIES:
        raise Invalid({"quote_approval_policy": [("ERR_INCLUSION", "is not included in the list")]})
    return wanted or EVERYBODY


def may_quote(policy: str, visibility: str, *, own: bool, follows: bool) -> bool:
    """Whether somebody who sees a post may quote it; one that not everybody may see is quoted by its author alone.
    `follows`: they follow its author."""
    if visibility == DIRECT:
        return False
    if own:
        return True
    if visibility not in (PUBLIC, UNLISTED):
        return False
    return policy == EVERYBODY or (policy == FOLLOWERS and follows)


def visibility(wanted: str, of_quoted: str) -> str:
    """A post that quotes one for followers is for followers, too."""
    return PRIVATE if of_quoted == PRIVATE and wanted in (PUBLIC, UNLISTED) else wanted
