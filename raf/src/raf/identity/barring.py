"""Who may do nothing: an address not confirmed, a newcomer who waits for approval, a frozen or suspended account."""

from __future__ import annotations

from raf.errors import RafError

SENTENCES = {
    "unconfirmed": "Your login is missing a confirmed e-mail address",
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


UNCONFIRMED = "CASE WHEN c.account_id IS NOT NULL AND c.confirmed_at IS NULL THEN 1 ELSE 0 END"
"""Whether the owner of a `credential c` has not proved the address yet."""


def barred(held: int | None, disabled: int | None, suspended: int | None, unconfirmed: int = 0) -> str:
    """Why an account may do nothing, empty when it may; the columns of `account` of that name, and `UNCONFIRMED`."""
    if unconfirmed and not suspended and not disabled:
        return "unconfirmed"
    return "suspended" if suspended else "disabled" if disabled else "held" if held else ""
