"""What a JetStream broker has asked its consumers for, and what has come."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from taskiq import AckableMessage

from ostrov.run.tasks.engines.subjects import token


class Delivery(AckableMessage):
    """A message in hand. `reply` is where the server hears of it."""

    queue: str
    reply: str


@dataclass
class Lane:
    """A queue at one level, with its consumer. `idle_until`: until then the server will answer the open request by itself."""

    queue: str
    level: str
    ready: bool = False
    idle_until: float = 0.0

    @property
    def name(self) -> str:
        return f"{token(self.queue)}_{self.level}"


@dataclass
class Asked:
    """A request to a consumer that is not answered yet."""

    lane: Lane
    wanted: int
    over: asyncio.Future[None] | None = None
    """Set for one that does not wait."""
    got: int = 0

    def end(self) -> None:
        """It is answered, or never will be."""
        if self.over is None:
            self.lane.idle_until = 0.0
        elif not self.over.done():
            self.over.set_result(None)


@dataclass
class Pulls:
    """What was asked for and what has come, since the connection was made."""

    inbox: str
    asked: dict[str, Asked] = field(default_factory=dict)
    arrived: list[Delivery] = field(default_factory=list)
