"""For tests: a network in a temporary folder, with people who need no passwords."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ostrov import Connection
from ostrov.testing import running
from raf.accounts.profiles import open_account
from raf.forms import NewPost, ProfileChange
from raf.media.library import Library
from raf.media.storages.local import LocalStorage
from raf.network import Raf, open_raf
from raf.paging import Paging

CHEAP = ("raf.identity.argon2_memory=64", "raf.identity.argon2_time=1")
ALL = Paging(limit=1000)
"""A page that holds whatever a test writes."""


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()",
}
INNER = ("search_post_words_", "search_person_words_")
"""Tables that SQLite's full-text index keeps for itself: how they look depends on what was written before."""
Snapshot = dict[str, Counter[tuple[Any, ...]]]


def tables(connection: Connection) -> list[str]:
    """The tables of the database."""
    names = [str(name) for (name,) in connection.rows(TABLES[connection.dialect])]
    return sorted(name for name in names if not name.startswith(INNER))


def snapshot(connection: Connection) -> Snapshot:
    """Every row of every table but those of the tasks, whose ledger goes on by itself."""
    return {
        name: Counter(tuple(row) for row in connection.rows(f'SELECT * FROM "{name}"'))
        for name in tables(connection)
        if not name.startswith("task_")
    }


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """What is in one of them only, a line a table."""
    found = []
    for name in before:
        lost, new = before[name] - after[name], after[name] - before[name]
        if lost or new:
            found.append(f"{name}: {lost.total()} rows only before, {new.total()} only after, such as {[*lost, *new][:2]}")
    return found


async def changed_by_rebuild(raf: Raf) -> list[str]:
    """What writing every read model and the index again from the log changes: nothing, when all is well."""
    from raf.search.search import open_search

    search = raf.application.part(open_search)
    await search.catch_up(pause=0)
    before = await raf.store.read(snapshot)
    await raf.events.rebuild()
    await search.catch_up(pause=0)
    return differences(before, await raf.store.read(snapshot))


@asynccontextmanager
async def network(folder: Path, overrides: Iterable[str] = ()) -> AsyncIterator[Raf]:
    """An open, migrated network; hashes of passwords cost little."""
    async with running(folder, ["raf"], [*CHEAP, *overrides]) as application:
        yield application.part(open_raf)


async def person(raf: Raf, username: str, **profile: Any) -> int:
    """A new account without a credential; its id."""

    def write(connection: Connection) -> int:
        return open_account(connection, raf.journal, username)

    account_id = await raf.store.write(write)
    if profile:
        await raf.update_profile(account_id, ProfileChange(**profile))
    return account_id


async def people(raf: Raf, *usernames: str) -> list[int]:
    """Several new accounts."""
    return [await person(raf, username) for username in usernames]


def file_of(library: Library, name: str) -> Path | None:
    """Where a file of a library lies whose storage is a folder."""
    assert isinstance(library.storage, LocalStorage)
    return library.storage.find(name)


async def say(raf: Raf, account_id: int, text: str = "raf", **more: Any) -> int:
    """A post; its id."""
    return await raf.post(account_id, NewPost(text=text, **more))
