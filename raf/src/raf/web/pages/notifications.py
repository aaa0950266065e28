"""What happened to one's posts and who follows one now: together what belongs together, and strangers' apart."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromQuery
from markupsafe import Markup
from msgspec import UNSET

from raf import entities
from raf.errors import Missing
from raf.filters.sifting import sift
from raf.identity.redirects import safe_next
from raf.notifications.grouping import Asked
from raf.notifications.notifications import open_notifications
from raf.notifications.shapes import GroupedNotifications, NotificationGroup
from raf.paging import FIRST_PAGE, Listing, Paging
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.fragments import identity_of
from raf.web.house import House
from raf.web.languages import Language, trusted
from raf.web.notices import N_
from raf.web.pages.people import PAGE as PEOPLE
from raf.web.pages.people import people_page
from raf.web.paging import PAGE, address, older_link, paging
from raf.web.parameters import Here, Id, MaxId, Word

ONLY = {
    "mentions": (N_("Mentions"), ("mention", "quote")),
    "likes": (N_("Likes"), ("favourite",)),
    "boosts": (N_("Boosts"), ("reblog",)),
    "follows": (N_("Followers"), ("follow", "follow_request")),
    "posts": (N_("Posts"), ("status", "update", "poll", "quoted_update")),
}
"""The tabs beside "All", with the kinds each shows."""
WHOLE = ("mention", "status", "quote")
"""Kinds shown as the post itself."""


@get("/notifications")
async def notifications(visit: Here, only: FromQuery[str] = "", max_id: MaxId = None) -> Answer:
    """The latest first. Having seen them marks them read."""
    account_id = visit.member()
    raf, desk = visit.house.raf, visit.house.application.part(open_notifications)
    tab = only if only in ONLY else ""
    types = ONLY[tab][1] if tab else ()
    found = await desk.groups(account_id, paging(max_id), Asked(types=frozenset(types)))
    groups = found.notification_groups
    marker = (await raf.markers(account_id, ["notifications"])).get("notifications")
    read = int(marker.last_read_id) if marker else 0
    notes = await render(visit.house, visit.language, account_id, found, read)
    newest = max((group.most_recent_notification_id for group in groups), default=0)
    if not tab and max_id is None and newest > read:
        await raf.set_markers(account_id, {"notifications": newest})
    first = max_id is None
    asking = (await raf.follow_requests(account_id, FIRST_PAGE)).items if first and tab in ("", "follows") else []
    waiting = (await desk.policy_entity(account_id)).summary.pending_requests_count if first else 0
    oldest = groups[-1].page_max_id if len(groups) >= PAGE else ""
    return await visit.house.page(
        visit,
        "notifications.html",
        place_now="notifications",
        tab=tab,
        tabs=[("", visit.language.say("All"))] + [(name, visit.language.say(label)) for name, (label, _) in ONLY.items()],
        notes=notes,
        requests=asking,
        waiting=waiting,
        older=address("/notifications", only=tab, max_id=str(oldest)) if oldest else "",
    )


@get("/notifications/groups/{group_key:str}")
async def group_people(visit: Here, group_key: Word, max_id: MaxId = None) -> Answer:
    """Everybody in a group."""
    account_id = visit.member()
    desk = visit.house.application.part(open_notifications)
    people, oldest = await desk.members(account_id, group_key, paging(max_id, limit=PEOPLE))
    listing = Listing(people, oldest or None)
    headings = {"favourite": visit.language.say("Liked by"), "reblog": visit.language.say("Boosted by")}
    heading = headings.get(group_key.partition("-")[0], visit.language.say("New followers"))
    return await people_page(visit, heading, listing, "/notifications", f"/notifications/groups/{group_key}")


@post("/notifications/clear", status_code=200)
async def clear(visit: Here) -> Answer:
    """Delete them all."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.raf.clear_notifications(account_id)
    visit.tell("cleared")
    return redirect("/notifications", visit.cookies)


@get("/notifications/requests")
async def requests(visit: Here, max_id: MaxId = None) -> Answer:
    """Who wrote and was kept aside."""
    account_id = visit.member()
    desk = visit.house.application.part(open_notifications)
    found = await desk.requests(account_id, paging(max_id))
    older = older_link("/notifications/requests", [int(request.id) for request in found])
    return await visit.house.page(visit, "notification_requests.html", place_now="notifications", found=found, older=older)


@get("/notifications/requests/{request_id:int}")
async def request(visit: Here, request_id: Id) -> Answer:
    """What somebody wrote, before one decides."""
    account_id = visit.member()
    raf, desk = visit.house.raf, visit.house.application.part(open_notifications)
    found = await desk.request(account_id, request_id)
    who = int(found.account.id)
    notes = await raf.notifications(account_id, Paging(limit=PAGE), ("mention",), from_account_id=who, filtered=True)
    ids = [int(note.status.id) for note in notes if isinstance(note.status, entities.Status)]
    posts = await visit.house.posts(visit, ids)
    return await visit.house.page(visit, "notification_request.html", place_now="notifications", request=found, posts=posts)


@post("/notifications/requests/{request_id:int}/{action:str}", status_code=200)
async def answer_request(visit: Here, request_id: Id, action: Word) -> Answer:
    """Let somebody in, or put away what they wrote."""
    account_id = visit.member()
    form = await read_form(visit)
    desk = visit.house.application.part(open_notifications)
    if action == "accept":
        await desk.accept(account_id, [request_id])
        visit.tell("let_in")
    elif action == "dismiss":
        await desk.dismiss_requests(account_id, [request_id])
        visit.tell("put_away")
    else:
        raise Missing
    back = safe_next(form.text("next"), "/notifications/requests")
    return redirect("/notifications/requests" if f"/{request_id}" in back else back, visit.cookies)


async def render(house: House, language: Language, account_id: int, found: GroupedNotifications, read: int) -> list[Markup]:
    """Each group as HTML: a mention as the post itself, the rest as a line with faces."""
    people = {account.id: account for account in found.accounts}
    statuses = {status.id: status for status in found.statuses}
    by_id = await _posts(house, language, account_id, found.notification_groups)
    return [
        house.rendering.fragment(
            "told.html",
            language,
            group=group,
            people=[people[who] for who in group.sample_account_ids],
            status=statuses.get(group.status_id) if group.status_id is not UNSET else None,
            post=by_id.get(str(group.status_id)) if group.type in WHOLE else None,
            unread=group.most_recent_notification_id > read,
        )
        for group in found.notification_groups
        if group.type not in WHOLE or str(group.status_id) in by_id  # a filter hides the others
    ]


async def _posts(house: House, language: Language, account_id: int, groups: Sequence[NotificationGroup]) -> dict[str, Markup]:
    wanted = [int(group.status_id) for group in groups if group.type in WHOLE and group.status_id is not UNSET]
    documents = await house.raf.documents(wanted, account_id) if wanted else []
    documents = sift(documents, "notifications", account_id)
    posts = house.fragments.posts(documents, language, account_id, reading=await house.reading(account_id))
    return {identity_of(document): trusted(post.decode()) for document, post in zip(documents, posts, strict=True)}


HANDLERS = (notifications, group_people, clear, requests, request, answer_request)
