"""What may be true after all that was sent and answered.

A fact has one value, or several while nobody knows: a request whose answer never came has happened as a whole, or not at all.
Each fact is changed by one person only, one request after the other, so an answer settles it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

Fact = tuple[Hashable, ...]
GONE = "gone"
"""The value of a post that was deleted, or was never made."""


@dataclass
class Post:
    """A post that was sent: its text begins with `token`. `id` is known once it was acknowledged."""

    token: str
    author: str
    id: str = ""
    answers: tuple[str, ...] = ()
    quotes: str = ""
    replies_to: str = ""
    media: tuple[str, ...] = ()
    mentions: bool = False


@dataclass
class Book:
    """What is known, and what happened on the way."""

    posts: dict[str, Post] = field(default_factory=dict)
    living: list[Post] = field(default_factory=list)
    """Posts that nobody has begun to delete."""
    uploads: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the media's id: whose it is, and the digest of what was served first, empty until it was processed."""
    tally: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    """Answers that nobody should get."""
    _allowed: dict[Fact, frozenset[Hashable]] = field(default_factory=dict)

    def may_be(self, fact: Fact) -> frozenset[Hashable]:
        """The values that a fact may have; None stands for never touched."""
        return self._allowed.get(fact, frozenset({None}))

    def begun(self, fact: Fact, value: Hashable) -> frozenset[Hashable]:
        """A request was sent; what the fact may have been before."""
        before = self.may_be(fact)
        self._allowed[fact] = before | {value}
        return before

    def settled(self, fact: Fact, value: Hashable) -> None:
        """It was acknowledged."""
        self._allowed[fact] = frozenset({value})

    def back(self, fact: Fact, before: frozenset[Hashable]) -> None:
        """It was refused."""
        self._allowed[fact] = before

    def facts(self, kind: str, *beginning: Hashable) -> list[tuple[Fact, frozenset[Hashable]]]:
        """All facts whose first words are these."""
        words = (kind, *beginning)
        return [(fact, allowed) for fact, allowed in self._allowed.items() if fact[: len(words)] == words]

    def is_gone(self, post: Post) -> bool:
        """Whether a post may have been deleted."""
        return GONE in self.may_be(("post", post.token))

    def forget(self, post: Post) -> None:
        """It is about to be deleted: nobody shall turn to it any more."""
        self.living = [one for one in self.living if one is not post]
