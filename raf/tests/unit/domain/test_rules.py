"""What may be posted, shown and boosted."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from raf.domain import posts, profiles, visibility
from raf.domain.posts import Defaults
from raf.errors import Invalid, RafError, Refused
from raf.forms import NewPost, PostChange, ProfileChange
from raf.posts.settings import PostSettings


def draft(limit: int = 20, **fields: Any) -> posts.Draft:
    return posts.draft(NewPost(**fields), Defaults(), limit, 4)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": "  \n "}, "Validation failed: Text can't be blank"),
        ({"text": "x" * 21}, "Validation failed: Text character limit of 20 exceeded"),
        ({"text": "x" * 15, "spoiler_text": "y" * 6}, "Validation failed: Text character limit of 20 exceeded"),
        ({"text": "x" * 100_000}, "Validation failed: Text character limit of 20 exceeded"),
        ({"text": "raf", "spoiler_text": "x" + "\u0301" * 1000}, "Validation failed: Text character limit of 20 exceeded"),
        ({"text": "raf", "visibility": "secret"}, "Validation failed: Visibility is not included in the list"),
        ({"text": "raf", "media_ids": (1, 2, 3, 4, 5)}, "Cannot attach more than 4 files"),
    ],
)
def test_a_post_that_breaks_a_rule_is_refused_in_mastodons_words(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(RafError) as raised:
        draft(**fields)
    assert raised.value.error == error
    assert raised.value.status == 422


def test_a_warning_makes_a_post_sensitive_and_alone_it_is_the_text() -> None:
    made = draft(text=" raf ", spoiler_text=" hot ")
    assert (made.text, made.spoiler_text, made.sensitive) == ("raf", "hot", True)
    alone = draft(spoiler_text="hot")
    assert (alone.text, alone.spoiler_text, alone.sensitive) == ("hot", "", False)


def test_what_is_not_said_is_as_the_account_has_it() -> None:
    made = posts.draft(NewPost(text="raf"), Defaults("private", True, "ru"), 20, 4)
    assert (made.visibility, made.sensitive, made.language) == ("private", True, "ru")
    said = posts.draft(
        NewPost(text="raf", visibility="public", sensitive=False, language="EN"), Defaults("private", True, "ru"), 20, 4
    )
    assert (said.visibility, said.sensitive, said.language) == ("public", False, "en")


def test_files_alone_are_a_post() -> None:
    assert draft(media_ids=(1,)).text == ""


def test_a_new_version_keeps_what_it_does_not_change() -> None:
    before = posts.Draft("raf", "hot", "public", True, "ru", [])
    after = posts.revision(PostChange(text="latte"), before, (), 20, 4)
    assert (after.text, after.spoiler_text, after.sensitive, after.language) == ("latte", "hot", True, "ru")
    with pytest.raises(Refused):
        posts.revision(PostChange(), before, (1, 2, 3, 4, 5), 20, 4)


@pytest.mark.parametrize("code", ["", "english please", "e", "12", None])
def test_a_language_that_is_none_is_none(code: str | None) -> None:
    assert posts.language_of(code) is None


def test_the_rule_of_visibility() -> None:
    seen = {
        (kind, follows, mentioned): visibility.may_see(kind, 1, 2, follows=follows, mentioned=mentioned)
        for kind, follows, mentioned in itertools.product(visibility.VISIBILITIES, (False, True), (False, True))
    }
    for follows, mentioned in itertools.product((False, True), repeat=2):
        assert seen["public", follows, mentioned]
        assert seen["unlisted", follows, mentioned]
        assert seen["private", follows, mentioned] == (follows or mentioned)
        assert seen["direct", follows, mentioned] == mentioned
    for kind in visibility.VISIBILITIES:
        assert visibility.may_see(kind, 1, 1)
        assert not visibility.may_see(kind, 1, 2, follows=True, mentioned=True, blocked=True)


@pytest.mark.parametrize(
    ("of_post", "wanted", "default", "made"),
    [
        ("public", None, "unlisted", "unlisted"),
        ("public", "private", "public", "private"),
        ("public", "direct", "public", "unlisted"),
        ("private", "public", "public", "private"),
    ],
)
def test_a_boost_is_never_wider_than_its_post(of_post: str, wanted: str | None, default: str, made: str) -> None:
    assert visibility.boost_visibility(of_post, wanted, default) == made


def test_only_ones_own_private_posts_may_be_boosted() -> None:
    assert visibility.may_boost("public", 1, 2)
    assert visibility.may_boost("private", 1, 1)
    assert not visibility.may_boost("private", 1, 2)
    assert not visibility.may_boost("direct", 1, 1)


def test_a_profile_is_trimmed_and_its_limits_are_held() -> None:
    limits = PostSettings()
    kept = profiles.checked(ProfileChange(display_name=" Ada\0 ", fields=[("Site", " x "), ("", "gone")]), limits)
    assert kept.display_name == "Ada"
    assert kept.fields == [("Site", "x")]
    with pytest.raises(Invalid) as raised:
        profiles.checked(
            ProfileChange(display_name="x" * 31, note="x" * 501, fields=[("a", "b")] * 5, visibility="direct"), limits
        )
    assert set(raised.value.details) == {"display_name", "note", "fields", "privacy"}


def test_a_language_is_a_short_code_or_none() -> None:
    assert draft(text="raf", language="zh-Hant-TW").language == "zh-Hant-TW"
    for none in ("en" + "-aaaaaaaa" * 4, "x" * 5000, '"><script>'):
        assert draft(text="raf", language=none).language is None
        assert profiles.checked(ProfileChange(language=none), PostSettings()).language is None


def test_a_name_stays_in_its_line_and_turns_nothing_round() -> None:
    change = profiles.checked(ProfileChange(display_name=" An\nna\x1b[31m\u202egnp\u2066 "), PostSettings())
    assert change.display_name == "Anna[31mgnp"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467 אבג"
    assert profiles.checked(ProfileChange(display_name=family), PostSettings()).display_name == family
