"""What is wrong, in words for people: refusals come with a code, pages say them in the visitor's language."""

from __future__ import annotations

from ostrov import OstrovError
from raf.errors import Invalid, Missing, Refused, TooMany
from raf.web.languages import Language
from raf.web.notices import N_

WORDS = {
    "ERR_BLANK": N_("This is needed"),
    "ERR_TAKEN": N_("Somebody has this already"),
    "ERR_INVALID": N_("This does not look right"),
    "ERR_TOO_LONG": N_("This is too long"),
    "ERR_TOO_SHORT": N_("This is too short"),
    "ERR_RESERVED": N_("This name is kept for the house"),
    "ERR_ACCEPTED": N_("Please agree to the rules"),
    "ERR_INCLUSION": N_("This is not one of the choices"),
    "ERR_BLOCKED": N_("This is not allowed here"),
    "ERR_TOO_FEW": N_("These are too few"),
    "ERR_TOO_MANY": N_("These are too many"),
    "ERR_EXPIRED": N_("It is too late for this"),
    "ERR_OWN": N_("This is your own"),
    "ERR_LIMIT": N_("That is as many as one may have"),
    "ERR_UNREADABLE": N_("This file cannot be read"),
    "ERR_UNKNOWN": N_("It is not known here, or not for you to see"),
    "ERR_EMPTY": N_("There is nothing in it that could be taken in"),
    "ERR_UNREACHABLE": N_("This address cannot be reached"),
}
"""By code, where nothing better is known."""

CLOSER = {
    ("username", "ERR_INVALID"): N_("Only Latin letters, digits and underscores"),
    ("username", "ERR_TOO_LONG"): N_("A name has at most 30 characters"),
    ("username", "ERR_TAKEN"): N_("This name is taken"),
    ("email", "ERR_INVALID"): N_("This is not an e-mail address"),
    ("code", "ERR_INVALID"): N_("This code is not the right one, or it was used already"),
    ("email", "ERR_TAKEN"): N_("There is an account with this address"),
    ("password", "ERR_TOO_SHORT"): N_("A password has at least twelve characters"),
    ("password", "ERR_INVALID"): N_("This password is easily guessed: a common one, or your own name"),
    ("password", "ERR_TOO_LONG"): N_("This password is too long"),
    ("base", "ERR_BLOCKED"): N_("Registrations are closed"),
    ("base", "ERR_INVALID"): N_("This post cannot be pinned"),
    ("fields", "ERR_TOO_LONG"): N_("A fact has at most 255 characters"),
    ("text", "ERR_BLANK"): N_("Write something, or add a picture"),
    ("text", "ERR_TOO_LONG"): N_("The post is too long"),
    ("media_ids", "ERR_INVALID"): N_("These files cannot be posted together"),
    ("context", "ERR_INVALID"): N_("Choose at least one place"),
    ("keyword", "ERR_BLANK"): N_("Write a word or a phrase"),
    ("tag", "ERR_TAKEN"): N_("This tag is there already"),
    ("name", "ERR_INVALID"): N_("This cannot be a tag"),
    ("file", "ERR_INVALID"): N_("This file is no picture, film or sound that can be shown here"),
    ("file", "ERR_TOO_LONG"): N_("The file is too large"),
    ("options", "ERR_TOO_FEW"): N_("A poll has at least two answers"),
    ("options", "ERR_TOO_MANY"): N_("A poll has at most four answers"),
    ("options", "ERR_TOO_LONG"): N_("An answer has at most 50 characters"),
    ("options", "ERR_TAKEN"): N_("Two answers of the poll are the same"),
    ("base", "ERR_EXPIRED"): N_("The poll is over"),
    ("base", "ERR_OWN"): N_("You cannot vote in your own poll"),
    ("base", "ERR_TAKEN"): N_("You have voted already"),
    ("description", "ERR_TOO_LONG"): N_("The description is too long"),
    ("domain", "ERR_INVALID"): N_("This is not the name of a site: like example.org"),
    ("ip", "ERR_INVALID"): N_("This is neither an address nor a network: like 192.0.2.7 or 2001:db8::/32"),
    ("domain", "ERR_TAKEN"): N_("It is blocked already"),
    ("ip", "ERR_TAKEN"): N_("It is blocked already"),
    ("canonical_email_hash", "ERR_TAKEN"): N_("It is blocked already"),
    ("shortcode", "ERR_INVALID"): N_("Letters, digits and underscores, two at least"),
    ("ends_at", "ERR_INVALID"): N_("It ends before it begins, or this is not a time"),
    ("display_name", "ERR_TOO_LONG"): N_("A name has at most 30 characters"),
    ("note", "ERR_TOO_LONG"): N_("This is too long: 500 characters at most"),
}
"""By field and code."""


REFUSED = (
    N_("This account is suspended already"),
    N_("This account is not waiting for approval"),
    N_("Only a suspended account can be deleted"),
    N_("A house needs an owner: name another one first"),
    N_("You appealed already"),
    N_("It is too late to appeal"),
    N_("This appeal is decided"),
)
"""What is refused without a field, as the refusal says it."""


def problem(language: Language, field: str, code: str, message: str) -> str:
    """One problem in words; an unknown code is told by its English message."""
    words = CLOSER.get((field, code)) or WORDS.get(code)
    return language.say(words) if words else f"{field}: {message}" if field != "base" else message


def problems(language: Language, error: Invalid) -> dict[str, list[str]]:
    """What is wrong by field, once each."""
    return {
        field: list(dict.fromkeys(str(problem(language, field, code, message)) for code, message in found))
        for field, found in error.details.items()
    }


def waiting(language: Language, error: TooMany) -> str:
    """How long somebody who tried too often has to wait."""
    seconds = max(1, round(error.wait))
    if seconds < 120:
        return language.plural("Try again in %(num)s second.", "Try again in %(num)s seconds.", seconds)
    return language.plural("Try again in %(num)s minute.", "Try again in %(num)s minutes.", round(seconds / 60))


def sentence(language: Language, error: OstrovError) -> str:
    """Why a post cannot be taken, in one line; "" when there is nothing better to say than the status."""
    if isinstance(error, Refused) and str(error) in REFUSED:
        return language.say(str(error))
    if isinstance(error, Refused):  # what is refused without a field has to do with pictures
        return language.say("These files cannot be posted together")
    if isinstance(error, Missing):
        return language.say("The post you answer is gone")
    if isinstance(error, TooMany):
        return waiting(language, error)
    if not isinstance(error, Invalid):
        return ""
    return "; ".join(said for found in problems(language, error).values() for said in found)
