"""What an account may be called. Mastodon's rules, so that names made here work everywhere in the fediverse."""

from __future__ import annotations

import re

LONGEST = 30
SHAPE = re.compile(r"[A-Za-z0-9_]+")
WORDS = (
    "abuse admin administrator hostmaster help info mod moderator moderators ostrov owner postmaster raf root security "
    "staff support system webmaster"
)
RESERVED = frozenset(WORDS.split())
"""Names that would pass for the server's own people (RFC 2142 §4 and Mastodon's list)."""

Problem = tuple[str, str]


def problems_of_username(username: str) -> list[Problem]:
    """What is wrong with a name, as (code, message); nothing when it may be taken."""
    if not username:
        return [("ERR_BLANK", "can't be blank")]
    found = []
    if not SHAPE.fullmatch(username):
        found.append(("ERR_INVALID", "must contain only letters, numbers and underscores"))
    if len(username) > LONGEST:
        found.append(("ERR_TOO_LONG", f"is too long (maximum is {LONGEST} characters)"))
    if username.lower() in RESERVED:
        found.append(("ERR_RESERVED", "is reserved"))
    return found
