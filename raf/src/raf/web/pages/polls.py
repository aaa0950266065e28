"""Voting on a page."""

from __future__ import annotations

from litestar import post

from raf.identity.redirects import safe_next
from raf.polls.polls import open_polls
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.parameters import Here, Id


@post("/polls/{poll_id:int}/votes", status_code=200)
async def vote(visit: Here, poll_id: Id) -> Answer:
    """Choose, and show the post with what was chosen: alone to a script, in its page to a person."""
    account_id = visit.member()
    form = await read_form(visit)
    house = visit.house
    chosen = [int(choice) for choice in form.all(f"poll-{poll_id}") if choice.isdecimal() and len(choice) < 3]
    if chosen:
        await house.application.part(open_polls).vote(account_id, poll_id, chosen)
    if visit.wants_fragment():
        return Answer(house.fragments.post(await house.raf.document(poll_id, account_id), visit.language, account_id))
    return redirect(f"{safe_next(form.text('next'), visit.back)}#p{poll_id}", visit.cookies)


HANDLERS = (vote,)
