"""What a post was before, and who quotes it."""

from __future__ import annotations

from litestar import get, post

from raf.quotes.quotes import open_quotes
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.pages.thread import status_at
from raf.web.paging import address, paging
from raf.web.parameters import Here, Id, MaxId, Word

PAGE = 20


@get("/{handle:str}/{post_id:int}/history")
async def history(visit: Here, handle: Word, post_id: Id) -> Answer:
    """Every version of a post, the last one first."""
    status = await status_at(visit, handle, post_id)
    versions = await visit.house.raf.status_history(int(status.id), visit.account_id)
    home = f"/@{status.account.acct}/{status.id}"
    return await visit.house.page(visit, "history.html", post=status, versions=versions[::-1], home=home)


@get("/{handle:str}/{post_id:int}/quotes")
async def quotes(visit: Here, handle: Word, post_id: Id, max_id: MaxId = None) -> Answer:
    """The posts that quote one; its author may take it out of each."""
    status = await status_at(visit, handle, post_id)
    home = f"/@{status.account.acct}/{status.id}"
    found = await visit.house.application.part(open_quotes).of(int(status.id), visit.account_id, paging(max_id, limit=PAGE))
    shown = await visit.house.raf.statuses(found.items, visit.account_id)
    ids = [int(one.id) for one in shown]
    more = found.older if found.older and len(found.items) >= PAGE else None
    return await visit.house.page(
        visit,
        "quotes.html",
        quoted=status,
        home=home,
        posts=list(zip(ids, await visit.house.posts(visit, ids), strict=True)),
        policy=await visit.house.application.part(open_quotes).policy(int(status.id)),
        mine=status.account.id == str(visit.account_id),
        older=address(f"{home}/quotes", max_id=str(more)) if more else "",
    )


@post("/posts/{post_id:int}/quotes/{quoting_id:int}/revoke", status_code=200)
async def revoke(visit: Here, post_id: Id, quoting_id: Id) -> Answer:
    """Take one's own post out of a quote."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.application.part(open_quotes).revoke(account_id, post_id, quoting_id)
    visit.tell("revoked_quote")
    status = await visit.house.raf.status(post_id, account_id)
    return redirect(f"/@{status.account.acct}/{post_id}/quotes", visit.cookies)


@post("/posts/{post_id:int}/quote_policy", status_code=200)
async def set_policy(visit: Here, post_id: Id) -> Answer:
    """Say who may quote one's own post."""
    account_id = visit.member()
    form = await read_form(visit)
    await visit.house.application.part(open_quotes).set_policy(account_id, post_id, form.text("policy"))
    visit.tell("saved")
    status = await visit.house.raf.status(post_id, account_id)
    return redirect(f"/@{status.account.acct}/{post_id}/quotes", visit.cookies)


HANDLERS = (history, quotes, revoke, set_policy)
