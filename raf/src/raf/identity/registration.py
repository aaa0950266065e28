"""What somebody fills in to sign up, and what is wrong with it."""

from __future__ import annotations

import msgspec

from raf.identity.emails import problems_of_email
from raf.identity.passwords import problems_of_password
from raf.identity.usernames import Problem, problems_of_username

LOCALES = ("en", "ru")


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A request for an account. `agreement` says that the rules were accepted; `application_id` is the OAuth application's.

    `reason` says why somebody wants to join, `invite` is the code of an invitation.
    """

    username: str
    email: str
    password: str
    locale: str = "en"
    agreement: bool = False
    application_id: int | None = None
    reason: str = ""
    invite: str = ""


def problems_of_registration(new: NewAccount) -> dict[str, list[Problem]]:
    """By field, what is wrong with it on its face. Whether the name is free only the database knows."""
    found = {
        "username": problems_of_username(new.username),
        "email": problems_of_email(new.email),
        "password": problems_of_password(new.password, new.username, new.email),
        "agreement": [] if new.agreement else [("ERR_ACCEPTED", "must be accepted")],
        "locale": [] if new.locale in LOCALES else [("ERR_INCLUSION", "is not one of the languages spoken here")],
    }
    return {field: problems for field, problems in found.items() if problems}
