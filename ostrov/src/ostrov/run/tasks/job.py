"""One line in the words of the `schedule` library (1.2, https://schedule.readthedocs.io), and the rule it stands for."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfoNotFoundError

from ostrov.run.tasks.each import REAL, WEEKDAYS, Each
from ostrov.run.tasks.errors import ScheduleError
from ostrov.run.tasks.limits import NO_LIMITS
from ostrov.run.tasks.rule import Cron, Every, Rule, Until
from ostrov.run.tasks.wall import moment, shown, zone

if TYPE_CHECKING:
    from ostrov.run.tasks.fluent import Board
    from ostrov.run.tasks.task import Task

LARGEST = 1024 * 1024
"""Bytes that the arguments of a line may have."""
AT = {
    "days": re.compile(r"(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?"),
    "hours": re.compile(r"(?:(?P<m>[0-5]\d)?:)?(?P<s>[0-5]\d)"),
    "minutes": re.compile(r":(?P<s>[0-5]\d)"),
}
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M:%S", "%H:%M")


@dataclass(frozen=True)
class End:
    """When a line ends: a moment on the wall, a time from now, or a moment with a time zone of its own."""

    wall: datetime | None = None
    length: float | None = None
    moment: float | None = None


class Word:
    """A unit of time or a weekday, as an attribute that changes the line and returns it. `alone`: only of every()."""

    def __init__(self, unit: str, weekday: int | None = None, alone: bool = False) -> None:
        self.unit, self.weekday, self.alone = unit, weekday, alone

    def __get__(self, job: Job, owner: type[Job]) -> Job:
        if job.unit is not None:
            raise ScheduleError(f"{job.words}: this line has its unit already")
        if self.alone and job.interval != 1:
            raise ScheduleError(f"every({job.interval}).{self.unit[:-1]}", tip=f"write every({job.interval}).{self.unit}")
        if self.weekday is not None and (job.interval != 1 or job.latest is not None):
            raise ScheduleError(f"every({job.interval}).{WEEKDAYS[self.weekday]}: a weekday comes every week")
        job.unit, job.weekday = self.unit, self.weekday
        return job


class Job:
    """One line. Its words change it and return it, `do` ends it."""

    def __init__(self, board: Board, interval: int = 1) -> None:
        if not isinstance(interval, int) or interval < 1:
            raise ScheduleError(f"every({interval!r}): not a number of times", tip="every() or every(10)")
        self._board = board
        self.interval = interval
        self.latest: int | None = None
        self.unit: str | None = None
        self.weekday: int | None = None
        self.at_time: str | None = None
        self.at_said = ""
        self.timezone: str | None = None
        self.tags: set[Hashable] = set()
        self.task: Task[Any, Any] | None = None
        self.arguments = "{}"
        self.limit_key: str | None = None
        self.key = ""
        self.home = ""
        self._end: End | None = None

    second, seconds = Word("seconds", alone=True), Word("seconds")
    minute, minutes = Word("minutes", alone=True), Word("minutes")
    hour, hours = Word("hours", alone=True), Word("hours")
    day, days = Word("days", alone=True), Word("days")
    week, weeks = Word("weeks", alone=True), Word("weeks")
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        Word("weeks", 0),
        Word("weeks", 1),
        Word("weeks", 2),
        Word("weeks", 3),
        Word("weeks", 4),
        Word("weeks", 5),
        Word("weeks", 6),
    )

    def __repr__(self) -> str:
        return f"<Job {self.key or self.words}>"

    def to(self, latest: int) -> Job:
        """A number of units from the one in `every` to this one, drawn anew for each tick."""
        if latest < self.interval:
            raise ScheduleError(f"every({self.interval}).to({latest}) ends before it begins")
        self.latest = latest
        return self

    def at(self, text: str, tz: Any = None) -> Job:
        """The time on the wall: `HH:MM[:SS]` of days and weekdays, `MM:SS` or `:MM` of hours, `:SS` of minutes."""
        if self.unit is None or (self.unit == "weeks" and self.weekday is None) or self.unit == "seconds":
            raise ScheduleError(f"at({text!r}) is for days, hours, minutes and weekdays", tip='every().day.at("10:30")')
        unit = "days" if self.unit == "weeks" else self.unit
        found = AT[unit].fullmatch(text) if isinstance(text, str) else None
        if found is None:
            form = {"days": "HH:MM or HH:MM:SS", "hours": "MM:SS or :MM", "minutes": ":SS"}[unit]
            raise ScheduleError(f"at({text!r}) cannot be read", tip=f"for {self.unit} write {form}")
        parts = {name: int(part) for name, part in found.groupdict().items() if part is not None}
        if unit == "hours" and found["m"] is None:  # `:30` of an hour is its minute
            parts = {"m": parts["s"]}
        self.at_time = f"{parts.get('h', 0):02}:{parts.get('m', 0):02}:{parts.get('s', 0):02}"
        self.at_said = text
        if tz is not None:
            self.timezone = str(tz)
            try:
                zone(self.timezone)
            except (ZoneInfoNotFoundError, ValueError):
                raise ScheduleError(f"at({text!r}, {self.timezone!r}): there is no such time zone") from None
        return self

    def until(self, end: datetime | timedelta | clock_time | str) -> Job:
        """No tick after this: a moment ("2030-01-01 18:30", "18:30" of today, a datetime) or a time from the first start."""
        if isinstance(end, str):
            end = _moment(end)
        if isinstance(end, timedelta):
            self._end = End(length=end.total_seconds())
        elif isinstance(end, clock_time):
            self._end = End(wall=datetime.combine(datetime.min, end))
        elif isinstance(end, datetime):
            self._end = End(wall=end) if end.tzinfo is None else End(moment=end.timestamp())
        else:
            raise ScheduleError(f"until({end!r}) is neither a moment nor a length of time")
        return self

    def tag(self, *tags: Hashable) -> Job:
        """Words to find the line by: `get_jobs(tag)`, `clear(tag)`."""
        self.tags.update(tags)
        return self

    def do(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Job:
        """What to run: a task, or a function at the top of a module, which is made one. Its arguments go with it.

        Raises ScheduleError, NotATask or Refused: nothing is scheduled then.
        """
        return self.end(self._board.task_of(function), args, kwargs, sys._getframe(1).f_globals)

    def end(self, made: Task[Any, Any], args: tuple[Any, ...], kwargs: dict[str, Any], home: dict[str, Any]) -> Job:
        """`do`, in the module whose globals these are."""
        if self.unit is None:
            raise ScheduleError(f"every({self.interval}).do(…) does not say of what", tip=f"every({self.interval}).minutes")
        if self.task is not None:
            raise ScheduleError(f"{self.key}: this line has its job already", tip="begin another line with every()")
        self.rule("UTC", time.time())  # a line that cannot be is refused where it stands
        self.arguments = made.codec.encode(args, kwargs, LARGEST)
        if made.options.limits is not NO_LIMITS:
            self.limit_key = made.codec.limit_key(made.options.limits, args, kwargs)
        self.task = made
        self._board.add(self, home)
        return self

    @property
    def words(self) -> str:
        """The line in words, which do not depend on the time zone of the settings."""
        count = f"{self.interval} to {self.latest} " if self.latest else "" if self.interval == 1 else f"{self.interval} "
        of = WEEKDAYS[self.weekday] if self.weekday is not None else str(self.unit)
        of = of if count or self.weekday is not None else of[:-1]
        at = f" at {self.at_said}" if self.at_said else ""
        return f"every {count}{of}{at}{f' in {self.timezone}' if self.timezone else ''}"

    def rule(self, default_timezone: str, now: float) -> Rule:
        """When it ticks."""
        timezone = self.timezone or default_timezone
        rule = self._endless(timezone)
        if self._end is None:
            return rule
        if self._end.moment is not None:
            return Until(rule, self._end.moment)
        if self._end.length is not None:
            return Until(rule, round(now + self._end.length), f"{self._end.length:g} s")
        assert self._end.wall is not None
        if self._end.wall.year == 1:
            today = datetime.combine(shown(now, timezone).date(), self._end.wall.time())
            return Until(rule, moment(today, timezone), f"{self._end.wall:%H:%M:%S}")
        return Until(rule, moment(self._end.wall, timezone))

    def _endless(self, timezone: str) -> Every | Cron | Each:
        assert self.unit is not None
        if self.latest is None and self.at_time is None and self.unit in REAL:
            return Every(float(self.interval * REAL[self.unit]))
        if self.latest is None and self.interval == 1 and self.at_time is not None:
            hour, minute, second = map(int, self.at_time.split(":"))
            if self.unit == "minutes":
                return Cron(f"{second} * * * * *", timezone)
            wall = f"{minute} *" if self.unit == "hours" else f"{minute} {hour}"
            day = "*" if self.weekday is None else str((self.weekday + 1) % 7)
            return Cron(f"{second} {wall} * * {day}" if second else f"{wall} * * {day}", timezone)
        return Each(self.interval, self.unit, timezone, self.latest, self.weekday, self.at_time)


def _moment(text: str) -> datetime | clock_time:
    for form in MOMENTS:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        return found if "Y" in form else found.time()
    raise ScheduleError(f"until({text!r}) cannot be read", tip='until("2030-01-01 18:30") or until("18:30")')
