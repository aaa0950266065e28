"""What a page says of itself, in whatever alphabet and however ill."""

from __future__ import annotations

import pytest

from raf.previews.page import Request, read, text_of, tidy, web_address

URL = "https://news.example/a/story"


def card(html: str | bytes, charset: str = ""):
    return read(Request(URL, charset, html.encode() if isinstance(html, str) else html))[0]


def test_open_graph_comes_before_the_title() -> None:
    said = '<meta property="og:title" content="Story"><meta property="og:description" content="Said &amp; done">'
    found = card("<title>Site</title>" + said)
    assert (found.title, found.description) == ("Story", "Said & done")


def test_a_title_alone_is_enough_and_none_is_nothing() -> None:
    assert card("<html><head><title> One\n two </title>").title == "One two"
    assert card("<p>Nothing here</p>").title == ""


def test_the_title_of_a_drawing_is_not_the_title_of_the_page() -> None:
    assert card("<html><head><title>Page</title></head><body><svg><title>Icon</title></svg>").title == "Page"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>Кофе</title>".encode("cp1251"), "windows-1251"),
        ('<meta charset="windows-1251"><title>Кофе</title>'.encode("cp1251"), ""),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><title>Кофе</title>'.encode("koi8-r"), ""),
        ("<title>Кофе</title>".encode(), ""),
        ("<title>Кофе</title>".encode(), "no-such-charset"),
        (b"\xef\xbb\xbf" + "<title>Кофе</title>".encode(), "windows-1251"),
        (b"\xff\xfe" + "<title>Кофе</title>".encode("utf-16-le"), ""),
    ],
)
def test_letters_are_read_in_the_page_s_own_charset(body: bytes, charset: str) -> None:
    assert card(body, charset).title == "Кофе"


def test_a_wrong_charset_breaks_letters_and_nothing_else() -> None:
    assert card("<title>Café</title>".encode("latin-1"), "utf-8").title == "Caf\N{REPLACEMENT CHARACTER}"
    assert text_of(b"caf\xe9 au lait", "") == "café au lait"


def test_a_page_cut_in_the_middle_of_a_letter_is_still_utf_8() -> None:
    assert card("<title>Кофе</title>ж".encode()[:-1]).title == "Кофе"


def test_a_title_is_one_line_of_plain_letters_and_not_too_long() -> None:
    assert tidy("a\u202eb\x00c\n\td", 99) == "a b c d"
    assert len(card(f"<title>{'x' * 5000}</title>").title) == 300
    assert (
        card("<title><script>alert(1)</script></title>").title == "<script>alert(1)</script>"
    )  # words: whoever shows them escapes


def test_a_page_does_not_speak_for_another_place() -> None:
    assert card('<title>x</title><meta property="og:url" content="https://bank.example/">').url == URL
    assert card('<title>x</title><meta property="og:url" content="/a/story?id=1">').url == URL + "?id=1"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:image/png;base64,xx", "file:///etc/passwd", "http://[", ""])
def test_only_addresses_of_the_web_are_taken(address: str) -> None:
    assert web_address(URL, address) == ""


def test_relative_addresses_are_made_whole() -> None:
    assert card('<title>x</title><meta property="og:image" content="../pic.png">').picture == "https://news.example/pic.png"
