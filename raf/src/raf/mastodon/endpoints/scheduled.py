"""`/api/v1/scheduled_statuses`: posts that wait for their time."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath

from raf.entities import ScheduledStatus
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.endpoint import Asked, delete, get, put
from raf.scheduling.scheduling import Scheduling, moment_of, open_scheduling

READ = person("read:statuses")
WRITE = person("write:statuses")


class TimeForm(msgspec.Struct):
    """Another time."""

    scheduled_at: str = ""


@get("/api/v1/scheduled_statuses", READ, list[ScheduledStatus], paged=True)
async def index(call: Asked) -> bytes:
    """All that wait, the last written first."""
    paging = call.paging(20, 40)
    found = await _scheduling(call).all_waiting(call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@get("/api/v1/scheduled_statuses/{scheduled_id:int}", READ, ScheduledStatus)
async def show(call: Asked, scheduled_id: FromPath[int]) -> bytes:
    """One of them."""
    return encode(await _scheduling(call).waiting(call.account_id, scheduled_id))


@put("/api/v1/scheduled_statuses/{scheduled_id:int}", WRITE, ScheduledStatus, form=TimeForm)
async def update(call: Asked, scheduled_id: FromPath[int]) -> bytes:
    """Have it wait for another time."""
    said = await call.form(TimeForm)
    return encode(await _scheduling(call).reschedule(call.account_id, scheduled_id, moment_of(said.scheduled_at)))


@delete("/api/v1/scheduled_statuses/{scheduled_id:int}", WRITE)
async def destroy(call: Asked, scheduled_id: FromPath[int]) -> bytes:
    """Take it back."""
    await _scheduling(call).cancel(call.account_id, scheduled_id)
    return b"{}"


def _scheduling(call: Asked) -> Scheduling:
    return call.house.application.part(open_scheduling)


HANDLERS = [index, show, update, destroy]
