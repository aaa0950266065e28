"""The text of a post's HTML as somebody would have typed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

SILENT = ("script", "style", "template")
BLOCKS = ("p", "div", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6")


class Reader(HTMLParser):
    """Paragraphs become empty lines, links their addresses; `mentions` are names by address."""

    def __init__(self, mentions: Mapping[str, str]) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._mentions = mentions
        self._link: tuple[str, str] | None = None
        self._said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT:
            self._silent += 1
        elif tag == "br":
            self._put("\n")
        elif tag in BLOCKS and self.parts:
            self._put("\n\n")
        elif tag == "li":
            self._put("\n- ")
        elif tag == "a":
            self._link = (given.get("href") or "", given.get("class") or "")
            self._said = []

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._link is not None:
            (address, kinds), said = self._link, "".join(self._said)
            self._link = None
            if address in self._mentions:
                self._put(self._mentions[address])
            elif "mention" in kinds.split() or said.startswith(("#", "@")) or not address.startswith(("http://", "https://")):
                self._put(said)
            else:
                self._put(address)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._put(data)

    def _put(self, text: str) -> None:
        (self._said if self._link is not None else self.parts).append(text)


def plain_text(html: str, mentions: Mapping[str, str]) -> str:
    """Text of HTML; it is never interpreted as HTML again."""
    reader = Reader(mentions)
    end = html.rfind(">") + 1  # tags that never end take the parser time that grows with the square of their number
    reader.feed(html[:end] + html[end:].replace("<", "&lt;"))
    reader.close()
    lines = "".join(reader.parts).split("\n")
    text = "\n".join(line.rstrip() for line in lines).strip()
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text
