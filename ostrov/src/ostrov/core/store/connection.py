"""One database connection with the same five verbs on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NoReturn, Protocol, TypeAlias

Row: TypeAlias = tuple[Any, ...]
Dialect: TypeAlias = Literal["sqlite", "postgresql"]


class Connection(Protocol):
    """Plain SQL with `?` placeholders. Reads see one snapshot a statement; writes belong to the transaction around them."""

    dialect: Dialect

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; the number of rows it changed."""

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run a statement once a row of parameters; the number of rows changed in all."""

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query or of a `RETURNING`."""

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""

    def after_commit(self, callback: Callable[[], Any]) -> None:
        """Call this once the transaction around is durable; never when it is rolled back."""

    def savepoint(self) -> Any:
        """A context manager: what is written inside is undone when it raises."""

    def explained(self, problem: Exception) -> Exception:
        """The error of ours that says what to do about one of the database's; any other error is itself."""

    def close(self) -> None: ...


def raise_explained(connection: Connection, problem: Exception) -> NoReturn:
    """Raise the error of ours for a database's error, or the error as it is."""
    explained = connection.explained(problem)
    if explained is problem:
        raise problem
    raise explained from problem


class AfterCommit:
    """The callbacks of the transaction under way, with marks so that a savepoint can drop its own."""

    __slots__ = ("callbacks",)

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], Any]] = []

    def take(self) -> list[Callable[[], Any]]:
        taken, self.callbacks = self.callbacks, []
        return taken

    @contextmanager
    def dropping_on_error(self) -> Iterator[None]:
        mark = len(self.callbacks)
        try:
            yield
        except BaseException:
            del self.callbacks[mark:]
            raise
