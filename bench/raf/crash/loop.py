"""The loop: people live, something is killed, it comes back, and now and then everything is held against the book."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crash.book import Book
from crash.deeds import Doer
from crash.ground import examine
from crash.house import VICTIMS, House
from crash.person import Person
from crash.verdict import Verdict

LOAD = (0.2, 1.2)
"""Seconds of load before a kill, from and to."""
UPLOAD = 0.4
"""Seconds that a slow upload takes."""


class Loop:
    """One project, killed and looked at. `findings` are what was wrong, in words."""

    def __init__(
        self,
        folder: Path,
        overrides: list[str],
        *,
        people: int = 8,
        seed: int = 1,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.house = House(folder, overrides)
        self.overrides = overrides
        self.book = Book()
        self.dice = random.Random(seed)
        self.say = say
        self.findings: list[str] = []
        self.people = [Person(self.house.url, f"person{number}", self.book) for number in range(people)]
        self.anchor = Person(self.house.url, "anchor", self.book)
        self.doers: list[Doer] = []
        self.answers: list[float] = []
        self.recoveries: list[float] = []
        self.killed: Counter[str] = Counter()
        self.looked: Counter[str] = Counter()
        self.ground: dict[str, int] = {}

    async def run(self, kills: int, *, every: int = 10, rebuild_every: int = 25) -> dict[str, Any]:
        """The row of figures."""
        await self.house.up()
        try:
            await self._gather_people()
            while len(self.recoveries) < kills:
                living = [asyncio.create_task(doer.live()) for doer in self.doers]
                living.append(asyncio.create_task(self._upload_slowly()))
                done = len(self.recoveries)
                await self._kill_some(min(every - done % every, rebuild_every - done % rebuild_every, kills - done))
                for doer in self.doers:
                    doer.stopped = True
                await asyncio.gather(*living)
                await self._look(files=len(self.recoveries) % 50 == 0 or len(self.recoveries) == kills)
                if len(self.recoveries) % rebuild_every == 0 or len(self.recoveries) == kills:
                    await self._examine(last=len(self.recoveries) == kills)
                for doer in self.doers:
                    doer.stopped = False
        finally:
            await self.house.down()
        return self._row()

    async def _gather_people(self) -> None:
        await self.anchor.sign_up("read write follow push admin:read")
        await self.house.operate("raf", "role", "anchor", "owner")
        quiet = [Person(self.house.url, f"quiet{number}", self.book) for number in range(3)]
        for person in (*self.people, *quiet):
            await person.sign_up()
        for person in self.people:
            (await person.http.post(f"/api/v1/accounts/{self.anchor.id}/follow")).raise_for_status()
        self.doers = [Doer(person, self.people, self.anchor, [one.id for one in quiet]) for person in self.people]

    async def _upload_slowly(self) -> None:
        """One is uploading all the time, so that kills fall into it."""
        uploader = Doer(self.people[0], self.people, self.anchor, [])
        while not self.doers[0].stopped:
            await uploader.upload(UPLOAD)
        self.doers[0].unused += uploader.unused

    async def _kill_some(self, number: int) -> None:
        for _ in range(number):
            await asyncio.sleep(self.dice.uniform(*LOAD))
            (what,) = self.dice.choices(list(VICTIMS), list(VICTIMS.values()))
            answered, whole = await self.house.kill(what, self.dice.randrange(2))
            self.answers.append(answered)
            self.recoveries.append(whole)
            self.killed[what] += 1
            after = f"answers after {answered:.2f} s, whole after {whole:.2f} s"
            self.say(f"kill {len(self.recoveries)}: {what}, {after}; {dict(self.book.tally)}")

    async def _look(self, *, files: bool) -> None:
        verdict = Verdict(self.book, self.people, self.anchor)
        await verdict.look(files=files)
        self._found(verdict.wrong, f"after {len(self.recoveries)} kills")
        self.looked |= verdict.looked
        self.say(f"looked: {dict(verdict.looked)}, {len(verdict.wrong)} wrong")

    async def _examine(self, *, last: bool) -> None:
        """Take it down and compare every read model with what the log says."""
        if last:
            await self._told_of_mentions()
        await self.house.down()
        wrong, self.ground = await examine(self.house.folder, self.overrides)
        self._found(wrong, f"in the tables after {len(self.recoveries)} kills")
        self.say(f"examined: {self.ground}, {len(wrong)} wrong")
        if not last:
            await self.house.up()

    async def _told_of_mentions(self) -> None:
        """Wait for the tasks: each who was mentioned is told once."""
        verdict = Verdict(self.book, self.people, self.anchor)
        for _ in range(100):
            wrong = await verdict.mentions()
            if not wrong:
                break
            await asyncio.sleep(0.3)
        self._found(wrong, "in the notifications")
        self.looked |= verdict.looked

    def _found(self, wrong: list[str], where: str) -> None:
        self.findings += [f"{where}: {one}" for one in [*wrong, *self.book.surprises]]
        self.book.surprises.clear()

    def _row(self) -> dict[str, Any]:
        tally = self.book.tally
        return {
            "kills": len(self.recoveries),
            "killed": dict(self.killed),
            "acknowledged": tally["acknowledged"] + tally["uploads"],
            "posts": tally["posts"],
            "uploads": tally["uploads"],
            "answers_lost": tally["lost"],
            "uploads_lost": tally["uploads lost"],
            "facts": self.looked["facts"],
            "files": self.looked["files"],
            "mentions": self.looked["mentions"],
            **self.ground,
            "wrong": len(self.findings),
            "answers_p50_s": round(statistics.median(self.answers), 2),
            "answers_max_s": round(max(self.answers), 2),
            "back_p50_s": round(statistics.median(self.recoveries), 2),
            "back_max_s": round(max(self.recoveries), 2),
        }
