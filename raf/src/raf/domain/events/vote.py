"""Votes in a poll: stream v{account_id}.{status_id}."""

from __future__ import annotations

from typing import ClassVar

from raf.domain.events.event import RafEvent


class Voted(RafEvent, frozen=True):
    """`choices` are indexes of options that this person had not chosen before; `first` says that they had chosen none.

    A vote whose person is gone is nobody's (0), in a stream v0.RANDOM: it was counted, and counts on.
    """

    topic: ClassVar[str] = "raf.voted"

    account_id: int
    status_id: int
    conversation_id: int
    choices: tuple[int, ...]
    first: bool = True
