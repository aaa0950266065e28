"""When a schedule ticks: cron expressions in a time zone, and fixed intervals. Pure: moments in, moments out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ostrov.run.tasks.errors import NotATask

if TYPE_CHECKING:
    from ostrov.run.tasks.task import TaskOptions


@dataclass(frozen=True)
class Every:
    """Each `seconds`, on a grid that begins with the first tick, whatever happens in between."""

    seconds: float

    @property
    def text(self) -> str:
        return f"every {self.seconds:g}"

    def next(self, after: float, tick: float | None = None) -> float:
        """The first tick after a moment, on the grid of a known `tick`."""
        if tick is None or tick > after:
            return after + self.seconds
        return tick + ((after - tick) // self.seconds + 1) * self.seconds


@dataclass(frozen=True)
class Cron:
    """A cron expression (five fields, or six with seconds first; `@daily` and the like) read in a time zone.

    At a change of the clock it does as Debian's cron does: a time that is left out runs right after the gap, a time that comes
    twice runs once, and expressions with `*` in the hour follow the real hours.
    """

    expression: str
    timezone: str

    @property
    def text(self) -> str:
        return f"cron {self.expression}"

    def next(self, after: float, tick: float | None = None) -> float:
        """The first tick after a moment."""
        from cronsim import CronSim

        start = datetime.fromtimestamp(after, UTC).astimezone(zone(self.timezone))
        moment: datetime = next(CronSim(NICKNAMES.get(self.expression, self.expression), start))
        return moment.timestamp()


Rule = Every | Cron
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def rule_of(options: TaskOptions, timezone: str) -> Rule | None:
    """The rule a task was declared with, checked. Raises NotATask for one that cannot be read."""
    if options.every is not None:
        if options.every <= 0:
            raise NotATask(f"task {options.name}: every={options.every:g} is not a length of time")
        return Every(options.every)
    if options.cron is None:
        return None
    rule = Cron(options.cron, options.timezone or timezone)
    try:
        rule.next(0.0)
    except ZoneInfoNotFoundError:
        raise NotATask(f"task {options.name}: there is no time zone {rule.timezone!r}") from None
    except StopIteration:
        raise NotATask(f"task {options.name}: cron {rule.expression!r} never comes") from None
    except Exception as problem:
        raise NotATask(f"task {options.name}: cron {rule.expression!r} cannot be read", cause=str(problem)) from None
    return rule


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """A time zone by name."""
    return ZoneInfo(name)
