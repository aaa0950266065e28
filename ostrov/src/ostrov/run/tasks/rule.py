"""When a schedule ticks: cron expressions in a time zone, and fixed intervals. Pure: moments in, moments out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from ostrov.run.tasks import each
from ostrov.run.tasks.each import Each
from ostrov.run.tasks.errors import NotATask
from ostrov.run.tasks.wall import zone

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


@dataclass(frozen=True)
class Until:
    """Another rule until a moment, epoch seconds; then no tick comes any more.

    `said` is how the moment was given when it was given from now ("8:00:00"): it is counted from the first start, and a process
    that starts later goes on with the moment that is in the ledger.
    """

    rule: Every | Cron | Each
    moment: float
    said: str = ""

    @property
    def timezone(self) -> str:
        return zone_of(self.rule)

    @property
    def text(self) -> str:
        end = datetime.fromtimestamp(self.moment, UTC).isoformat().replace("+00:00", "Z")
        return f"until {end}{f' ({self.said})' if self.said else ''}: {self.rule.text}"

    def next(self, after: float, tick: float | None = None) -> float | None:
        """The first tick after a moment, or None."""
        found = self.rule.next(after, tick)
        return found if found <= self.moment else None


Rule = Every | Cron | Each | Until
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
        raise NotATask(
            f"task {options.name}: cron {rule.expression!r} cannot be read",
            cause=str(problem),
            tip="write minute, hour, day, month, weekday, such as 30 10 * * 1-5, or @daily",
        ) from None
    return rule


def parse(text: str, timezone: str) -> Rule:
    """The rule of a schedule as the ledger keeps it: its text and its time zone. Raises ValueError for what cannot be read."""
    kind, _, rest = text.partition(" ")
    if kind == "every":
        return Every(float(rest))
    if kind == "cron":
        return Cron(rest, timezone)
    if kind == "each":
        return each.read(rest, timezone)
    if kind == "until" and ": " in rest:
        end, _, ruled = rest.partition(": ")
        moment, _, said = end.partition(" (")
        rule = parse(ruled, timezone)
        if not isinstance(rule, Until):
            return Until(rule, datetime.fromisoformat(moment).timestamp(), said.removesuffix(")"))
    raise ValueError(f"{text!r} is not a rule")


def same(known: Rule, declared: Rule) -> bool:
    """Whether a rule in the ledger is what the code says, so that its ticks go on."""
    if isinstance(known, Until) and isinstance(declared, Until) and declared.said:
        known = replace(known, moment=declared.moment)
    return known == declared


def zone_of(rule: Rule) -> str:
    """The time zone a rule is read in; empty for one that follows the real time."""
    return "" if isinstance(rule, Every) else rule.timezone
