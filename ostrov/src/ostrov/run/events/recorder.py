"""The table `stored_events`: every log of the project, each with positions 1, 2, 3, … without a gap.

The log "" is the project's own; a plain `eventsourcing` Application has one of its name. `insert_events` writes in the
caller's transaction when it is given a `connection`, else in one of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)

from ostrov.core.errors import Conflict
from ostrov.core.store import Connection, Store

INSERT = """
INSERT INTO stored_events (log, position, originator_id, originator_version, topic, state)
SELECT ?, coalesce(max(position), 0) + 1, ?, ?, ?, ? FROM stored_events WHERE log = ?
ON CONFLICT DO NOTHING RETURNING position"""
STREAM = """
SELECT originator_id, originator_version, topic, state FROM stored_events
WHERE originator_id = ? AND log = ? AND originator_version > ? AND originator_version <= ?
ORDER BY originator_version {direction} LIMIT ?"""
FORWARD, BACKWARD = STREAM.format(direction="ASC"), STREAM.format(direction="DESC")
LOG = """
SELECT position, originator_id, originator_version, topic, state FROM stored_events
WHERE log = ? AND position >= ? AND position <= ? ORDER BY position LIMIT ?"""
LOG_OF_TOPICS = """
SELECT position, originator_id, originator_version, topic, state FROM stored_events
WHERE log = ? AND position >= ? AND position <= ? AND topic IN ({marks}) ORDER BY position LIMIT ?"""
REPLACE = """
UPDATE stored_events SET topic = ?, state = ? WHERE log = ? AND originator_id = ? AND originator_version = ?"""
RENAME = "UPDATE stored_events SET originator_id = ? WHERE log = ? AND originator_id = ?"
BEGINNING = "SELECT DISTINCT originator_id FROM stored_events WHERE log = ? AND substr(originator_id, 1, ?) = ?"
LAST = "SELECT max(position) FROM stored_events WHERE log = ?"
LOCK = "SELECT pg_advisory_xact_lock(hashtext(current_schema()), 1702260339)"
TRACK = """
INSERT INTO event_follower (name, position) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE event_follower.position < excluded.position
RETURNING position"""
TRACKED = "SELECT position FROM event_follower WHERE name = ?"
LARGEST = 2**62


class VersionConflict(Conflict, IntegrityError):
    """Somebody else wrote this version of the stream first: read it again and decide again."""


def lock(connection: Connection) -> None:
    """Be the only writer of events until the transaction ends, so positions become visible in their order.

    SQLite has one writer at a time anyway. On PostgreSQL a command that decides on what it reads takes this first.
    """
    if connection.dialect == "postgresql":
        connection.execute(LOCK)


class EventRecorder(ApplicationRecorder):
    """The recorder of one log."""

    def __init__(self, store: Store, log: str = "") -> None:
        self.store = store
        self.log = log
        self._subscriptions: set[EventSubscription] = set()

    # ---- on a connection of the caller's ----------------------------------------------------------------------------

    def insert(self, connection: Connection, stored: Sequence[StoredEvent]) -> list[int]:
        """Append events; their positions. Raises VersionConflict."""
        lock(connection)
        log, positions = self.log, []
        for event in stored:
            originator = event.originator_id if type(event.originator_id) is str else str(event.originator_id)
            row = connection.row(INSERT, (log, originator, event.originator_version, event.topic, event.state, log))
            if row is None:
                raise VersionConflict(
                    f"{originator} has a version {event.originator_version} already", tip="read the stream again and retry"
                )
            positions.append(row[0])
        if self._subscriptions:
            connection.after_commit(self._notify)
        return positions

    def replace(self, connection: Connection, stored: StoredEvent) -> None:
        """Put an event in place of the one of its stream and version; its position stays."""
        key = (self.log, str(stored.originator_id), stored.originator_version)
        connection.execute(REPLACE, (stored.topic, stored.state, *key))

    def rename(self, connection: Connection, originator_id: str, name: str) -> None:
        """Give a stream another name; positions and versions stay."""
        connection.execute(RENAME, (name, self.log, originator_id))

    def streams(self, connection: Connection, beginning: str) -> list[str]:
        """The names of the streams that begin so. Looks through the whole log."""
        return [str(name) for (name,) in connection.rows(BEGINNING, (self.log, len(beginning), beginning))]

    def stream(
        self,
        connection: Connection,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """The events of one stream with gt < version ≤ lte."""
        parameters = (str(originator_id), self.log, gt or 0, _or_all(lte), _or_all(limit))
        return [StoredEvent(*row) for row in connection.rows(BACKWARD if desc else FORWARD, parameters)]

    def select(
        self, connection: Connection, start: int, limit: int, stop: int | None = None, topics: Sequence[str] = ()
    ) -> list[Notification]:
        """The events from position `start` to `stop`, at most `limit`."""
        if topics:
            sql = LOG_OF_TOPICS.format(marks=", ".join("?" * len(topics)))
            rows = connection.rows(sql, (self.log, start, _or_all(stop), *topics, limit))
        else:
            rows = connection.rows(LOG, (self.log, start, _or_all(stop), limit))
        return [
            Notification(originator, version, topic, state, position) for position, originator, version, topic, state in rows
        ]

    def last(self, connection: Connection) -> int | None:
        """The position of the newest event."""
        found: int | None = connection.value(LAST, (self.log,))
        return found

    # ---- the library's contract -------------------------------------------------------------------------------------

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, connection: Connection | None = None, **options: Any
    ) -> Sequence[int]:
        def write(connection: Connection) -> list[int]:
            positions = self.insert(connection, stored_events)
            self._also(connection, options)
            return positions

        return self.store.write_sync(write) if connection is None else write(connection)

    def _also(self, connection: Connection, options: dict[str, Any]) -> None:
        """What else belongs to the transaction of an insert."""

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        return self.store.read_sync(self.stream, originator_id, gt=gt, lte=lte, desc=desc, limit=limit)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = (start or 0) + (0 if inclusive_of_start else 1)
        return self.store.read_sync(self.select, first, limit, stop, topics)

    def max_notification_id(self) -> int | None:
        return self.store.read_sync(self.last)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return EventSubscription(self, gt, topics, self._subscriptions)

    def _notify(self) -> None:
        for subscription in tuple(self._subscriptions):
            subscription.wake()


class EventProcessRecorder(EventRecorder, ProcessRecorder):
    """A recorder that also keeps how far its application has followed others, in the same transaction."""

    def insert_tracking(self, tracking: Tracking) -> None:
        self.store.write_sync(self._track, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        found: int | None = self.store.read_sync(lambda connection: connection.value(TRACKED, (self._name(application_name),)))
        return found

    def _also(self, connection: Connection, options: dict[str, Any]) -> None:
        if options.get("tracking") is not None:
            self._track(connection, options["tracking"])

    def _track(self, connection: Connection, tracking: Tracking) -> None:
        if connection.row(TRACK, (self._name(tracking.application_name), tracking.notification_id)) is None:
            raise VersionConflict(f"{self.log} has followed {tracking.application_name} to {tracking.notification_id} already")

    def _name(self, application_name: str) -> str:
        return f"{self.log}<{application_name}"


class EventSubscription(Subscription[EventRecorder]):
    """Events as they come: woken by writers of this process, and asking twice a second for those of others."""

    POLL = 0.5

    def __init__(
        self, recorder: EventRecorder, gt: int | None, topics: Sequence[str], registry: set[EventSubscription]
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._woken = threading.Event()
        self._waiting: list[Notification] = []
        self._registry = registry
        registry.add(self)

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        super().stop()
        self._registry.discard(self)
        self._woken.set()

    def __next__(self) -> Notification:
        while not self._waiting:
            if self._has_been_stopped:
                raise StopIteration
            self._woken.clear()
            found = self._recorder.select_notifications(
                self._last_notification_id, 500, topics=self._topics, inclusive_of_start=False
            )
            self._waiting = list(reversed(found))
            if not found:
                self._woken.wait(self.POLL)
        if self._has_been_stopped:
            raise StopIteration
        event = self._waiting.pop()
        self._last_notification_id = event.id
        return event


def _or_all(bound: int | None) -> int:
    return LARGEST if bound is None else bound
