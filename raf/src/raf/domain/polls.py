"""Decisions about polls: what may be asked, and what may be chosen (app/validators/poll_*_validator.rb, Mastodon 4.4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from raf.domain.events import PollTerms
from raf.domain.text import characters
from raf.errors import Invalid
from raf.forms import NewPoll

OPTIONS = 4
OPTION_CHARACTERS = 50
SHORTEST = 300
LONGEST = 2_629_746
"""Seconds a poll may be open: five minutes to a month."""


def terms(new: NewPoll, now: float) -> PollTerms:
    """The poll as it is kept. Raises Invalid with Mastodon's words."""
    options = tuple(title.strip() for title in new.options)
    wrong: list[tuple[str, str]] = []
    if len(options) < 2:
        wrong.append(("ERR_TOO_FEW", "must have more than one item"))
    if len(options) > OPTIONS:
        wrong.append(("ERR_TOO_MANY", f"can't contain more than {OPTIONS} items"))
    if any(not title for title in options):
        wrong.append(("ERR_BLANK", "can't be blank"))
    if any(len(title) > OPTION_CHARACTERS * 16 or characters(title, []) > OPTION_CHARACTERS for title in options):
        wrong.append(("ERR_TOO_LONG", f"can't be longer than {OPTION_CHARACTERS} characters each"))
    if len(set(options)) != len(options):
        wrong.append(("ERR_TAKEN", "contain duplicate items"))
    if wrong:
        raise Invalid({"options": wrong})
    if new.expires_in is None:
        raise Invalid({"expires_at": [("ERR_BLANK", "can't be blank")]})
    if not new.expires_in <= LONGEST:
        raise Invalid({"expires_at": [("ERR_INVALID", "is too far into the future")]})
    if not new.expires_in >= SHORTEST:
        raise Invalid({"expires_at": [("ERR_INVALID", "is too soon")]})
    return PollTerms(options, now + new.expires_in, new.multiple, new.hide_totals)


def vote(terms: PollTerms, choices: Sequence[int], chosen: Collection[int], now: float, *, own: bool) -> tuple[int, ...]:
    """What somebody chooses now who chose `chosen` before; () when they choose nothing. Raises Invalid."""
    wanted = tuple(dict.fromkeys(choices))
    if is_over(terms.expires_at, now):
        raise _wrong("ERR_EXPIRED", "The poll has already ended")
    if own:
        raise _wrong("ERR_OWN", "You cannot vote in your own polls")
    if any(not 0 <= choice < len(terms.options) for choice in wanted):
        raise _wrong("ERR_INCLUSION", "The chosen vote option does not exist")
    if wanted and (any(choice in chosen for choice in wanted) if terms.multiple else chosen or len(wanted) > 1):
        raise _wrong("ERR_TAKEN", "You have already voted on this poll")
    return wanted


def is_over(expires_at: float | None, now: float) -> bool:
    """Whether nobody can vote any more."""
    return expires_at is not None and expires_at <= now


def _wrong(code: str, words: str) -> Invalid:
    return Invalid({"base": [(code, words)]})
