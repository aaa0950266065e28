"""Direct posts as conversations."""

from __future__ import annotations

from dataclasses import replace

from litestar import get, post

from raf.conversations.conversations import open_conversations
from raf.network import Paging
from raf.web.answer import Answer, redirect
from raf.web.drafts import Draft
from raf.web.forms import read_form
from raf.web.paging import address
from raf.web.parameters import Here, Id, MaxId

PAGE = 20


@get("/direct")
async def conversations(visit: Here, max_id: MaxId = None) -> Answer:
    """All conversations, the last one first."""
    account_id = visit.member()
    found = await visit.house.application.part(open_conversations).all(account_id, Paging(limit=PAGE, max_id=max_id))
    more = found.older if found.older and len(found.items) >= PAGE else None
    return await visit.house.page(
        visit,
        "conversations.html",
        place_now="direct",
        conversations=found.items,
        older=address("/direct", max_id=str(more)) if more else "",
    )


@get("/direct/{conversation_id:int}")
async def conversation(visit: Here, conversation_id: Id) -> Answer:
    """One of them, read by being opened."""
    account_id = visit.member()
    house, raf = visit.house, visit.house.raf
    found = await house.application.part(open_conversations).mark(account_id, conversation_id)
    last = found.last_status
    assert last is not None
    above, below = await raf.context(int(last.id), account_id)
    ids = [*above, int(last.id), *below]
    shown = [int(one.id) for one in await raf.statuses(ids, account_id) if one.visibility == "direct"]
    draft = await Draft.reply(visit, last, back=f"/direct/{conversation_id}")
    return await house.page(
        visit,
        "conversation.html",
        place_now="direct",
        conversation=found,
        posts=await house.posts(visit, shown, "above"),
        last_id=last.id,
        draft=replace(draft, visibility="direct"),
    )


@post("/direct/{conversation_id:int}/delete", status_code=200)
async def put_away(visit: Here, conversation_id: Id) -> Answer:
    """Hide it until somebody says more."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.application.part(open_conversations).put_away(account_id, conversation_id)
    visit.tell("talk_away")
    return redirect("/direct", visit.cookies)


HANDLERS = (conversations, conversation, put_away)
