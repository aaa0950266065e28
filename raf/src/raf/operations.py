"""What an operator can do with the network as a whole."""

from __future__ import annotations

import time

from ostrov import Ostrov, UsageError, operation

PERMISSION = "raf.manage"
AT_ONCE = 50
"""Deleted posts that are looked at in one transaction: whoever writes meanwhile waits for some milliseconds only."""


def _rebuild_plan(application: Ostrov) -> str:
    from raf.rebuilding import plan

    return plan(application)


@operation("raf.rebuild", permission=PERMISSION, plan=_rebuild_plan, surfaces=("cli", "http"), destructive=True, long=True)
async def rebuild(application: Ostrov) -> str:
    """Write every read model again from the events. What people see does not change; a mended projection is applied.

    Progress is told on the terminal and in the log. It is one transaction: killed, it has changed nothing and can be started
    again.
    """
    from raf.network import open_raf
    from raf.rebuilding import teller
    from raf.search.search import open_search

    raf = application.part(open_raf)
    count = await raf.events.rebuild(teller(await raf.store.read(raf.events.last)))
    raf.wire.forget_everywhere()
    await application.part(open_search).catch_up(pause=0)
    return f"rebuilt from {count} events"


@operation("raf.forget", permission=PERMISSION, surfaces=("cli", "http"), long=True)
async def forget(application: Ostrov) -> str:
    """Take the words of posts that were deleted long ago out of the log, and the names from votes of who left long ago.

    Deletions and departures do so by themselves; this is for those before they did. Killed, it can be started again.
    """
    from raf.departure.departure import open_departure
    from raf.network import open_raf
    from raf.posts.forgetting import forget_some

    raf = application.part(open_raf)
    after, forgotten = 0, 0
    while True:
        after, number = await raf.store.write(forget_some, raf.events, after, AT_ONCE)
        forgotten += number
        if not after:
            break
    unsigned = await application.part(open_departure).unsign_votes()
    return f"the words of {forgotten} deleted posts and the names of {unsigned} votes were in the log, and are no more"


@operation("raf.seed", permission=PERMISSION, surfaces=("cli", "http"), secret=("password",), keep_result=False)
async def seed(application: Ostrov, password: str = "", accounts: int = 0, posts: int = 0) -> str:
    """Fill an empty network for a look around, or with `accounts` and `posts` a large one to measure.

    Without numbers it is a small community that talks Russian and English; each of them logs in with the password given, or
    with one made up and shown once.
    """
    import secrets

    from raf.network import open_raf
    from raf.seed import seed_network

    raf = application.part(open_raf)
    if await raf.store.read(lambda connection: connection.value("SELECT 1 FROM account")) is not None:
        raise UsageError("the network has people already", tip="seed an empty one: data_dir=DIR names another folder")
    if accounts or posts:
        written = await seed_network(application, accounts=max(2, accounts), posts=posts)
        return f"wrote {written} events"
    password = password or secrets.token_urlsafe(9)
    names = await _bring_the_crowd(application, password)
    return f"{len(names)} people are there, {names[0]} for one; their password is {password}"


async def _bring_the_crowd(application: Ostrov, password: str) -> list[str]:
    """Tell the demonstration's story, with a clock that begins in the past."""
    from raf.demo import populate
    from raf.network import open_raf
    from raf.snowflake import Snowflakes

    journal = application.part(open_raf).journal
    clock, ids = journal.clock, journal.ids

    def set_clock(hours: float) -> None:
        journal.clock = lambda: time.time() - hours * 3600

    journal.ids = Snowflakes()
    try:
        crowd = await populate(application, set_clock, password)
    finally:
        journal.clock, journal.ids = clock, ids
    return list(crowd.accounts)
