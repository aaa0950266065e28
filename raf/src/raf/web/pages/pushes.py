"""Settings of notifications: whose are kept aside, and pushes to this browser."""

from __future__ import annotations

from pathlib import Path

from litestar import get, post
from litestar.exceptions import ClientException

from raf.errors import Invalid, Missing
from raf.letters import news
from raf.notifications.notifications import open_notifications
from raf.notifications.policy import VERDICTS
from raf.push.push import open_push
from raf.push.subscriptions import POLICIES, NewSubscription
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.notices import N_
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn
from raf.web.parameters import Here
from raf.web.visit import Visit

WORKER = Path(__file__).parents[1] / "worker" / "service-worker.js"
KINDS = {
    "mention": N_("Mentions and replies"),
    "favourite": N_("Likes of my posts"),
    "reblog": N_("Boosts of my posts"),
    "follow": N_("New followers"),
    "follow_request": N_("Requests to follow me"),
    "status": N_("Posts of people I asked to hear of"),
    "poll": N_("Ends of polls"),
    "update": N_("Edits of posts I boosted"),
}
"""What may be pushed to a browser."""
PEOPLE = {
    "for_not_following": (N_("People I do not follow"), ""),
    "for_not_followers": (N_("People who do not follow me"), N_("Or have for less than three days")),
    "for_new_accounts": (N_("New accounts"), N_("Opened within the last 30 days")),
    "for_private_mentions": (N_("Private mentions nobody asked for"), N_("Unless they answer me, or come from whom I follow")),
    "for_limited_accounts": (N_("Accounts the moderators limited"), ""),
}
VERDICT_WORDS = {"accept": N_("Show"), "filter": N_("Keep aside"), "drop": N_("Ignore")}
WHOM = {
    "all": N_("Everybody"),
    "followed": N_("People I follow"),
    "follower": N_("People who follow me"),
    "none": N_("Nobody, for now"),
}

TOLD = {**KINDS, "quote": N_("Quotes of my posts")}
"""What letters may tell of, and how that is called."""


@get("/settings/notifications")
async def notifications_page(visit: Here) -> Answer:
    """Whose notifications come, and where they are pushed."""
    return await _draw(visit)


@post("/settings/notifications", status_code=200)
async def change_policy(visit: Here) -> Answer:
    """Decide anew whose notifications come."""
    account_id = visit.member()
    form = await read_form(visit)
    change = {name: form.text(name) for name in PEOPLE if form.text(name)}
    await visit.house.application.part(open_notifications).change_policy(account_id, change)
    visit.tell("saved")
    return redirect("/settings/notifications", visit.cookies)


@post("/settings/notifications/push", status_code=200)
async def subscribe(visit: Here) -> Answer:
    """What the browser's push service gave the page's script."""
    account_id = visit.member()
    form = await read_form(visit)
    new = NewSubscription(
        endpoint=form.text("endpoint"),
        p256dh=form.text("p256dh"),
        auth=form.text("auth"),
        standard=True,
        alerts=dict.fromkeys(KINDS, True),
        language=visit.language.code,
    )
    try:
        await visit.house.application.part(open_push).subscribe(account_id, _holder(visit), new)
    except Invalid as refusal:
        raise ClientException(refusal.error) from refusal
    visit.tell("saved")
    return redirect("/settings/notifications", visit.cookies)


@post("/settings/notifications/push/change", status_code=200)
async def change_push(visit: Here) -> Answer:
    """Which kinds are pushed, and of whom."""
    visit.member()
    form = await read_form(visit)
    push = visit.house.application.part(open_push)
    policy = form.text("policy")
    await push.change(_holder(visit), {kind: form.ticked(kind) for kind in KINDS}, policy if policy in POLICIES else None)
    visit.tell("saved")
    return redirect("/settings/notifications", visit.cookies)


@post("/settings/notifications/push/stop", status_code=200)
async def stop_push(visit: Here) -> Answer:
    """No more pushes to this browser."""
    visit.member()
    await read_form(visit)
    await visit.house.application.part(open_push).unsubscribe(_holder(visit))
    visit.tell("saved")
    return redirect("/settings/notifications", visit.cookies)


@get("/service-worker.js")
async def service_worker(visit: Here) -> Answer:
    """At the root, so that it stands for the whole site. Browsers look for a newer one each day."""
    return Answer(WORKER.read_bytes(), "text/javascript; charset=utf-8")


async def _draw(visit: Visit) -> Answer:
    account_id = visit.member()
    application = visit.house.application
    push = application.part(open_push)
    policy = await application.part(open_notifications).policy(account_id)
    try:
        pushed = await push.subscription(_holder(visit))
    except Missing:
        pushed = None
    wanted = await visit.house.raf.store.read(news.wanted, account_id) if visit.site.mail else {}
    say = visit.language.say
    return await draw(
        visit,
        "notifications",
        FilledIn({}),
        people=[(name, say(label), say(hint) if hint else "", getattr(policy, name)) for name, (label, hint) in PEOPLE.items()],
        verdicts=[(verdict, say(VERDICT_WORDS[verdict])) for verdict in VERDICTS],
        key=(await push.vapid()).public,
        pushed=pushed,
        kinds=[(kind, say(label), bool(pushed and pushed.wanted[kind])) for kind, label in KINDS.items()],
        whom=[(value, say(label)) for value, label in WHOM.items()],
        letters=[(f"letters_{kind}", say(TOLD[kind]), on) for kind, on in wanted.items()],
    )


def _holder(visit: Visit) -> str:
    assert visit.session is not None
    return f"s{visit.session.id}"


HANDLERS = (notifications_page, change_policy, subscribe, change_push, stop_push, service_worker)
