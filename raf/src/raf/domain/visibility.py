"""Who may see a post: the one rule, as a function for what is in memory and as a condition for what is in tables.

A suspended author: nobody else. public and unlisted: everybody; private: followers and the mentioned; direct: the mentioned.
The author always; and nobody whom the author has blocked. A boost is seen by who may see both it and the post in it.
"""

from __future__ import annotations

from typing import Final

PUBLIC: Final = "public"
UNLISTED: Final = "unlisted"
PRIVATE: Final = "private"
DIRECT: Final = "direct"
WITHHELD: Final = "withheld"
"""How the posts of a suspended author are seen: not at all."""
VISIBILITIES: Final = (PUBLIC, UNLISTED, PRIVATE, DIRECT)

NOBODY: Final = 0
"""The id of an anonymous viewer."""


def may_see(
    visibility: str, author_id: int, viewer_id: int, *, follows: bool = False, mentioned: bool = False, blocked: bool = False
) -> bool:
    """Whether the viewer may see a post of the author.

    `follows`: the viewer follows the author; `mentioned`: in this post; `blocked`: the author has blocked the viewer.
    """
    if viewer_id == author_id:
        return viewer_id != NOBODY
    if blocked:
        return False
    if visibility in (PUBLIC, UNLISTED):
        return True
    return mentioned or (visibility == PRIVATE and follows)


VISIBLE: Final = """(s.account_id = ? OR (
  NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = s.account_id AND block.target_id = ?)
  AND s.account_id NOT IN (SELECT barred.id FROM account barred WHERE barred.suspended = 1) AND (
    s.visibility IN ('public', 'unlisted')
    OR EXISTS (SELECT 1 FROM mention WHERE mention.status_id = s.id AND mention.account_id = ?)
    OR (s.visibility = 'private'
        AND EXISTS (SELECT 1 FROM follow WHERE follow.account_id = ? AND follow.target_id = s.account_id)))))"""
"""The same as a condition on `status s`; its parameters are `viewer(viewer_id)`."""


def viewer(viewer_id: int | None) -> tuple[int, int, int, int]:
    """The parameters of `VISIBLE`."""
    seen_by = viewer_id or NOBODY
    return (seen_by, seen_by, seen_by, seen_by)


def boost_visibility(of_post: str, wanted: str | None, default: str) -> str:
    """A boost of a private post stays private; otherwise as wanted, or as the booster's posts are by default."""
    if of_post in (PRIVATE, DIRECT):
        return of_post
    chosen = wanted or default
    return chosen if chosen in (PUBLIC, UNLISTED, PRIVATE) else UNLISTED


def may_boost(visibility: str, author_id: int, booster_id: int) -> bool:
    """Of what one sees, what may be boosted: everything public, of private posts one's own."""
    return visibility in (PUBLIC, UNLISTED) or (visibility == PRIVATE and author_id == booster_id)


def is_counted(visibility: str) -> bool:
    """Whether a post counts among its author's posts: direct ones are nobody else's business."""
    return visibility != DIRECT


def is_open(visibility: str) -> bool:
    """Whether a reply counts below its post and a boost can be made by anybody."""
    return visibility in (PUBLIC, UNLISTED)
