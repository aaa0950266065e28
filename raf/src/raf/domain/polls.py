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
    """The poll as it is kept; empty choices are left out, as a form sends them. Raises Invalid with Mastodon's words."""
    options = tuple(title for title in map(str.strip, new.options) if title)
    wrong: list[tuple[str, str]] = [] if options else [("ERR_BLANK", "can't be blank")]
    if len(options) < 2:
        wrong.append(("ERR_TOO_FEW", "must have more than one item"))
    if len(options) > OPTIONS:
        wrong.append(("ERR_TOO_MANY", f"can't contain more than {OPTIONS} items"))
    if any(len(title) > OPTION_CHARACTERS * 16 or characters(title, []) > OPTION_CHARACTERS for title in options):
        wrong.append(("ERR_TOO_LONG", f"cannot be longer than {OPTION_CHARACTERS} characters each"))
    if len(set(options)) != len(options):
        wrong.append(("ERR_TAKEN", "contain duplicate items"))
    problems = {"options": wrong, "expires_at": _wrong_time(new.expires_in)}
    if new.expires_in is None or any(problems.values()):
        raise Invalid({field: found for field, found in problems.items() if found})
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


def _wrong_time(expires_in: float | None) -> list[tuple[str, str]]:
    if expires_in is None:
        return [("ERR_BLANK", "can't be blank")]
    if not expires_in <= LONGEST:
        return [("ERR_INVALID", "is too far into the future")]
    return [] if expires_in >= SHORTEST else [("ERR_INVALID", "is too soon")]


def _wrong(code: str, words: str) -> Invalid:
    return Invalid({"base": [(code, words)]})
