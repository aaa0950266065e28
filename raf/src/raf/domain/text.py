"""A post's text: what it mentions, its hashtags and links, and the HTML that Mastodon would make of it.

Text is escaped, never trusted. Local addresses are written from the root (`href="/@alice"`): whoever sends the HTML out
puts the public address before them, so nothing stored depends on it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

# app/models/account.rb, USERNAME_RE and MENTION_RE; app/models/tag.rb, HASHTAG_NAME_PAT (Mastodon 4.4)
MENTION = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+(?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(@[\w.-]*\w)?")
HASHTAG = re.compile(r"(?<![=/)\w])[#＃]((?=[\w·・]*[^\W\d])\w(?:[\w·・]*\w)?)")
LINK_PREFIX = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
PARAGRAPHS = re.compile(r"\n{2,}")
RUN = re.compile(r"\S{2049,}")
"""Longer than any address: finding the links in it takes time that grows with the square of its length."""
SHOWN = 30
EXTENDING = (0x200D, 0xFE0E, 0xFE0F)
URL_LENGTH = 23
"""Every link counts as this many characters (app/validators/status_length_validator.rb)."""


class Piece(NamedTuple):
    """Something in a text from `start` to `end`: an address, a mention (`alice` or `alice@host`) or a hashtag."""

    start: int
    end: int
    kind: Literal["link", "mention", "hashtag"]
    value: str


def pieces(text: str) -> list[Piece]:
    """The mentions, hashtags and links of a text, in order; none inside another."""
    found: list[Piece] = []
    if "://" in text:
        found += [
            Piece(match.index, match.last_index, "link", match.url)
            for match in _linkify().match(RUN.sub(_blank, text)) or ()
            if match.schema in ("http:", "https:")
        ]
    inside = [(piece.start, piece.end) for piece in found]
    if "@" in text:
        for match in MENTION.finditer(text):
            if not _overlaps(match.start(), match.end(), inside):
                found.append(Piece(match.start(), match.end(), "mention", match[1] + (match[2] or "")))
    if "#" in text or "＃" in text:
        for match in HASHTAG.finditer(text):
            if not _overlaps(match.start(), match.end(), inside):  # `#https://…` is a link
                found.append(Piece(match.start(), match.end(), "hashtag", match[1]))
    if len(found) > 1:
        found.sort()
    return found


def mentions(found: list[Piece]) -> list[str]:
    """The names mentioned, lower case, each once."""
    return list(dict.fromkeys(piece.value.lower() for piece in found if piece.kind == "mention"))


def tags(found: list[Piece]) -> list[str]:
    """The hashtags in the form they are compared in, each once."""
    return list(dict.fromkeys(normal_tag(piece.value) for piece in found if piece.kind == "hashtag"))


def normal_tag(name: str) -> str:
    """`#Кофе` and `#кофе` are one tag."""
    return unicodedata.normalize("NFKC", name.lstrip("#＃")).lower()


def html(text: str, found: list[Piece], accounts: Mapping[str, str], *, rel_me: bool = False) -> str:
    """Paragraphs with links. `accounts` says by mentioned name (lower case) which acct it is; other names stay text."""
    if not text:
        return ""
    out, position = [], 0
    for piece in found:
        shown = _drawn(piece, accounts, rel_me)
        if shown is None:
            continue
        out.append(escape(text[position : piece.start]))
        out.append(shown)
        position = piece.end
    out.append(escape(text[position:]))
    body = "".join(out).replace("\r\n", "\n").replace("\r", "\n")
    if "\n" not in body:
        return f"<p>{body}</p>"
    paragraphs = [part.strip("\n") for part in PARAGRAPHS.split(body)]
    return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in paragraphs if part)


def one_line(text: str, *, rel_me: bool = False) -> str:
    """The value of a profile field: links, no paragraphs."""
    found = [piece for piece in pieces(text) if piece.kind == "link"]
    return html(text.replace("\n", " "), found, {}, rel_me=rel_me).removeprefix("<p>").removesuffix("</p>")


def tag_path(name: str) -> str:
    """Where a hashtag's page is."""
    return f"/tags/{quote(normal_tag(name))}"


def characters(text: str, found: list[Piece] | None = None) -> int:
    """How long a text counts: a link as 23, a remote mention without its host, a composed character as one."""
    counted, position = 0, 0
    for piece in pieces(text) if found is None else found:
        if piece.kind == "link":
            counted += _graphemes(text[position : piece.start]) + URL_LENGTH
        elif piece.kind == "mention":
            counted += _graphemes(text[position : piece.start]) + 1 + len(piece.value.partition("@")[0])
        else:
            continue
        position = piece.end
    return counted + _graphemes(text[position:])


def _drawn(piece: Piece, accounts: Mapping[str, str], rel_me: bool) -> str | None:
    if piece.kind == "mention":
        acct = accounts.get(piece.value.lower())
        if acct is None:
            return None
        name = escape(acct.partition("@")[0])
        link = f'<a href="/@{escape(acct)}" class="u-url mention">@<span>{name}</span></a>'
        return f'<span class="h-card" translate="no">{link}</span>'
    if piece.kind == "hashtag":
        return f'<a href="{tag_path(piece.value)}" class="mention hashtag" rel="tag">#<span>{escape(piece.value)}</span></a>'
    address = piece.value
    prefix = match[0] if (match := LINK_PREFIX.match(address)) else ""
    rest = address[len(prefix) :]
    return (
        f'<a href="{escape(address)}" target="_blank" rel="nofollow noopener{" me" if rel_me else ""}" translate="no">'
        f'<span class="invisible">{escape(prefix)}</span>'
        f'<span class="{"ellipsis" if len(rest) > SHOWN else ""}">{escape(rest[:SHOWN])}</span>'
        f'<span class="invisible">{escape(rest[SHOWN:])}</span></a>'
    )


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in spans)


def _graphemes(text: str) -> int:
    """The characters a reader sees, near enough: marks, joiners and modifiers count with what they stand on."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    counted, joined, flags = 0, False, 0
    for character in text:
        code = ord(character)
        if 0x1F1E6 <= code <= 0x1F1FF:  # flags are pairs of regional indicators
            flags += 1
            counted += flags % 2
            continue
        flags = 0
        extends = (
            code in (0x200D, 0xFE0E, 0xFE0F) or 0x1F3FB <= code <= 0x1F3FF or unicodedata.category(character) in ("Mn", "Me")
        )
        if not extends and not joined:
            counted += 1
        joined = code == 0x200D
    return counted


@cache
def _linkify() -> Any:
    from linkify_it import LinkifyIt

    finder = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in ("ftp:", "mailto:", "//"):
        finder.add(schema, None)
    return finder
