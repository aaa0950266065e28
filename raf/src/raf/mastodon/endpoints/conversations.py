"""`/api/v1/conversations`: direct posts by thread. Nothing is counted as unread."""

from __future__ import annotations

from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.selections.posts import conversations_of


@get("/api/v1/conversations", person("read:statuses"))
async def index(call: Asked) -> bytes:
    """The last post of each thread, the newest first."""
    paging = call.paging()
    found = await call.house.store.read(conversations_of, call.account_id, paging)
    statuses = {one.id: one for one in await call.house.raf.statuses([last for _, last, _ in found], call.account_id)}
    shown = []
    for identity, last, people in found:
        if str(last) in statuses:
            others = [person for person in people if person != call.account_id]
            accounts = await call.house.raf.accounts(others or [call.account_id])
            shown.append({"id": str(identity), "unread": False, "accounts": accounts, "last_status": statuses[str(last)]})
    if found:
        call.link(found[-1][1], found[0][1])
    return encode(shown)


HANDLERS = [index]
