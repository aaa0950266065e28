"""What filters do to a page: hidden posts are left out, the others keep only what holds in this place."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from raf.filters.matching import NONE

FILTERED = b',"filtered":'
_END = NONE + b"}"


class _Filter(msgspec.Struct):
    context: list[str]
    filter_action: str


class _Result(msgspec.Struct):
    filter: _Filter


class _Account(msgspec.Struct):
    id: str


class _Authored(msgspec.Struct):
    account: _Account
    reblog: _Authored | None = None


_authored = msgspec.json.Decoder(_Authored).decode
_results = msgspec.json.Decoder(list[msgspec.Raw]).decode
_result = msgspec.json.Decoder(_Result).decode


def sift(documents: Sequence[bytes], where: str, viewer_id: int | None = None, *, keep: bool = False) -> list[bytes]:
    """The documents to show in a place (`home`, `public`, `thread`, `account`, `notifications`; "" filters nothing).

    With `keep` a hidden post is covered instead: it was asked for by its address. One's own posts are never filtered.
    """
    shown = []
    for document in documents:
        if document.endswith(_END) or FILTERED not in document:
            shown.append(document)
            continue
        head, _, tail = document.rpartition(FILTERED)
        found = [(raw, _result(raw).filter) for raw in _results(tail[:-1])]
        authored = _authored(document)
        own = (authored.reblog or authored).account.id == str(viewer_id)
        here = [] if own else [(raw, held) for raw, held in found if where in held.context]
        if not keep and any(held.filter_action == "hide" for _, held in here):
            continue
        shown.append(head + FILTERED + b"[" + b",".join(bytes(raw) for raw, _ in here) + b"]}")
    return shown
