"""The kinds of columns that our migrations make tables of. Not among them, for there every file is a migration.

What stands here is history: a column that is to be otherwise gets a kind of its own.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

TIME: sa.Double[float] = sa.Double()
"""Seconds since 1970, UTC."""


def identity(name: str = "id") -> sa.Column[int]:
    """A key that we make ourselves; SQLite's own row number where it can be."""
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False)


def big(name: str, **options: Any) -> sa.Column[int]:
    """A number of 64 bits, such as an id."""
    return sa.Column(name, sa.BigInteger, nullable=options.pop("nullable", False), **options)


def text(name: str, default: str | None = "", **options: Any) -> sa.Column[str]:
    """A text that is never NULL; with a default of None it may be."""
    if default is None:
        return sa.Column(name, sa.Text, nullable=True, **options)
    return sa.Column(name, sa.Text, nullable=False, server_default=default, **options)


def given(name: str, **options: Any) -> sa.Column[str]:
    """A text that every row must bring."""
    return sa.Column(name, sa.Text, nullable=False, **options)


def flag(name: str) -> sa.Column[int]:
    """0 or 1."""
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default="0")


def count(name: str) -> sa.Column[int]:
    """How many of something, 0 at first."""
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def when(name: str = "created_at", *, nullable: bool = False) -> sa.Column[float]:
    """A time."""
    return sa.Column(name, TIME, nullable=nullable)
