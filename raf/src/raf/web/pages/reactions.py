"""Liking, boosting, keeping and pinning posts."""

from __future__ import annotations

from litestar import post

from raf.errors import Missing
from raf.identity.redirects import safe_next
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.parameters import Here, Id, Word

ACTIONS = (
    *("favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "pin", "unpin"),
    *("mute_conversation", "unmute_conversation"),
)
TOLD = {
    **{"pin": "pinned", "unpin": "unpinned"},
    **{"mute_conversation": "thread_muted", "unmute_conversation": "thread_unmuted"},
}


@post("/posts/{post_id:int}/{action:str}", status_code=200)
async def react(visit: Here, post_id: Id, action: Word) -> Answer:
    """Do it, and show the post as it is now: alone to a script, in its page to a person."""
    if action not in ACTIONS:
        raise Missing
    account_id = visit.member()
    form = await read_form(visit)
    raf = visit.house.raf
    await getattr(raf, action)(account_id, post_id)
    if visit.wants_fragment():
        document = await raf.document(post_id, account_id)
        place = visit.request.query_params.get("place", "")
        return Answer(visit.house.fragments.post(document, visit.language, account_id, place))
    if action in TOLD:
        visit.tell(TOLD[action])
    back = safe_next(form.text("next"), visit.back)
    return redirect(f"{back}#p{post_id}", visit.cookies)


HANDLERS = (react,)
