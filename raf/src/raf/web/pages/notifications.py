"""What happened to one's posts and who follows one now."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromQuery
from markupsafe import Markup

from raf import entities
from raf.paging import FIRST_PAGE
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.fragments import identity_of
from raf.web.house import House
from raf.web.languages import Language, trusted
from raf.web.paging import PAGE, address, paging
from raf.web.parameters import Here, MaxId


@get("/notifications")
async def notifications(visit: Here, only: FromQuery[str] = "", max_id: MaxId = None) -> Answer:
    """The latest first. Having seen them marks them read."""
    account_id = visit.member()
    raf = visit.house.raf
    types = ("mention",) if only == "mentions" else ()
    found = await raf.notifications(account_id, paging(max_id), types)
    marker = (await raf.markers(account_id, ["notifications"])).get("notifications")
    read = int(marker.last_read_id) if marker else 0
    notes = await render(visit.house, visit.language, account_id, found, read)
    if found and not types and max_id is None and int(found[0].id) > read:
        await raf.set_markers(account_id, {"notifications": int(found[0].id)})
    asking = (await raf.follow_requests(account_id, FIRST_PAGE)).items if max_id is None else []
    oldest = found[-1].id if len(found) >= PAGE else ""
    return await visit.house.page(
        visit,
        "notifications.html",
        place_now="notifications",
        tab="mentions" if types else "all",
        notes=notes,
        requests=asking,
        older=address("/notifications", only="mentions" if types else "", max_id=oldest) if oldest else "",
    )


@post("/notifications/clear", status_code=200)
async def clear(visit: Here) -> Answer:
    """Delete them all."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.raf.clear_notifications(account_id)
    visit.tell("cleared")
    return redirect("/notifications", visit.cookies)


async def render(
    house: House, language: Language, account_id: int, notes: list[entities.Notification], read: int
) -> list[Markup]:
    """Each notification as HTML: a mention as the post itself, the rest as a line."""
    wanted = [int(note.status.id) for note in notes if note.type in ("mention", "status") and note.status]
    documents = await house.raf.documents(wanted, account_id) if wanted else []
    posts = house.fragments.posts(documents, language, account_id)
    by_id = {identity_of(document): trusted(post.decode()) for document, post in zip(documents, posts, strict=True)}
    return [
        house.rendering.fragment(
            "told.html",
            language,
            note=note,
            post=by_id.get(note.status.id) if note.status else None,
            unread=int(note.id) > read,
        )
        for note in notes
    ]


HANDLERS = (notifications, clear)
