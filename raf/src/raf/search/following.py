"""The index follows the log of events: how far it is stands in the transaction that writes it."""

from __future__ import annotations

from ostrov import Connection, Events, Follower, Recorded
from raf.domain.events import AccountOpened, PostDeleted, Posted, PostEdited, ProfileChanged
from raf.search.index import forget_post, index_person, index_post

NAME = "raf.search"


def handle(connection: Connection, recorded: Recorded) -> None:
    """Bring the index up to one event."""
    event = recorded.event
    if isinstance(event, Posted | PostEdited):
        index_post(connection, event.status_id)
    elif isinstance(event, PostDeleted):
        forget_post(connection, event.status_id)
    elif isinstance(event, AccountOpened | ProfileChanged):
        index_person(connection, event.account_id)


def make_follower(events: Events) -> Follower:
    """The follower that keeps the index."""
    return Follower(events, NAME, handle)
