"""What a person says of a list, checked."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from raf.errors import Invalid, Refused

POLICIES = ("list", "followed", "none")
"""Whose replies a list shows: to each other, to anybody the owner follows, to nobody (beside themselves and the owner)."""
MOST = 50
LONGEST = 256


class ListChange(Struct, frozen=True, kw_only=True):
    """Only what is set is changed."""

    title: str | UnsetType = UNSET
    replies_policy: str | UnsetType = UNSET
    exclusive: bool | UnsetType = UNSET


def checked(change: ListChange, *, new: bool) -> ListChange:
    """The change without spaces around the title. Raises Invalid, Refused (an unknown policy)."""
    title = change.title.strip() if isinstance(change.title, str) else change.title
    if title == "" or (new and title is UNSET):
        raise Invalid({"title": [("ERR_BLANK", "can't be blank")]})
    if isinstance(title, str) and len(title) > LONGEST:
        raise Invalid({"title": [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST} characters)")]})
    if change.replies_policy is not UNSET and change.replies_policy not in POLICIES:
        raise Refused(f"'{change.replies_policy}' is not a valid replies_policy")
    return ListChange(title=title, replies_policy=change.replies_policy, exclusive=change.exclusive)
