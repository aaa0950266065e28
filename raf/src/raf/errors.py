"""The exceptions of Raf, drawn once. Each knows its HTTP status and the words Mastodon answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostrov import OstrovError

Details = Mapping[str, Sequence[tuple[str, str]]]
"""What is wrong by field: `{"username": [("ERR_TAKEN", "has already been taken")]}`."""


class RafError(OstrovError):
    """Something a person asked Raf for cannot be done. `error` is what the API answers as `{"error": …}`."""

    status = 422


class Invalid(RafError):
    """What was sent breaks a rule: `details` has (code, message) pairs by field, `error` says it all in one line."""

    def __init__(self, details: Details) -> None:
        self.details: dict[str, list[tuple[str, str]]] = {field: list(found) for field, found in details.items()}
        words = [f"{_human(field)} {message}".strip() for field, found in details.items() for _, message in found]
        super().__init__("Validation failed: " + ", ".join(words))


class Refused(RafError):
    """A rule forbids this, in a sentence of its own (a file that is not processed yet, a pin too many)."""


class WrongPassword(RafError):
    """No account has this name or address with this password; which of the two is not told."""

    status = 401

    def __init__(self) -> None:
        super().__init__("Invalid name, e-mail address or password")


class TooMany(RafError):
    """Somebody tried too often. `wait` is how many seconds they have to wait."""

    status = 429

    def __init__(self, wait: float, error: str = "Too many requests") -> None:
        super().__init__(error, tip=f"try again in {max(1, round(wait))} s")
        self.wait = wait


class Missing(RafError):
    """There is no such record, or the asker may not see it: the two are not told apart."""

    exit_code = 1
    status = 404

    def __init__(self, error: str = "Record not found") -> None:
        super().__init__(error)


class Forbidden(RafError):
    """The asker may see the thing and yet may not do this to it."""

    status = 403

    def __init__(self, error: str = "This action is not allowed") -> None:
        super().__init__(error)


NotFound = Missing


NAMES = {
    **{"base": "", "options": "Choices", "expires_at": "Deadline"},
    **{"agreement": "Service agreement", "email": "E-mail address"},
}
"""Fields that Mastodon calls otherwise (config/locales/activerecord.en.yml)."""


def _human(field: str) -> str:
    return NAMES.get(field, field.replace("_", " ").capitalize())
