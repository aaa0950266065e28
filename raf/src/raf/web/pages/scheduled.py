"""Posts that wait for their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from litestar import get, post

from raf.errors import Invalid
from raf.network import Paging
from raf.scheduling.scheduling import moment_of, open_scheduling
from raf.web.answer import Answer, redirect
from raf.web.forms import Form, read_form
from raf.web.parameters import Here, Id
from raf.web.reasons import reason_of
from raf.web.wording import sentence

ALL = Paging(limit=300)
FARTHEST_ZONE = 14 * 60
"""Minutes between UTC and the zones farthest from it."""


@get("/scheduled")
async def scheduled(visit: Here) -> Answer:
    """All that wait, the soonest first."""
    return await page(visit)


@post("/scheduled/{scheduled_id:int}", status_code=200)
async def move(visit: Here, scheduled_id: Id) -> Answer:
    """Have one wait for another time."""
    account_id = visit.member()
    form = await read_form(visit)
    scheduling = visit.house.application.part(open_scheduling)
    try:
        await scheduling.reschedule(account_id, scheduled_id, time_of(form) or 0)
    except Invalid as refusal:
        return await page(visit, wrong=sentence(visit.language, refusal), status=refusal.status)
    visit.tell("saved")
    return redirect("/scheduled", visit.cookies)


@post("/scheduled/{scheduled_id:int}/delete", status_code=200)
async def cancel(visit: Here, scheduled_id: Id) -> Answer:
    """Take one back."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.application.part(open_scheduling).cancel(account_id, scheduled_id)
    visit.tell("deleted")
    return redirect("/scheduled", visit.cookies)


def time_of(form: Form) -> float | None:
    """The chosen time as epoch seconds, None when none was chosen. A script tells the zone; without one it is UTC."""
    text = form.text("scheduled_at")
    if not text:
        return None
    zone = form.text("zone")
    minutes = int(zone) if zone.lstrip("-").isdecimal() and len(zone) < 6 else 0
    minutes = max(-FARTHEST_ZONE, min(FARTHEST_ZONE, minutes))
    return moment_of(text) + minutes * 60


async def page(visit: Here, wrong: str = "", status: int = 200) -> Answer:
    account_id = visit.member()
    found = await visit.house.application.part(open_scheduling).all_waiting(account_id, ALL)
    waiting = sorted(found.items, key=lambda one: one.scheduled_at)
    now = datetime.now(UTC)
    preparing = {one.id for one in waiting if not one.error and datetime.fromisoformat(one.scheduled_at) <= now}
    soonest = (now + timedelta(minutes=6)).strftime("%Y-%m-%dT%H:%M")
    return await visit.house.page(
        visit,
        "scheduled.html",
        status=status,
        waiting=waiting,
        wrong=wrong,
        soonest=soonest,
        preparing_ids=preparing,
        reasons={one.id: reason_of(visit.language, one.error) for one in waiting if one.error},
    )


HANDLERS = (scheduled, move, cancel)
