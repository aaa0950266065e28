"""Who asks to follow one."""

from __future__ import annotations

from litestar import get

from raf.web.answer import Answer
from raf.web.paging import address, paging
from raf.web.parameters import Here, MaxId

PAGE = 40


@get("/follow-requests")
async def follow_requests(visit: Here, max_id: MaxId = None) -> Answer:
    """Everybody who waits, the latest first; `relations` lets in and declines."""
    account_id = visit.member()
    listing = await visit.house.raf.follow_requests(account_id, paging(max_id, limit=PAGE))
    more = len(listing.items) >= PAGE and listing.older is not None
    return await visit.house.page(
        visit,
        "follow_requests.html",
        place_now="notifications",
        people=listing.items,
        locked=(await visit.own_account()).locked,
        older=address("/follow-requests", max_id=str(listing.older)) if more else "",
    )


HANDLERS = (follow_requests,)
