"""The names of streams."""

from __future__ import annotations


def post(status_id: int) -> str:
    return f"p{status_id}"


def account(account_id: int) -> str:
    return f"a{account_id}"


def pair(kind: str, account_id: int, other_id: int) -> str:
    """`kind` is one letter: f follow, x block, m mute, l favourite, k bookmark, n pin, b boost, c muted conversation,
    v votes in a poll.
    """
    return f"{kind}{account_id}.{other_id}"


def votes(account_id: int) -> str:
    """How the names of the streams of somebody's votes begin."""
    return f"v{account_id}."
