"""Prepares a seeded network for the benchmark and prints what the load needs, as JSON.

python bench/raf/prepare.py PROJECT ACCOUNTS POSTS
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from ostrov import Connection, Ostrov
from ostrov.core.store.migrations import migrate
from ostrov.testing import make_project
from raf.identity.tokens import insert_token
from raf.seed import seed_network


def readers(connection: Connection, wanted: int) -> list[dict[str, Any]]:
    """Tokens of the accounts that follow most, which makes their home timelines the dearest."""
    now = time.time()
    connection.execute(
        "INSERT INTO oauth_application (id, client_id, secret, name, redirect_uris, scopes, created_at) "
        "VALUES (1, 'bench', ?, 'bench', 'urn:ietf:wg:oauth:2.0:oob', 'read write follow', ?) ON CONFLICT DO NOTHING",
        (b"", now),
    )
    rows = connection.rows("SELECT id FROM account ORDER BY following_count DESC, id LIMIT ?", (wanted,))
    return [{"account": row[0], "token": insert_token(connection, 1, row[0], ("read", "write", "follow"), now)} for row in rows]


async def main() -> None:
    folder = make_project(Path(sys.argv[1]), ["raf"], "raf")
    application = Ostrov.open(folder, environ={})
    migrate(application)
    began = time.perf_counter()
    if not await application.store.read(lambda c: c.value("SELECT count(*) FROM status")):
        await seed_network(application, accounts=int(sys.argv[2]), posts=int(sys.argv[3]))
    people = await application.store.write(readers, 50)
    print(json.dumps({"seconds": round(time.perf_counter() - began, 1), "people": people}))
    await application.close()


if __name__ == "__main__":
    asyncio.run(main())
