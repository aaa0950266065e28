"""Prepares a seeded network for the benchmark and prints what the load needs, as JSON.

    python bench/raf/prepare.py PROJECT ACCOUNTS POSTS [OVERRIDE…]

What is there already is kept. Everything is written through events, thousands to a transaction, and indexed for the search, so
a server that starts on it has nothing to catch up with.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from ostrov import Connection, Ostrov
from ostrov.core.store.migrations import migrate
from ostrov.testing import make_project
from raf.domain import streams
from raf.domain.events import AccountOpened, Followed, RafEvent
from raf.identity.tokens import insert_token
from raf.network import Raf, open_raf
from raf.search.search import open_search
from raf.seed import TAGS, WORDS, seed_network, write_events

CRIER = "crier"
"""Whom everybody follows: the live readers of the benchmark hear this one."""
APPLICATION = """
INSERT INTO oauth_application (id, client_id, secret, name, redirect_uris, scopes, created_at)
VALUES (1, 'bench', ?, 'bench', 'urn:ietf:wg:oauth:2.0:oob', 'read write follow', ?) ON CONFLICT DO NOTHING"""
INDEXED = 5000
SCOPES = ("read", "write", "follow")


def followers_of(accounts: list[int], crier: int, now: float) -> list[RafEvent]:
    opened = AccountOpened(
        originator_id=streams.account(crier),
        originator_version=1,
        at=now,
        account_id=crier,
        username=CRIER,
        display_name="The Crier",
    )
    follows = [
        Followed(
            originator_id=streams.pair("f", account_id, crier),
            originator_version=1,
            at=now,
            id=(int(now * 1000) << 16) + number,
            account_id=account_id,
            target_id=crier,
        )
        for number, account_id in enumerate(accounts, 1)
    ]
    return [opened, *follows]


async def open_crier(raf: Raf) -> None:
    if await raf.store.read(lambda c: c.value("SELECT 1 FROM account WHERE name_key = ?", (CRIER,))) is None:
        accounts = await raf.store.read(lambda c: [i for (i,) in c.rows("SELECT id FROM account ORDER BY id")])
        now = 1_700_050_000.0
        await write_events(raf, followers_of(accounts, int(now * 1000) << 16, now))


def readers(connection: Connection) -> list[dict[str, Any]]:
    """Tokens of everybody, those first who follow most, for their home timelines are the dearest; the crier's is the last."""
    now = time.time()
    connection.execute("DELETE FROM oauth_token WHERE application_id = 1")
    connection.execute(APPLICATION, (b"", now))
    rows = connection.rows("SELECT id, name_key FROM account ORDER BY name_key = ?, following_count DESC, id", (CRIER,))
    return [
        {"account": account_id, "name": name, "token": insert_token(connection, 1, account_id, SCOPES, now, number)}
        for number, (account_id, name) in enumerate(rows, 1)
    ]


def bodies(connection: Connection, wanted: int = 400) -> list[str]:
    """Posts as people write them, as JSON: words, of three in ten a reply, of two a tag, of three somebody mentioned."""
    chance = random.Random(11)
    recent = [i for (i,) in connection.rows("SELECT id FROM status WHERE reblog_of_id IS NULL ORDER BY id DESC LIMIT 200")]
    names = [name for (name,) in connection.rows("SELECT username FROM account ORDER BY id LIMIT 500")]
    made = []
    for _ in range(wanted):
        words = chance.choices(WORDS, k=chance.randint(12, 40))
        if chance.random() < 0.2:
            words.append("#" + chance.choice(TAGS))
        if chance.random() < 0.3:
            words.insert(0, "@" + chance.choice(names))
        post: dict[str, Any] = {"status": " ".join(words), "language": "en"}
        if recent and chance.random() < 0.3:
            post["in_reply_to_id"] = str(chance.choice(recent))
        made.append(json.dumps(post))
    return made


async def index(application: Ostrov) -> None:
    """Let the search know everything."""
    search = application.part(open_search)
    while await application.store.write(search.follower.follow, INDEXED):
        pass


async def main() -> None:
    folder, accounts, posts = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    make_project(folder, ["raf"], "raf")
    application = Ostrov.open(folder, sys.argv[4:], environ={})
    migrate(application)
    raf = application.part(open_raf)
    began, used = time.perf_counter(), time.process_time()
    if not posts:  # empty tables, to be filled by others
        await application.close()
        print("{}")
        return
    if not await application.store.read(lambda c: c.value("SELECT 1 FROM status LIMIT 1")):
        await seed_network(application, accounts=accounts, posts=posts)
    await open_crier(raf)
    await index(application)
    made = {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
        "posts": await application.store.read(lambda c: c.value("SELECT count(*) FROM status WHERE reblog_of_id IS NULL")),
        "people": await application.store.write(readers),
        "bodies": await application.store.read(bodies),
    }
    await application.close()
    print(json.dumps(made))


if __name__ == "__main__":
    asyncio.run(main())
