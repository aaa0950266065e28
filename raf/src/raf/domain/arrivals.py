"""Posts and boosts that somebody brought from elsewhere."""

from __future__ import annotations

from typing import ClassVar

from raf.domain.events import Boosted, Posted


class PostImported(Posted, frozen=True):
    """A post of the past, published `at` that time: nobody is told of it. `uri` is what it was called where it comes from."""

    topic: ClassVar[str] = "raf.post_imported"

    uri: str = ""


class BoostImported(Boosted, frozen=True):
    """A boost of the past, made `at` that time: nobody is told of it."""

    topic: ClassVar[str] = "raf.boost_imported"
