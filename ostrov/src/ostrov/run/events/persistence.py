"""What a plain `eventsourcing` Application names as its `PERSISTENCE_MODULE` to live in the project's database."""

from __future__ import annotations

from typing import Any

from eventsourcing import persistence

from ostrov.core.application import current
from ostrov.run.events.mapper import EventMapper
from ostrov.run.events.recorder import EventProcessRecorder, EventRecorder


class OstrovFactory(persistence.InfrastructureFactory[persistence.TrackingRecorder]):
    """Recorders on the current Ostrov application's store; the log is named as the Application."""

    def mapper(self, transcoder: persistence.Transcoder | None = None, mapper_class: Any = None) -> persistence.Mapper[Any]:
        if mapper_class is None and not self.env.get(self.MAPPER_TOPIC):
            return EventMapper(transcoder or self.transcoder(), compressor=self.compressor(), cipher=self.cipher())
        return super().mapper(transcoder, mapper_class)

    def aggregate_recorder(self, purpose: str = "events") -> persistence.AggregateRecorder:
        return EventRecorder(current().store, self.env.name if purpose == "events" else f"{self.env.name}.{purpose}")

    def application_recorder(self) -> persistence.ApplicationRecorder:
        return EventRecorder(current().store, self.env.name)

    def tracking_recorder(self, tracking_recorder_class: type[Any] | None = None) -> persistence.TrackingRecorder:
        return (tracking_recorder_class or EventProcessRecorder)(current().store, self.env.name)

    def process_recorder(self) -> persistence.ProcessRecorder:
        return EventProcessRecorder(current().store, self.env.name)
