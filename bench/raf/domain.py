"""What the network itself costs, without HTTP: CPU per command and per read, printed as JSON.

python bench/raf/domain.py [--accounts 1000] [--posts 20000] [--engine sqlite]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from ostrov import Connection
from raf.domain.events import RafEvent
from raf.forms import NewPost
from raf.network import Raf
from raf.paging import Paging
from raf.seed import seed_network
from raf.testing import network, people

AT_ONCE = 64
"""Commands under way at a time, as from so many connections."""


def cpu() -> float:
    """Seconds of processor this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure(number: int, act: Callable[[int], Awaitable[object]], at_once: int = 1) -> dict[str, float]:
    """Call `act(0)`, `act(1)`, … `number` times, `at_once` at a time."""
    counter = itertools.count()

    async def one() -> None:
        while (turn := next(counter)) < number:
            await act(turn)

    began, used = time.perf_counter(), cpu()
    await asyncio.gather(*(one() for _ in range(at_once)))
    seconds, used = time.perf_counter() - began, cpu() - used
    return {"cpu_us": round(used / number * 1e6, 1), "per_second": round(number / seconds)}


def ids(connection: Connection, sql: str) -> list[int]:
    return [row[0] for row in connection.rows(sql)]


async def measure_live(raf: Raf, listeners: int = 1000, posts: int = 200) -> dict[str, float]:
    """One author, a thousand who listen to their homes: from the event to every mailbox, and the document for each."""
    author, *fans = await people(raf, "author", *(f"listener{number}" for number in range(listeners)))
    for fan in fans:
        await raf.follow(fan, author)
    mailboxes = [await raf.live(fan, ("user",)) for fan in fans]
    events: list[tuple[list[int], list[RafEvent]]] = []
    told, raf.journal.told = raf.journal.told, lambda positions, written: events.append((list(positions), list(written)))
    for _ in range(posts):
        await raf.post(author, NewPost(text="raf"))
    raf.journal.told = told
    used = cpu()
    for positions, written in events:
        raf.wire.told(positions, written)
    fan_out = cpu() - used
    used = cpu()
    for mailbox in mailboxes:
        for message in await mailbox.take(0):
            await raf.streamed(int(message.body[24:-2]))
    reading = cpu() - used
    for mailbox in mailboxes:
        mailbox.close()
    deliveries = listeners * posts
    return {"delivery_us": round(fan_out / deliveries * 1e6, 2), "document_us": round(reading / deliveries * 1e6, 2)}


async def run(raf: Raf, accounts: int, posts: int) -> dict[str, object]:
    figures: dict[str, object] = {}
    began, used = time.perf_counter(), cpu()
    events = await seed_network(raf.application, accounts=accounts, posts=posts)
    figures["seed"] = {"events": events, "cpu_us": round((cpu() - used) / events * 1e6, 1)}
    figures["seed_seconds"] = round(time.perf_counter() - began, 1)
    people = await raf.store.read(ids, "SELECT id FROM account ORDER BY id")
    statuses = await raf.store.read(ids, "SELECT id FROM status WHERE reblog_of_id IS NULL ORDER BY id DESC LIMIT 4000")
    figures["home_load"] = await measure(100, lambda turn: raf.home(people[turn % len(people)]))
    for person in people:
        await raf.home(person)  # from here on everybody is here: each post goes to about 60 homes

    text = "a morning with raf and cinnamon, the sea is quiet and the boat is late, nothing else happens today on the island"
    figures["post_alone"] = await measure(500, lambda turn: raf.post(people[turn % len(people)], NewPost(text=text)))
    figures["post"] = await measure(6000, lambda turn: raf.post(people[turn % len(people)], NewPost(text=text)), AT_ONCE)
    figures["like"] = await measure(
        4000, lambda turn: raf.favourite(people[turn * 7 % len(people)], statuses[turn % len(statuses)]), AT_ONCE
    )
    figures["home"] = await measure(20_000, lambda turn: raf.home(people[turn % 100]))
    figures["public"] = await measure(20_000, lambda turn: raf.public(people[turn % 100]))

    async def read_home(turn: int) -> None:
        person = people[turn % 100]
        await raf.documents(await raf.home(person, Paging(limit=20)), person)

    await measure(200, read_home)
    figures["home_with_documents"] = await measure(10_000, read_home)
    page = await raf.home(people[0])
    figures["documents"] = await measure(10_000, lambda turn: raf.documents(page, people[0]))
    figures["documents_anonymous"] = await measure(10_000, lambda turn: raf.documents(page, None))

    def forgotten(turn: int) -> Awaitable[object]:
        raf.memory.documents.clear()
        raf.memory.accounts.clear()
        return raf.documents(page, people[0])

    figures["documents_cold"] = await measure(300, forgotten)
    figures["live"] = await measure_live(raf)
    used = time.perf_counter()
    count = await raf.events.rebuild()
    figures["rebuild"] = {"events": count, "per_second": round(count / (time.perf_counter() - used))}
    return figures


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--accounts", type=int, default=1000)
    arguments.add_argument("--posts", type=int, default=20_000)
    arguments.add_argument("--set", action="append", default=[], help="an override, such as db.synchronous=NORMAL")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with network(Path(folder), chosen.set) as raf:
            print(json.dumps(await run(raf, chosen.accounts, chosen.posts), indent=1))


if __name__ == "__main__":
    asyncio.run(main())
