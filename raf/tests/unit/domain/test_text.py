"""Text as Mastodon reads and draws it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raf.domain.text import characters, html, mentions, normal_tag, one_line, pieces, tags


def drawn(text: str, **accounts: str) -> str:
    return html(text, pieces(text), accounts)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@alice and @Bob.", ["alice", "bob"]),
        ("(@alice) @alice again", ["alice"]),
        ("@carol@elsewhere.example", ["carol@elsewhere.example"]),
        ("mail me@example.com", []),
        ("https://example.com/@alice", []),
        ("привет,@alice", ["alice"]),
        ("@a-b.c. @_x_", ["a-b.c", "_x_"]),
        ("@@ @ @!", []),
    ],
)
def test_names_are_found_where_mastodon_finds_them(text: str, names: list[str]) -> None:
    assert mentions(pieces(text)) == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#Кофе и #КОФЕ", ["кофе"]),
        ("#123 #c3po #1st", ["c3po", "1st"]),
        ("a#b /#c =#d", []),
        ("https://example.com/#part", []),
        ("#one#two", ["one"]),
        ("#snake_case #日本語 #a·b", ["snake_case", "日本語", "a·b"]),
        ("#", []),
    ],
)
def test_hashtags_are_found_where_mastodon_finds_them(text: str, found: list[str]) -> None:
    assert tags(pieces(text)) == found


def test_a_link_is_shortened_for_the_eye_only() -> None:
    assert drawn("see https://www.example.com/a/very/long/path?with=query&more=1.") == (
        '<p>see <a href="https://www.example.com/a/very/long/path?with=query&amp;more=1" target="_blank" '
        'rel="nofollow noopener" translate="no"><span class="invisible">https://www.</span>'
        '<span class="ellipsis">example.com/a/very/long/path?w</span>'
        '<span class="invisible">ith=query&amp;more=1</span></a>.</p>'
    )


def test_only_accounts_that_exist_are_linked() -> None:
    assert drawn("@alice @nobody", alice="Alice") == (
        '<p><span class="h-card" translate="no"><a href="/@Alice" class="u-url mention">@<span>Alice</span></a></span>'
        " @nobody</p>"
    )


def test_lines_and_paragraphs_stay() -> None:
    assert drawn("one\ntwo\r\n\r\n\n\nthree") == "<p>one<br />two</p><p>three</p>"
    assert drawn("") == ""


def test_a_number_sign_before_an_address_makes_no_hashtag_of_it() -> None:
    text = "#https://example.org/a"
    assert [(piece.kind, piece.value) for piece in pieces(text)] == [("link", "https://example.org/a")]
    assert drawn(text).startswith('<p>#<a href="https://example.org/a"')


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "https://example.com/\"onmouseover='x'",
        "javascript:alert(1)",
    ],
)
def test_markup_is_text(text: str) -> None:
    shown = drawn(text)
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert '"onmouseover' not in shown


@given(st.text())
def test_whatever_is_typed_no_tag_of_its_own_comes_out(text: str) -> None:
    shown = drawn(text)
    for tag in ("<p>", "</p>", "<br />", "<span", "</span>", "<a href=", "</a>"):
        shown = shown.replace(tag, "")
    assert "<" not in shown


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("raf", 3),
        ("https://example.com/" + "x" * 200, 23),
        ("@carol@elsewhere.example hi", 9),
        ("é" + "e\u0301", 2),
        ("👩‍👩‍👧‍👦", 1),
        ("👍🏽", 1),
        ("🇷🇺🇬🇧", 2),
        ("☕️", 1),
    ],
)
def test_length_is_what_a_person_counts(text: str, length: int) -> None:
    assert characters(text) == length


def test_a_profile_field_is_one_line_with_its_link() -> None:
    assert one_line("https://example.org", rel_me=True).startswith(
        '<a href="https://example.org" target="_blank" rel="nofollow noopener me"'
    )
    assert one_line("a <b>\nc") == "a &lt;b&gt; c"


def test_a_tag_has_one_form() -> None:
    assert normal_tag("#Ｒａｆ") == normal_tag("raf") == "raf"
