"""The project's own event log: written with its read models in one transaction, read by stream or by position."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from eventsourcing.persistence import EventStore
from msgspec import structs

from ostrov.core.store import Connection
from ostrov.run.events.event import Event
from ostrov.run.events.mapper import EventMapper
from ostrov.run.events.recorder import EventRecorder, lock

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

Project = Callable[[Connection, Any], None]
Told = Callable[[int], None]
TELL_EVERY = 1000
VERSION = "SELECT max(originator_version) FROM stored_events WHERE originator_id = ? AND log = ''"


class Recorded(NamedTuple):
    """An event and where it stands in the log."""

    position: int
    event: Any


class Events:
    """The log "" of a project with the projections of its components. A part: `application.part(open_events)`.

    A projection module has `PROJECTIONS: dict[type[Event], Callable[[Connection, Event], None]]`, applied in the
    transaction that stores the event, and `TABLES: tuple[str, ...]`, the read models that `rebuild` empties first; it may
    have `def reset(connection)` for what emptying a table does not undo.
    """

    def __init__(self, application: Ostrov) -> None:
        self.store = application.store
        names = [name for component in application.components.values() for name in component.projections]
        self.modules: list[Any] = [import_module(name) for name in names]
        self._handlers: dict[type[Event], tuple[Project, ...]] = {}
        for module in self.modules:
            for kind, handler in module.PROJECTIONS.items():
                self._handlers[kind] = (*self._handlers.get(kind, ()), handler)
        self.mapper = EventMapper(types=self._handlers)
        self.recorder = EventRecorder(self.store)
        self._events: EventStore[Any] = EventStore(self.mapper, self.recorder)

    def put(self, connection: Connection, *events: Event) -> list[int]:
        """Store events and bring the read models up to them, in the caller's transaction; their positions.

        Raises VersionConflict when a stream already has that version.
        """
        recorded = self._events.put(events, connection=connection)
        for event in events:
            self.project(connection, event)
        return [recording.notification.id for recording in recorded]

    def project(self, connection: Connection, event: Event) -> None:
        """Bring the read models up to one event."""
        for handler in self._handlers.get(type(event), ()):
            handler(connection, event)

    def lock(self, connection: Connection) -> None:
        """Be the only writer of events until the transaction ends: what is read from now on stays true."""
        lock(connection)

    def stream(self, connection: Connection, originator_id: str) -> list[Any]:
        """The events of one stream, the oldest first."""
        return [self.mapper.to_domain_event(stored) for stored in self.recorder.stream(connection, originator_id)]

    def rewrite(self, connection: Connection, originator_id: str, change: Callable[[Any], Any]) -> int:
        """Put other events in place of those of a stream, for what must be forgotten; how many changed.

        `change` answers an event of the same type, stream and version. Positions, order and read models stay as they are.
        """
        changed = 0
        for stored in self.recorder.stream(connection, originator_id):
            event = self.mapper.to_domain_event(stored)
            kept = change(event)
            if kept != event:
                self.recorder.replace(connection, self.mapper.to_stored_event(kept))
                changed += 1
        return changed

    def rename(self, connection: Connection, originator_id: str, name: str) -> None:
        """Give a stream another name, when its own says what must be forgotten."""
        self.recorder.rename(connection, originator_id, name)
        self.rewrite(connection, name, lambda event: structs.replace(event, originator_id=name))

    def streams(self, connection: Connection, beginning: str) -> list[str]:
        """The names of the streams that begin so. Looks through the whole log: some 0.1 s a million events."""
        return self.recorder.streams(connection, beginning)

    def version(self, connection: Connection, originator_id: str) -> int:
        """How many events a stream has."""
        return connection.value(VERSION, (originator_id,)) or 0

    def select(self, connection: Connection, start: int = 1, limit: int = 100) -> list[Recorded]:
        """The events of the log from position `start`, at most `limit`."""
        return [
            Recorded(stored.id, self.mapper.to_domain_event(stored))
            for stored in self.recorder.select(connection, start, limit)
        ]

    def last(self, connection: Connection) -> int:
        """The position of the newest event, 0 when there is none."""
        return self.recorder.last(connection) or 0

    def history(self, connection: Connection, batch: int = 1000) -> Iterator[Recorded]:
        """The whole log, read a batch at a time."""
        start = 1
        while found := self.select(connection, start, batch):
            yield from found
            start = found[-1].position + 1

    async def rebuild(self, told: Told = lambda done: None) -> int:
        """Empty every read model and fill it from the log, in one transaction; the number of events.

        Who is killed meanwhile has changed nothing. `told` hears after every thousandth event how many there were, in a thread.
        """
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self.rebuild_sync, told)

    def rebuild_sync(self, told: Told = lambda done: None) -> int:
        """The same from a thread or the command line. Readers see the old rows until the end, other writers wait."""
        return self.store.write_sync(self._rebuild, told)

    def _rebuild(self, connection: Connection, told: Told) -> int:
        self.lock(connection)
        for module in reversed(self.modules):
            for table in reversed(module.TABLES):
                connection.execute(f"DELETE FROM {table}")
            if hasattr(module, "reset"):
                module.reset(connection)
        number = 0
        for recorded in self.history(connection):
            self.project(connection, recorded.event)
            number += 1
            if number % TELL_EVERY == 0:
                told(number)
        return number


def open_events(application: Ostrov) -> Events:
    """The event log of an application."""
    return Events(application)
