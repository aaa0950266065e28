"""Between events and the bytes they are stored as."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, MapperDeserialisationError, StoredEvent, Transcoder
from eventsourcing.utils import get_topic, resolve_topic

from ostrov.run.events.event import Event

TAggregateID = TypeVar("TAggregateID")
VERSION = "/v"


class EventMapper(Mapper[Any]):
    """Stores `Event` structs as JSON under their topic, and everything else as the library does.

    A topic ends with `/v2` and so on when the class had a later version than the first.
    """

    def __init__(
        self,
        transcoder: Transcoder | None = None,
        *,
        compressor: Any = None,
        cipher: Any = None,
        types: Iterable[type[Event]] = (),
    ) -> None:
        super().__init__(transcoder or JSONTranscoder(), compressor, cipher)
        self._plain = compressor is None and cipher is None
        self._encode = msgspec.json.Encoder().encode
        self._topics: dict[type, str] = {}
        self._types: dict[str, type[Event]] = {}
        self._decoders: dict[str, Callable[[bytes], Any]] = {}
        for known in types:
            self.register(known)

    def register(self, known: type[Event]) -> None:
        """Make a type known by its own topic. Raises ValueError when another type has it."""
        name = known.topic or get_topic(known)
        if self._types.setdefault(name, known) is not known:
            raise ValueError(f"{known.__qualname__} and {self._types[name].__qualname__} are both stored as {name!r}")
        self._topics[known] = name if known.class_version == 1 else f"{name}{VERSION}{known.class_version}"

    def to_stored_event(self, domain_event: DomainEventProtocol[Any] | Event) -> StoredEvent:
        """The event as it is stored."""
        if not isinstance(domain_event, Event):
            return super().to_stored_event(domain_event)
        kind = type(domain_event)
        if kind not in self._topics:
            self.register(kind)
        state = self._encode(domain_event)
        if not self._plain:
            state = self._sealed(state)
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, self._topics[kind], state)

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The event that was stored. Raises MapperDeserialisationError when its class is unknown or has other fields."""
        topic = stored_event.topic
        decode = self._decoders.get(topic)
        if decode is None:
            found = self._decoder(topic)
            if found is None:
                return super().to_domain_event(stored_event)
            decode = self._decoders[topic] = found
        try:
            return decode(stored_event.state if self._plain else self._opened(stored_event.state))
        except msgspec.MsgspecError as problem:
            raise MapperDeserialisationError(
                f"{topic} {stored_event.originator_id} version {stored_event.originator_version} cannot be read: {problem}"
            ) from problem

    def _decoder(self, topic: str) -> Callable[[bytes], Any] | None:
        name, _, number = topic.partition(VERSION)
        kind = self._types.get(name)
        if kind is None:
            if ":" not in name:
                raise MapperDeserialisationError(f"there is no event called {topic!r} in the projections of the components")
            resolved = resolve_topic(name)
            if not (isinstance(resolved, type) and issubclass(resolved, Event)):
                return None
            kind = resolved
        version = int(number or 1)
        if version == kind.class_version:
            return cast("Callable[[bytes], Any]", msgspec.json.Decoder(kind).decode)
        return _upcasting(kind, version)

    def _sealed(self, state: bytes) -> bytes:
        if self.compressor:
            state = self.compressor.compress(state)
        return self.cipher.encrypt(state) if self.cipher else state

    def _opened(self, state: bytes) -> bytes:
        if self.cipher:
            state = self.cipher.decrypt(state)
        return self.compressor.decompress(state) if self.compressor else state


def _upcasting(kind: type[Event], version: int) -> Callable[[bytes], Event]:
    def decode(data: bytes) -> Event:
        state: dict[str, Any] = msgspec.json.decode(data)
        for older in range(version, kind.class_version):
            getattr(kind, f"upcast_v{older}_v{older + 1}")(state)
        return msgspec.convert(state, kind)

    return decode
