"""A letter before it is set in type: its words, in one language."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Item:
    """One thing of a list: a heading with its own words below, and where it leads."""

    heading: str
    words: str = ""
    url: str = ""


@dataclass(frozen=True)
class Letter:
    """Plain words throughout: they are escaped when they become HTML."""

    subject: str
    heading: str
    paragraphs: list[str]
    button: tuple[str, str] | None = None
    """What it says and where it leads."""
    after: list[str] = field(default_factory=list)
    """What stands below the button, smaller."""
    quote: str = ""
    """Somebody else's words."""
    items: list[Item] = field(default_factory=list)
    closing: str = ""
    """Why this letter came."""
    stop: tuple[str, str] | None = None
    """How to have no more of these: words and an address."""

    def text(self) -> str:
        """The letter for who reads without HTML."""
        parts = [self.heading, *self.paragraphs]
        if self.quote:
            parts.append("\n".join(f"> {line}" for line in self.quote.splitlines()))
        for item in self.items:
            parts.append("\n".join(part for part in (f"* {item.heading}", _indented(item.words), _indented(item.url)) if part))
        if self.button:
            parts.append(f"{self.button[0]}:\n{self.button[1]}")
        parts += self.after
        parts.append("-- \n" + self.closing)
        if self.stop:
            parts.append(f"{self.stop[0]}: {self.stop[1]}")
        return "\n\n".join(parts) + "\n"


def _indented(words: str) -> str:
    return "\n".join(f"  {line}" for line in words.splitlines())
