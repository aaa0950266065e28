"""PostgreSQL through psycopg 3, synchronous, in threads. asyncpg is 8 % faster and not worth a second driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg

from ostrov.core.errors import StoreBusy, StoreError, StoreFull, StoreIntegrity, StoreUnreachable
from ostrov.core.store.connection import AfterCommit, Dialect, Row


@lru_cache(maxsize=4096)
def translate(sql: str) -> str:
    """`?` placeholders as psycopg writes them. Quoted text is left alone."""
    out: list[str] = []
    quote = ""
    for character in sql:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "?":
            out.append("%s")
            continue
        out.append("%%" if character == "%" else character)
    return "".join(out)


class PostgresConnection:
    """A Connection on a PostgreSQL session."""

    dialect: Dialect = "postgresql"
    __slots__ = ("_after", "raw", "url")

    def __init__(self, url: str, *, busy_timeout: float = 10.0) -> None:
        self.url = url
        self._after = AfterCommit()
        try:
            self.raw = psycopg.connect(url, autocommit=True, prepare_threshold=2, connect_timeout=10)
            self.raw.execute(f"SET lock_timeout = {int(busy_timeout * 1000)}")
            self.raw.execute("SET client_min_messages = warning")
        except psycopg.Error as problem:
            raise unopened(problem) from problem

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self.raw.execute(translate(sql), parameters).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        with self.raw.cursor() as cursor:
            cursor.executemany(translate(sql), rows)
            return cursor.rowcount

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self.raw.execute(translate(sql), parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        return self.raw.execute(translate(sql), parameters).fetchone()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    def after_commit(self, callback: Callable[[], Any]) -> None:
        self._after.callbacks.append(callback)

    def begin(self) -> None:
        try:
            self.raw.execute("BEGIN")
        except psycopg.Error as problem:
            raise explained(problem) from problem

    def commit(self) -> list[Callable[[], Any]]:
        try:
            self.raw.execute("COMMIT")
        except psycopg.Error as problem:
            self.rollback()
            raise explained(problem) from problem
        return self._after.take()

    def rollback(self) -> None:
        self._after.take()
        if not self.raw.closed and self.raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self.raw.execute("ROLLBACK")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        with self._after.dropping_on_error(), self.raw.transaction():
            yield

    def explained(self, problem: Exception) -> Exception:
        """The error of ours that says what to do about one of the database's; any other error is itself."""
        return explained(problem)

    def close(self) -> None:
        self.raw.close()


def unopened(problem: psycopg.Error) -> StoreUnreachable:
    """Why there is no session, in our words."""
    cause = " ".join(str(problem).split())
    if "FATAL:" in cause or "no password supplied" in cause:  # it answers, but not as we would like
        return StoreUnreachable(
            "PostgreSQL does not let us in",
            cause=cause,
            tip="check user, password and database in db.url, and the server's log",
        )
    return StoreUnreachable("PostgreSQL does not answer", cause=cause, tip="check db.url and that the server runs")


def explained(problem: Exception) -> Exception:
    """The error of ours that says what to do about one of PostgreSQL's; any other error is itself."""
    if not isinstance(problem, psycopg.Error):
        return problem
    state = problem.sqlstate or ""
    if state in ("55P03", "40P01", "40001"):
        return StoreBusy("the database is busy", cause=str(problem).strip(), tip="try again")
    if state in ("53100", "53200"):
        return StoreFull("the database server is out of room", cause=str(problem).strip())
    if isinstance(problem, psycopg.OperationalError):
        return StoreUnreachable(
            "PostgreSQL went away", cause=" ".join(str(problem).split()), tip="the next attempt connects anew"
        )
    if isinstance(problem, psycopg.InternalError):
        return StoreError("the database cannot be used", cause=str(problem).strip())
    if isinstance(problem, psycopg.IntegrityError):
        return StoreIntegrity("the database forbids this write", cause=str(problem).strip())
    return StoreError("the database refused a statement", cause=str(problem).strip())
