"""Following, muting and blocking people."""

from __future__ import annotations

from litestar import post

from raf.errors import Missing
from raf.identity.redirects import safe_next
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.parameters import Here, Id, Word

ACTIONS = {
    "follow": "follow",
    "unfollow": "unfollow",
    "mute": "mute",
    "unmute": "unmute",
    "block": "block",
    "unblock": "unblock",
    "authorize": "authorize_follow",
    "reject": "reject_follow",
    "remove_follower": "remove_follower",
}
"""What an address's last word does, by the method of `Raf`."""
WISHES: dict[str, tuple[bool | None, bool | None]] = {
    "show_boosts": (True, None),
    "hide_boosts": (False, None),
    "notify": (None, True),
    "unnotify": (None, False),
}
"""What one wants of somebody one follows already: (their boosts, to be told of their posts)."""
TOLD = {
    "hide_boosts": "boosts_hidden",
    "show_boosts": "boosts_shown",
    "notify": "telling",
    "unnotify": "telling_no_more",
    "mute": "muted",
    "unmute": "unmuted",
    "block": "blocked",
    "unblock": "unblocked",
    "remove_follower": "removed",
    "authorize": "follower",
    "reject": "declined",
}


@post("/accounts/{account_id:int}/{action:str}", status_code=200)
async def relate(visit: Here, account_id: Id, action: Word) -> Answer:
    """Do it, and show the button as it is now: alone to a script, in its page to a person."""
    if action not in ACTIONS and action not in WISHES:
        raise Missing
    viewer_id = visit.member()
    form = await read_form(visit)
    raf = visit.house.raf
    if action in WISHES:
        relation = (await raf.relationships(viewer_id, [account_id]))[0]
        if not (relation.following or relation.requested):
            raise Missing
        await raf.follow(viewer_id, account_id, *WISHES[action])
    else:
        await getattr(raf, ACTIONS[action])(viewer_id, account_id)
    visit.house.around.forget(viewer_id)
    if visit.wants_fragment():
        account = await raf.account(account_id)
        relation = (await raf.relationships(viewer_id, [account_id]))[0]
        slim = visit.request.query_params.get("slim") == "1"
        html = visit.house.rendering.fragment(
            "follow_button.html", visit.language, account=account, relation=relation, slim=slim
        )
        return Answer(html.encode())
    if action == "follow" and (await raf.relationships(viewer_id, [account_id]))[0].requested:
        visit.tell("requested")
    elif action in TOLD:
        visit.tell(TOLD[action])
    return redirect(safe_next(form.text("next"), visit.back), visit.cookies)


HANDLERS = (relate,)
