"""Why a post that waited was not published, in words for people: what is kept of it is the API's English sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

from raf.web.languages import Language
from raf.web.notices import N_

FILE = "Validation failed: File "
"""What the reasons of files that could not be processed begin with."""


class Reason(NamedTuple):
    """Why, in the visitor's language; `later` tells whether the same post may go out at another time."""

    words: str
    later: bool


OF_FILES = (
    (r"damaged|cannot be decoded", N_("The file is damaged, or of a kind that cannot be played here.")),
    (r"longer than|greatest length", N_("The recording is too long.")),
    (r"neither picture nor sound", N_("There is neither picture nor sound in the file.")),
    (r"pixels|frames|in one direction", N_("The file has more pixels or frames than are taken here.")),
    (r"takes too", N_("The file takes too long to process.")),
    (r"", N_("The file could not be processed.")),
)
OF_POSTS = (
    (r"out of room", N_("There was no room for the file. The house has to mend that first.")),
    (r"already attached", N_("A file of it is gone, or stands in another post.")),
    (r"not finished processing", N_("The file could not be processed.")),
    (r"trying to reply", N_("The post it answers is gone, or closed to you.")),
    (r"trying to quote", N_("The post it quotes is gone, or closed to you.")),
    (r"character limit", N_("It is longer than posts may be now.")),
    (r"too soon|too far into", N_("Its poll would end too soon or too late.")),
    (r"[Aa]ttach", N_("Its files cannot be posted together.")),
)


def reason_of(language: Language, error: str) -> Reason:
    """Why a post with this `error` was not published; an error that is not known here is said as it is kept."""
    known = OF_FILES if error.startswith(FILE) else OF_POSTS
    found = next((said for pattern, said in known if re.search(pattern, error.removeprefix(FILE))), None)
    return Reason(str(language.say(found)), later=False) if found else Reason(error, later=True)
