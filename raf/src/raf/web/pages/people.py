"""Lists of people: followers, followed, who liked or boosted a post."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import get

from raf import entities
from raf.network import Listing
from raf.web.answer import Answer
from raf.web.pages.profile import account_at
from raf.web.pages.thread import status_at
from raf.web.paging import address, paging
from raf.web.parameters import Here, Id, MaxId, Word
from raf.web.visit import Visit

PAGE = 40


@get("/{handle:str}/followers")
async def followers(visit: Here, handle: Word, max_id: MaxId = None) -> Answer:
    """Who follows a person."""
    account = await account_at(visit, handle)
    listing = await visit.house.raf.followers(int(account.id), paging(max_id, limit=PAGE), visit.account_id)
    heading = visit.language.say("Followers of @%(name)s", name=account.acct)
    return await people_page(visit, heading, listing, f"/@{account.acct}", f"/@{account.acct}/followers")


@get("/{handle:str}/following")
async def following(visit: Here, handle: Word, max_id: MaxId = None) -> Answer:
    """Whom a person follows."""
    account = await account_at(visit, handle)
    listing = await visit.house.raf.following(int(account.id), paging(max_id, limit=PAGE), visit.account_id)
    heading = visit.language.say("@%(name)s follows", name=account.acct)
    return await people_page(visit, heading, listing, f"/@{account.acct}", f"/@{account.acct}/following")


@get("/{handle:str}/{post_id:int}/favourited_by")
async def favourited_by(visit: Here, handle: Word, post_id: Id, max_id: MaxId = None) -> Answer:
    """Who likes a post."""
    status = await status_at(visit, handle, post_id)
    home = f"/@{status.account.acct}/{status.id}"
    listing = await visit.house.raf.favourited_by(int(status.id), visit.account_id, paging(max_id, limit=PAGE))
    return await people_page(visit, visit.language.say("Liked by"), listing, home, f"{home}/favourited_by")


@get("/{handle:str}/{post_id:int}/reblogged_by")
async def reblogged_by(visit: Here, handle: Word, post_id: Id, max_id: MaxId = None) -> Answer:
    """Who boosted a post."""
    status = await status_at(visit, handle, post_id)
    home = f"/@{status.account.acct}/{status.id}"
    listing = await visit.house.raf.reblogged_by(int(status.id), visit.account_id, paging(max_id, limit=PAGE))
    return await people_page(visit, visit.language.say("Boosted by"), listing, home, f"{home}/reblogged_by")


async def people_page(visit: Visit, heading: str, listing: Listing[entities.Account], back: str, path: str) -> Answer:
    more = listing.older if len(listing.items) >= PAGE else None
    say = visit.language.say
    return await visit.house.page(
        visit,
        "people_list.html",
        heading=heading,
        back=back,
        people=await with_relations(visit, listing.items),
        older=address(path, max_id=str(more)) if more else "",
        nothing=(say("Nobody yet"), say("The seats are free.")),
    )


async def with_relations(
    visit: Visit, accounts: Sequence[entities.Account]
) -> list[tuple[entities.Account, entities.Relationship | None]]:
    """Each person with how the visitor stands to them."""
    if visit.session is None or not accounts:
        return [(account, None) for account in accounts]
    ids = [int(account.id) for account in accounts]
    relations = await visit.house.raf.relationships(visit.session.account_id, ids)
    by_id = {relation.id: relation for relation in relations}
    return [(account, by_id.get(account.id)) for account in accounts]


HANDLERS = (followers, following, favourited_by, reblogged_by)
