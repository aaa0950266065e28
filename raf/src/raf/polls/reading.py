"""Polls as rows, and as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ostrov import Connection
from raf import entities
from raf.domain.events import PollTerms
from raf.domain.polls import is_over
from raf.times import iso


class PollRow(NamedTuple):
    """A poll without what depends on who looks and when."""

    status_id: int
    account_id: int
    options: tuple[str, ...]
    counts: tuple[int, ...]
    expires_at: float | None
    multiple: bool
    hide_totals: bool
    voters_count: int


COLUMNS = ", ".join(PollRow._fields)
ROWS = f"SELECT {COLUMNS} FROM poll WHERE status_id IN ({{marks}})"
TERMS = "SELECT options, expires_at, multiple, hide_totals FROM poll WHERE status_id = ?"
VOTES = "SELECT status_id, choice FROM poll_vote WHERE account_id = ? AND status_id IN ({marks}) ORDER BY status_id, choice"
_titles = msgspec.json.Decoder(tuple[str, ...]).decode
_counts = msgspec.json.Decoder(tuple[int, ...]).decode


def rows(connection: Connection, ids: Sequence[int]) -> dict[int, PollRow]:
    """The polls of these posts; those without one are left out."""
    if not ids:
        return {}
    found = connection.rows(ROWS.format(marks=", ".join("?" * len(ids))), ids)
    return {
        row[0]: PollRow(row[0], row[1], _titles(row[2]), _counts(row[3]), row[4], bool(row[5]), bool(row[6]), row[7])
        for row in found
    }


def terms(connection: Connection, status_id: int) -> PollTerms | None:
    """What the poll of a post asks."""
    row = connection.row(TERMS, (status_id,))
    return None if row is None else PollTerms(_titles(row[0]), row[1], bool(row[2]), bool(row[3]))


def votes(connection: Connection, account_id: int, ids: Sequence[int]) -> dict[int, list[int]]:
    """What somebody chose in each of these polls; those without a vote are left out."""
    found: dict[int, list[int]] = {}
    sql = VOTES.format(marks=", ".join("?" * len(ids)) or "NULL")
    for status_id, choice in connection.rows(sql, (account_id, *ids)):
        found.setdefault(status_id, []).append(choice)
    return found


def entity(poll: PollRow, viewer_id: int | None, own_votes: Sequence[int], now: float) -> entities.Poll:
    """The poll as the viewer sees it; without a viewer, what concerns them is left out."""
    expired = is_over(poll.expires_at, now)
    shown = expired or not poll.hide_totals
    known = viewer_id is not None
    return entities.Poll(
        id=str(poll.status_id),
        expires_at=None if poll.expires_at is None else iso(poll.expires_at),
        expired=expired,
        multiple=poll.multiple,
        votes_count=sum(poll.counts),
        voters_count=poll.voters_count,
        options=[
            entities.PollOption(title=title, votes_count=count if shown else None)
            for title, count in zip(poll.options, poll.counts, strict=True)
        ],
        voted=bool(own_votes) or viewer_id == poll.account_id if known else msgspec.UNSET,
        own_votes=list(own_votes) if known else msgspec.UNSET,
    )
