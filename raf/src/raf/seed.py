"""A network to measure: people who follow, post, reply, like and boost at random, always the same for the same seed.

Events are written through the journal as commands write them, thousands to a transaction, so logs and read models are real;
only the rules are not asked, because what is made keeps them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import islice

from ostrov import Connection, Ostrov
from raf.domain import streams
from raf.domain.events import AccountOpened, Boosted, Favourited, Followed, Posted, RafEvent
from raf.network import Raf, open_raf

SPEECH = (
    "the of raf island sea harbor python event source timeline boost salt wind night lamp river stone bread market letter "
    "window paper garden train winter signal кофе море остров дождь корица ваниль утро лодка маяк берег письмо зима"
)
WORDS = SPEECH.split()
TAGS = ("raf", "кофе", "остров", "python", "island", "weather")
BEGAN = 1_700_000_000.0
FOLLOWS = 60
BATCH = 4000


async def seed_network(
    application: Ostrov, *, accounts: int = 1000, posts: int = 100_000, follows: int = FOLLOWS, seed: int = 7
) -> int:
    """Write a network of so many accounts and posts; how many events that took. Each account follows `follows` others."""
    raf = application.part(open_raf)
    chance = random.Random(seed)  # noqa: S311, nothing secret is drawn
    made = _events(chance, accounts, posts, min(follows, accounts - 1))
    return await write_events(raf, made)


async def write_events(raf: Raf, events: Iterable[RafEvent]) -> int:
    """Store events of new streams with their read models, in transactions of some thousands; how many."""
    written = 0
    remaining = iter(events)
    while batch := list(islice(remaining, BATCH)):

        def write(connection: Connection, batch: list[RafEvent] = batch) -> None:
            raf.journal.begin(connection)
            raf.events.put(connection, *batch)

        await raf.store.write(write)
        written += len(batch)
    raf.memory.forget()
    return written


def _events(chance: random.Random, accounts: int, posts: int, follows: int) -> Iterator[RafEvent]:
    at = [BEGAN + number for number in range(accounts)]
    ids = [_id(time, number) for number, time in enumerate(at)]
    for number, account_id in enumerate(ids):
        yield AccountOpened(
            originator_id=streams.account(account_id),
            originator_version=1,
            at=at[number],
            account_id=account_id,
            username=f"user{number + 1}",
            display_name=f"User Number {number + 1}",
        )
    serial = accounts
    for account_id in ids:
        for target_id in chance.sample(ids, follows + 1)[:follows]:
            if target_id != account_id:
                serial += 1
                yield _follow(account_id, target_id, serial)
    written: list[tuple[int, int, int]] = []
    liked: set[tuple[int, int]] = set()
    for number in range(posts):
        time = BEGAN + 86_400 + number * 60
        post = _post(chance, chance.choice(ids), time, number, written)
        written.append((post.status_id, post.account_id, post.conversation_id))
        yield post
        if number % 10 == 9:
            yield from _marks(chance, ids, written[-200:], liked, time)


def _follow(account_id: int, target_id: int, serial: int) -> Followed:
    time = BEGAN + 40_000 + serial / 10
    return Followed(
        originator_id=streams.pair("f", account_id, target_id),
        originator_version=1,
        at=time,
        id=_id(time, serial),
        account_id=account_id,
        target_id=target_id,
    )


def _post(chance: random.Random, account_id: int, time: float, number: int, written: list[tuple[int, int, int]]) -> Posted:
    status_id = _id(time, number)
    words = chance.choices(WORDS, k=chance.randint(12, 40))
    if chance.random() < 0.2:
        words.append("#" + chance.choice(TAGS))
    parent = written[-chance.randint(1, min(len(written), 1000))] if written and chance.random() < 0.3 else None
    return Posted(
        originator_id=streams.post(status_id),
        originator_version=1,
        at=time,
        status_id=status_id,
        account_id=account_id,
        text=" ".join(words),
        language="en",
        in_reply_to_id=parent[0] if parent else None,
        in_reply_to_account_id=parent[1] if parent else None,
        conversation_id=parent[2] if parent else status_id,
    )


def _marks(
    chance: random.Random,
    ids: list[int],
    written: list[tuple[int, int, int]],
    liked: set[tuple[int, int]],
    time: float,
) -> Iterator[Favourited | Boosted]:
    """Fifteen likes and two boosts of what was written lately."""
    for serial in range(15):
        account_id, status_id = chance.choice(ids), chance.choice(written)[0]
        if (account_id, status_id) in liked:
            continue
        liked.add((account_id, status_id))
        yield Favourited(
            originator_id=streams.pair("l", account_id, status_id),
            originator_version=1,
            at=time + 1,
            id=_id(time + 1, serial),
            account_id=account_id,
            status_id=status_id,
        )
    for serial in range(2):
        account_id = chance.choice(ids)
        root_id, author_id, _ = written[-1 - serial * 3]
        boost_id = _id(time + 2, 100 + serial)
        yield Boosted(
            originator_id=streams.pair("b", account_id, root_id),
            originator_version=1,
            at=time + 2,
            status_id=boost_id,
            account_id=account_id,
            reblog_of_id=root_id,
            author_id=author_id,
        )


def _id(time: float, serial: int) -> int:
    return int(time * 1000) << 16 | serial & 0xFFFF
