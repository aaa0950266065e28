"""Which post quotes which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ostrov import Connection


class QuoteRow(NamedTuple):
    """`state` is accepted, revoked (by the quoted author) or deleted (the quoted post is gone)."""

    status_id: int
    account_id: int
    quoted_id: int
    quoted_account_id: int
    state: str


ROWS = f"SELECT {', '.join(QuoteRow._fields)} FROM quote WHERE status_id IN ({{marks}})"


def rows(connection: Connection, ids: Sequence[int]) -> dict[int, QuoteRow]:
    """The quotes that these posts hold; posts without one are left out."""
    if not ids:
        return {}
    return {row[0]: QuoteRow(*row) for row in connection.rows(ROWS.format(marks=", ".join("?" * len(ids))), ids)}
