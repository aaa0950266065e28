"""Reads a page's head for what it says of itself: Open Graph (ogp.me), HTML's own words, Twitter's cards.

    python -P -m raf.previews.page <request >answer

It runs as a process of its own with little memory and time, for the parser is written in C and the page by anybody: nested a
hundred thousand deep, lexbor works for minutes (measured: 1 MB of `<div>` takes 270 s).
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import msgspec

from raf.previews.card import Card

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

SECONDS = 5
"""Of processor time."""
MEMORY = 1 << 30
LOOKED_AT = 16_384
META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
ALIASES = {"iso-8859-1": "windows-1252", "latin1": "windows-1252", "ascii": "windows-1252", "us-ascii": "windows-1252"}
"""Names that the web uses for another thing than they say (encoding.spec.whatwg.org §4.2)."""
LONGEST = {"title": 300, "description": 1000, "name": 200}


class Request(msgspec.Struct):
    """A page and what HTTP said of it."""

    url: str
    charset: str
    body: bytes


def read(request: Request) -> tuple[Card, str]:
    """What the page says of itself, and where its oEmbed is (oembed.com §4), empty for nowhere."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text_of(request.body, request.charset))
    said = _said(tree)

    def first(*names: str, longest: str = "name") -> str:
        return next((found for name in names if (found := tidy(said.get(name, ""), LONGEST[longest]))), "")

    url = web_address(request.url, said.get("og:url", "")) or request.url
    if urlsplit(url).hostname != urlsplit(request.url).hostname:
        url = request.url  # a page does not speak for another place
    language = tree.root.attributes.get("lang") if tree.root is not None else None
    moment = said.get("article:published_time", "").strip()
    card = Card(
        url=url,
        title=first("og:title", "twitter:title", longest="title") or tidy(_title(tree), LONGEST["title"]),
        description=first("og:description", "twitter:description", "description", longest="description"),
        language=(found[0].lower() if language and (found := LANGUAGE.match(language)) else None),
        author_name=first("author", "article:author_name"),
        author_url=web_address(request.url, said.get("article:author", "")),
        provider_name=first("og:site_name", "application-name"),
        picture=web_address(
            request.url, said.get("og:image:secure_url") or said.get("og:image") or said.get("twitter:image") or ""
        ),
        picture_description=first("og:image:alt", "twitter:image:alt", longest="description"),
        published_at=moment if MOMENT.fullmatch(moment) else None,
    )
    link = tree.css_first('link[rel~="alternate"][type="application/json+oembed"]')
    return card, web_address(request.url, link.attributes.get("href") or "") if link is not None else ""


def text_of(body: bytes, declared: str) -> str:
    """The letters of a page: by its byte order mark, HTTP's header, its own word, else UTF-8 or what old pages are in."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    own = META_CHARSET.search(body[:LOOKED_AT])
    for name in (declared, own[1].decode("ascii") if own else ""):
        if name:
            try:
                return body.decode(ALIASES.get(name.lower(), name), "replace")
            except (LookupError, UnicodeError):
                continue
    try:
        return body.decode()
    except UnicodeDecodeError as problem:
        if problem.start > len(body) - 4:  # only the end is cut
            return body.decode("utf-8", "replace")
        return body.decode("windows-1252", "replace")


def tidy(text: str, longest: int) -> str:
    """One line of letters, shortened."""
    line = " ".join("".join(letter if letter.isprintable() or letter in "\u200d" else " " for letter in text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def web_address(base: str, found: str) -> str:
    """An address on a page, made whole; empty when it is not one of the web."""
    if not found.strip() or len(found) > 2000:
        return ""
    try:
        whole = urljoin(base, found.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in ("http", "https") and parts.hostname and whole.isprintable() else ""


def _said(tree: LexborHTMLParser) -> dict[str, str]:
    """What the `meta` elements say, the first word on each thing."""
    said: dict[str, str] = {}
    for node in tree.css("meta")[:500]:
        given = node.attributes
        name = given.get("property") or given.get("name") or given.get("itemprop") or ""
        content = given.get("content")
        if name and content:
            said.setdefault(name.strip().lower(), content)
    return said


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("head title") or tree.css_first("title")
    return node.text() if node is not None else ""


def main() -> None:
    """Answer one request."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Request)
    sys.stdout.buffer.write(msgspec.msgpack.encode(read(request)))


if __name__ == "__main__":
    main()
