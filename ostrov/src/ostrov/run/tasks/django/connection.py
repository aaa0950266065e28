"""Django's database connection as a Connection of ours, so that a run is added in the transaction that Django is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ostrov.core.errors import OstrovError
from ostrov.core.store.connection import Dialect, Row
from ostrov.core.store.postgresql import translate


class DjangoConnection:
    """Over the connection of one of Django's DATABASES; it stays Django's."""

    def __init__(self, alias: str) -> None:
        from django.db import connections, transaction

        self._alias, self._transaction = alias, transaction
        self._connection = connections[alias]
        if self._connection.vendor not in ("sqlite", "postgresql"):
            raise OstrovError(
                f"the ledger cannot be in Django's database {alias!r}: it is {self._connection.vendor}",
                tip="leave DATABASE out of the backend's OPTIONS: tasks are then enqueued when the transaction commits",
            )
        self.dialect: Dialect = self._connection.vendor

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(translate(sql), tuple(parameters))
            return int(cursor.rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        with self._connection.cursor() as cursor:
            cursor.executemany(translate(sql), [tuple(row) for row in rows])
            return int(cursor.rowcount)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._connection.cursor() as cursor:
            cursor.execute(translate(sql), tuple(parameters))
            return [tuple(row) for row in cursor.fetchall()]

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    def after_commit(self, callback: Callable[[], Any]) -> None:
        self._transaction.on_commit(callback, using=self._alias)

    def savepoint(self) -> Any:
        return self._transaction.atomic(using=self._alias)

    def explained(self, problem: Exception) -> Exception:
        return problem

    def close(self) -> None:
        """It is Django's to close."""
