"""With followed tags and exclusive lists, too, memory and tables say the same of every home, whatever people do."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from raf.errors import RafError
from raf.forms import NewPost, PostChange
from raf.lists.forms import ListChange
from raf.lists.lists import open_lists
from raf.network import Raf
from raf.paging import Paging
from raf.tags.tags import open_tags
from raf.testing import ALL, network, people
from raf.timelines import home as homes
from raf.timelines import reader as readers

NAMES = ("ada", "boris", "vera", "grace")
TAGS = ("кофе", "ostrov", "sea")
VERBS = {
    **{"post": 14, "reply": 6, "boost": 8, "unboost": 4, "edit": 6, "delete": 4, "read": 12},
    **{"follow": 10, "unfollow": 4, "mute": 2, "unmute": 3, "block": 1, "unblock": 2},
    **{"tag": 6, "untag": 3, "apart": 5, "together": 3},
}


async def do_something(raf: Raf, chance: random.Random, who: list[int], posts: list[int], lists: dict[int, int]) -> None:
    """One random command by a random person; those that the rules forbid fail as they should."""
    account, other = chance.choice(who), chance.choice(who)
    status = chance.choice(posts) if posts else 0
    verb = chance.choices(list(VERBS), list(VERBS.values()))[0]
    words = " ".join(chance.choices(["raf", *(f"#{tag}" for tag in TAGS), *(f"@{name}" for name in NAMES)], k=3))
    visibility = chance.choice(("public", "public", "unlisted", "private", "direct"))
    tags, kept = raf.application.part(open_tags), raf.application.part(open_lists)
    if verb in ("post", "reply"):
        reply_to = status if verb == "reply" else None
        posts.append(await raf.post(account, NewPost(text=words, visibility=visibility, in_reply_to_id=reply_to)))
    elif verb == "boost":
        posts.append(await raf.reblog(account, status))
    elif verb == "unboost":
        await raf.unreblog(account, status)
    elif verb == "edit":
        await raf.edit_post(account, status, PostChange(text=words + " again"))
    elif verb == "delete":
        await raf.delete_post(account, status)
    elif verb in ("tag", "untag"):
        await (tags.follow if verb == "tag" else tags.unfollow)(account, chance.choice(TAGS))
    elif verb == "apart":
        await kept.add(account, lists[account], [other])
    elif verb == "together":
        await kept.remove(account, lists[account], [other])
    elif verb == "read":
        await raf.home(account, Paging(limit=20))
    else:
        await getattr(raf, verb)(account, other)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3, 4, 5))])
async def test_homes_with_tags_and_exclusive_lists_agree(tmp_path: Path, database: list[str], seed: int) -> None:
    chance = random.Random(seed)
    posts: list[int] = []
    async with network(tmp_path, database) as raf:
        who = await people(raf, *NAMES)
        kept = raf.application.part(open_lists)
        lists = {me: (await kept.create(me, ListChange(title="apart", exclusive=True))).id for me in who}
        for _ in range(12):
            for _ in range(15):
                with suppress(RafError):
                    await do_something(raf, chance, who, posts, lists)
            for account in who:
                await check(raf, account)
        before = {account: await raf.home(account, ALL) for account in who}
        await raf.events.rebuild()
        raf.memory.forget()
        assert {account: await raf.home(account, ALL) for account in who} == before


async def check(raf: Raf, account: int) -> None:
    fresh: Any = await raf.store.read(readers.load, account)
    await raf.home(account)
    remembered = raf.memory.readers[account]
    assert remembered.home is not None
    kept, queried = remembered.home.ids.tolist()[::-1], await raf.store.read(homes.page, fresh, ALL)
    assert kept == queried[: len(kept)]
    assert len(kept) == len(queried) or not remembered.home.whole
    assert (remembered.tags, remembered.exclusive) == (fresh.tags, fresh.exclusive)
    followers = {tag for tag, there in raf.memory.readers.tagged.items() if remembered in there}
    assert followers == (remembered.tags if remembered.watching else set())
