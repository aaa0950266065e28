"""Events as bytes and back."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from eventsourcing.compressor import ZlibCompressor
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from ostrov import Event
from ostrov.run.events.mapper import EventMapper


class Brewed(Event):
    topic = "coffee.brewed"
    class_version = 2

    cup: str
    milk: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        state["milk"] = "soy" if state.pop("soy") else "cow"


class Drunk(Event):
    cup: str


class Spilled(Event):
    topic: ClassVar[str] = "coffee.brewed"


BREWED = Brewed(originator_id="c1", originator_version=1, at=1.5, cup="raf", milk="coconut")


def test_an_event_comes_back_as_it_was() -> None:
    mapper = EventMapper(types=[Brewed])
    stored = mapper.to_stored_event(BREWED)
    assert (stored.originator_id, stored.originator_version, stored.topic) == ("c1", 1, "coffee.brewed/v2")
    assert mapper.to_domain_event(stored) == BREWED


def test_an_event_of_an_older_version_is_mended_when_it_is_read() -> None:
    old = b'{"originator_id":"c1","originator_version":1,"at":1.5,"cup":"raf","soy":true}'
    assert EventMapper(types=[Brewed]).to_domain_event(StoredEvent("c1", 1, "coffee.brewed", old)).milk == "soy"


def test_an_event_without_a_short_topic_is_found_by_its_module() -> None:
    event = Drunk(originator_id="c1", originator_version=2, at=2.0, cup="raf")
    stored = EventMapper().to_stored_event(event)
    assert stored.topic.endswith(":Drunk")


def test_two_types_may_not_share_a_topic() -> None:
    with pytest.raises(ValueError, match="both stored as"):
        EventMapper(types=[Brewed, Spilled])


@pytest.mark.parametrize(
    ("topic", "state", "said"),
    [("coffee.burnt", b"{}", "no event called"), ("coffee.brewed/v2", b'{"at":1}', "cannot be read")],
)
def test_what_cannot_be_read_is_said_with_its_topic(topic: str, state: bytes, said: str) -> None:
    with pytest.raises(MapperDeserialisationError, match=said):
        EventMapper(types=[Brewed]).to_domain_event(StoredEvent("c1", 1, topic, state))


def test_states_can_be_compressed() -> None:
    mapper = EventMapper(compressor=ZlibCompressor(), types=[Brewed])
    stored = mapper.to_stored_event(BREWED)
    assert b"coconut" not in stored.state
    assert mapper.to_domain_event(stored) == BREWED
