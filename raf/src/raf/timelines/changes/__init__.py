"""How each event changes what a process keeps: by its type, a function of the memory and the event."""

from __future__ import annotations

from collections.abc import Callable

from raf.domain.events import RafEvent
from raf.timelines.changes import accounts, marks, posts, relations

CHANGES: dict[type[RafEvent], Callable[..., None]] = {
    **posts.CHANGES,
    **marks.CHANGES,
    **relations.CHANGES,
    **accounts.CHANGES,
}
