"""The `eventsourcing` library's own words, for projects that like aggregates: their events live in the project's database."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from eventsourcing.application import Application as LibraryApplication
from eventsourcing.domain import Aggregate, event

__all__ = ["Aggregate", "Application", "event"]


class Application(LibraryApplication[UUID]):
    """An event-sourced application whose log is in the project's database.

    `save(aggregate, connection=connection)` writes in a transaction of the caller's, else in one of its own.
    """

    env: ClassVar[dict[str, str]] = {"PERSISTENCE_MODULE": "ostrov.run.events.persistence"}
