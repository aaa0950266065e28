"""What kept a post from going out is said in both languages, and whether another time would help."""

from __future__ import annotations

import pytest

from raf.errors import Invalid, Missing, RafError, Refused
from raf.quotes.quoting import GONE
from raf.web.languages import Language
from raf.web.reasons import reason_of

RAISED: dict[str, RafError] = {
    "The file is damaged, or of a kind that cannot be played here.": Invalid({"file": [("ERR_INVALID", "is damaged")]}),
    "The recording is too long.": Invalid({"file": [("ERR_INVALID", "is longer than 10 minutes")]}),
    "The file has more pixels or frames than are taken here.": Invalid({"file": [("ERR_INVALID", "has 9 frames a second")]}),
    "The file could not be processed.": Invalid({"file": [("ERR_INVALID", "cannot be written")]}),
    "A file of it is gone, or stands in another post.": Refused("Media 7 not found or already attached to another post"),
    "The post it quotes is gone, or closed to you.": Missing(GONE),
    "It is longer than posts may be now.": Invalid({"text": [("ERR_TOO_LONG", "character limit of 5 exceeded")]}),
    "Its poll would end too soon or too late.": Invalid({"expires_at": [("ERR_INVALID", "is too soon")]}),
}


@pytest.mark.parametrize("words", RAISED)
def test_a_refusal_that_is_known_is_said_in_the_language_of_the_reader(words: str) -> None:
    english, russian = (reason_of(Language(code), RAISED[words].error) for code in ("en", "ru"))
    assert english == (words, False)
    assert russian.words == Language("ru").say(words) != words


def test_what_is_not_known_is_said_as_it_is_kept_and_may_go_out_later() -> None:
    assert reason_of(Language("ru"), "Something of tomorrow") == ("Something of tomorrow", True)
