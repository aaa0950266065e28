"""The hottest endpoints, answered before Litestar: encoded posts joined into a list."""

from __future__ import annotations

import msgspec

from raf.entities import ScheduledStatus, Status
from raf.mastodon.access import Rule, person, reader
from raf.mastodon.call import Call
from raf.mastodon.endpoints import statuses
from raf.mastodon.gate import Direct
from raf.mastodon.promise import Promise


class PublicQuery(msgspec.Struct):
    """The parameters of the public timeline."""

    local: bool = False
    remote: bool = False
    only_media: bool = False


async def home(call: Call) -> bytes:
    """`GET /api/v1/timelines/home`: what those one follows posted, and oneself."""
    return await call.posts(await call.house.raf.home(call.account_id, call.paging()))


async def public(call: Call) -> bytes:
    """`GET /api/v1/timelines/public`: what is posted for everybody."""
    asked = call.query(PublicQuery)
    ids = await call.house.raf.public(
        call.viewer_id, call.paging(), local=asked.local, only_media=asked.only_media, remote=asked.remote
    )
    return await call.posts(ids)


ENDPOINTS: dict[tuple[str, str], tuple[Rule, Direct]] = {
    ("GET", "/api/v1/timelines/home"): (person("read", "read:statuses"), home),
    ("GET", "/api/v1/timelines/public"): (reader("read", "read:statuses"), public),
    ("POST", "/api/v1/statuses"): (statuses.WRITE, statuses.publish),
}
PROMISES: dict[tuple[str, str], Promise] = {
    ("GET", "/api/v1/timelines/home"): Promise(list[Status], {"paged": True}),
    ("GET", "/api/v1/timelines/public"): Promise(list[Status], {"query": PublicQuery, "paged": True}),
    ("POST", "/api/v1/statuses"): Promise(
        Status | ScheduledStatus, {"form": statuses.StatusForm, "parts": {"poll": statuses.PollForm}}
    ),
}
"""What the OpenAPI document says of them."""
