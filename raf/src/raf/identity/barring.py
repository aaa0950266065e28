"""Whom moderators keep out: a newcomer who waits for approval, a frozen or suspended account."""

from __future__ import annotations

from raf.errors import RafError

SENTENCES = {
    "held": "Your login is currently pending approval",
    "disabled": "Your login is currently disabled",
    "suspended": "Your login is currently disabled",
}
"""As Mastodon answers (app/controllers/concerns/api/access_token_tracking_concern.rb, api/base_controller.rb, 4.4)."""


class Barred(RafError):
    """The account exists and its log-in is right, and yet it may do nothing. `why` is a key of `SENTENCES`."""

    status = 403

    def __init__(self, why: str) -> None:
        super().__init__(SENTENCES[why])
        self.why = why


def barred(held: int | None, disabled: int | None, suspended: int | None) -> str:
    """Why an account may do nothing, empty when it may; the columns of `account` of that name."""
    return "suspended" if suspended else "disabled" if disabled else "held" if held else ""
