"""For tests: a network in a temporary folder, with people who need no passwords."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ostrov import Connection
from ostrov.testing import running
from raf.accounts.profiles import open_account
from raf.forms import NewPost, ProfileChange
from raf.network import Raf, open_raf
from raf.paging import Paging

ALL = Paging(limit=1000)
"""A page that holds whatever a test writes."""


@asynccontextmanager
async def network(folder: Path, overrides: Iterable[str] = ()) -> AsyncIterator[Raf]:
    """An open, migrated network."""
    async with running(folder, ["raf"], overrides) as application:
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


async def say(raf: Raf, account_id: int, text: str = "raf", **more: Any) -> int:
    """A post; its id."""
    return await raf.post(account_id, NewPost(text=text, **more))
