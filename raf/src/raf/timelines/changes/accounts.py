"""Accounts: their profiles, what moderators decide about them, that they are closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from raf.domain.departures import AccountClosed
from raf.domain.events import AccountOpened, ProfileChanged, RafEvent
from raf.domain.moderation import AccountJudged, RoleGiven

if TYPE_CHECKING:
    from raf.timelines.memory import Memory


def changed(memory: Memory, event: ProfileChanged | AccountOpened | RoleGiven) -> None:
    memory.account_changed(event.account_id)


def judged(memory: Memory, event: AccountJudged) -> None:
    _look_anew(memory, event.account_id, event.quiet)


def closed(memory: Memory, event: AccountClosed) -> None:
    _look_anew(memory, event.account_id, True)


def _look_anew(memory: Memory, account_id: int, quiet: bool) -> None:
    """The posts of an account and its place in the public timeline may be others now."""
    memory.account_changed(account_id)
    memory.loads.everything_changed()
    if quiet:
        memory.quiet.add(account_id)
    else:
        memory.quiet.discard(account_id)
    for document in list(memory.documents.values()):
        if document.account_id == account_id:
            memory.document_changed(document.id)
    memory.shore = None


CHANGES: dict[type[RafEvent], Callable[..., None]] = {
    AccountOpened: changed,
    ProfileChanged: changed,
    RoleGiven: changed,
    AccountJudged: judged,
    AccountClosed: closed,
}
