"""Posts rendered once and kept.

A post's document (its JSON as one viewer sees it) decides what its HTML is, so the document itself is the key: when a count, a
name or the viewer's like changes, the document is another one. What remains to tell apart is the language, whether the viewer
wrote it (or is a stranger), and the place it stands in. Measured on a page of 20: 222 µs against 944 without.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from raf import entities
from raf.preferences.preferences import USUAL, Reading
from raf.web.languages import Language
from raf.web.rendering import Rendering

BUDGET = 24 * 1024 * 1024
"""Bytes of documents and HTML to keep."""
DECODER = msgspec.json.Decoder(entities.Status)


class _Identity(msgspec.Struct):
    id: str


IDENTITY = msgspec.json.Decoder(_Identity)


def identity_of(document: bytes) -> str:
    """The id of a status's document."""
    return IDENTITY.decode(document).id


class Kept:
    """The renderings of one document."""

    __slots__ = ("author", "html", "size")

    def __init__(self, author: str, size: int) -> None:
        self.author = author
        self.html: dict[tuple[str, str, str, Reading], bytes] = {}
        self.size = size


class Fragments:
    """A bounded map from a document to its HTML."""

    def __init__(self, rendering: Rendering, budget: int = BUDGET) -> None:
        self.rendering = rendering
        self.budget = budget
        self.size = 0
        self._kept: dict[bytes, Kept] = {}

    def posts(
        self,
        documents: Sequence[bytes],
        language: Language,
        viewer_id: int | None,
        place: str = "",
        reading: Reading = USUAL,
    ) -> list[bytes]:
        """The HTML of each document. `place` is "" in a feed, `focus`, `above` or `pinned`."""
        viewer = str(viewer_id) if viewer_id is not None else ""
        code = language.code
        kept = self._kept
        found = []
        for document in documents:
            entry = kept.get(document)
            if entry is not None:
                kind = "stranger" if not viewer else "author" if entry.author == viewer else "reader"
                html = entry.html.get((code, kind, place, reading))
                if html is not None:
                    found.append(html)
                    continue
            found.append(self._render(document, language, viewer, place, reading))
        return found

    def post(
        self, document: bytes, language: Language, viewer_id: int | None, place: str = "", reading: Reading = USUAL
    ) -> bytes:
        """The HTML of one document."""
        return self.posts([document], language, viewer_id, place, reading)[0]

    def _render(self, document: bytes, language: Language, viewer: str, place: str, reading: Reading) -> bytes:
        status = DECODER.decode(document)
        post = status.reblog or status
        author = post.account.id
        kind = "stranger" if not viewer else "author" if author == viewer else "reader"
        context = {"outer": status, "kind": kind, "place": place, "reading": reading}
        html = self.rendering.fragment("post.html", language, **context).encode()
        entry = self._kept.get(document)
        if entry is None:
            entry = self._kept[document] = Kept(author, len(document) + 200)
            self.size += entry.size
        entry.html[language.code, kind, place, reading] = html
        entry.size += len(html)
        self.size += len(html)
        if self.size > self.budget:
            self._drop_oldest()
        return html

    def _drop_oldest(self) -> None:
        for document in list(self._kept)[: len(self._kept) // 4 + 1]:
            self.size -= self._kept.pop(document).size
