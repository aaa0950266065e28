"""What leaves the house by itself: streams, pushes, archives; and what an author takes along who is suspended or leaves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import pytest
from raf.tests.integration.push.conftest import open_push_service as open_push_service
from raf.tests.security.privacy import FATES, RELATIONS, may, world
from raf.tests.security.test_privacy import check

from ostrov import Mailbox, run_tasks
from raf.archive.archive import open_archive
from raf.departure.departure import open_departure
from raf.mastodon.frames import Frames

STREAMS = ("user", "user:notification", "public", "public:local", "direct")
ALERTS = ("mention", "status", "reblog", "favourite", "poll", "update", "quote", "follow", "follow_request")
OpenService = Callable[[], AbstractAsyncContextManager[Any]]


async def heard(raf: Any, mailbox: Mailbox, account_id: int | None) -> str:
    """All that a client of a stream is sent of posts."""
    frames = Frames(raf.raf)
    return "".join([(await frames.event(message, account_id)).decode() for message in await mailbox.take(0.1)])


@pytest.mark.long
async def test_no_stream_and_no_push_tells_of_a_post_of_any_fate(
    api: Any, database: list[str], picture: bytes, open_push_service: OpenService
) -> None:
    options = ["raf.api.rate_limit=0", "raf.push.private_addresses=true"]
    async with api(options, database) as raf, world(raf) as place, AsyncExitStack() as stack:
        await place.stand("before")
        await place.stand("after")
        boxes, services = {}, {}
        for name in RELATIONS:
            account_id = place.people[name].account_id if name != "nobody" else None
            boxes[name] = await raf.raf.live(account_id, STREAMS)
            if name == "nobody":
                continue
            service = services[name] = await stack.enter_async_context(open_push_service())
            asked = {"endpoint": f"{service.url}/{name}", "keys": service.keys, "standard": True}
            body = {"subscription": asked, "data": {"alerts": dict.fromkeys(ALERTS, True)}}
            await place.people[name].post("/api/v1/push/subscription", json=body)
        said = dict.fromkeys(RELATIONS, "")

        async def listen() -> None:
            for name, box in boxes.items():
                assert not box.lost
                said[name] += await heard(raf, box, place.people[name].account_id if name != "nobody" else None)

        for fate in FATES:
            await place.post_all(picture, (fate,))
            await listen()
        await place.react()
        await listen()
        wrong = [
            f"{name} heard of {post.kind}"
            for name in RELATIONS
            for post in place.posts
            if post.fate != "deleted" and not may(post, name) and post.mark in said[name]
        ]
        assert wrong == []
        assert all(post.mark in said["mentioned"] for post in place.posts if may(post, "mentioned")), "they were not listening"
        pushed = {name: str([content for _, content in service.got]) for name, service in services.items()}
        assert all(post.mark in pushed["mentioned"] for post in place.posts if may(post, "mentioned")), "nothing was pushed"
        wrong = [
            f"{name} was pushed {post.kind}"
            for name, content in pushed.items()
            for post in place.posts
            if not may(post, name) and post.mark in content
        ]
        assert wrong == []
        for box in boxes.values():
            box.close()


@pytest.mark.long
async def test_no_archive_holds_a_post_that_its_owner_may_not_see(api: Any, database: list[str], picture: bytes) -> None:
    """Of what one liked, kept and answered an archive has the addresses; never another's words."""
    async with api("raf.api.rate_limit=0", database) as raf, world(raf) as place:
        await place.stand("before")
        await place.post_all(picture, ("asked", "boosted", "pictured"))
        await place.react()
        await place.stand("after")
        archive = open_archive(raf.application)
        for name in RELATIONS:
            if name == "nobody":
                continue
            await archive.order(place.people[name].account_id)
            await run_tasks(raf.application)
            with zipfile.ZipFile(io.BytesIO((await archive.packed(place.people[name].account_id)).read_bytes())) as box:
                held = "\n".join(box.read(one).decode("utf-8", "replace") for one in box.namelist())
            marks = {post.mark for post in place.posts if post.mark in held}
            assert marks == ({post.mark for post in place.posts} if name == "author" else set()), name


@pytest.mark.long
@pytest.mark.parametrize("end", ["suspended", "left"])
async def test_the_posts_of_who_is_suspended_or_left_are_nowhere(
    api: Any, database: list[str], picture: bytes, end: str
) -> None:
    async with api("raf.api.rate_limit=0", database) as raf, world(raf) as place:
        author = place.people["author"]
        await place.stand("before")
        await place.post_all(picture, ("asked", "quoted", "boosted", "answering"))
        await place.react()
        for relation in RELATIONS:
            await place.ask(relation, "GET", "/api/v1/timelines/home")
        if end == "suspended":
            await place.people["keeper"].post(f"/api/v1/admin/accounts/{author.id}/action", json={"type": "suspend"})
        else:
            await open_departure(raf.application).close(author.account_id, "soy milk and coconut")
        await run_tasks(raf.application)
        await check(place, end)
