"""What all events of the network are."""

from __future__ import annotations

from ostrov import Event

Mentioned = tuple[int, str]
"""An account's id and its name as `acct`: `alice`, or `alice@elsewhere.example`."""


class RafEvent(Event, frozen=True, omit_defaults=True):
    """An event of the network."""
