"""Whatever a post's audience and whoever listens: nobody hears of a post they may not see, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov import Mailbox, run_tasks
from raf.domain.visibility import VISIBILITIES
from raf.forms import PostChange
from raf.lists.forms import ListChange
from raf.lists.listening import listen
from raf.lists.lists import open_lists
from raf.mastodon.frames import Frames
from raf.network import Raf
from raf.notifications.grouping import Asked
from raf.notifications.notifications import open_notifications
from raf.paging import Paging
from raf.testing import ALL, network, people, say

STREAMS = ("user", "user:notification", "public", "public:local", "hashtag:раф", "hashtag:local:раф", "direct")
RELATIONS = ("stranger", "follower", "mentioned", "subscriber", "blocked", "former")


def seen_by(visibility: str, relation: str) -> bool:
    """The rule, written once more."""
    if relation == "blocked":
        return False
    if visibility in ("public", "unlisted") or relation == "mentioned":
        return True
    return visibility == "private" and relation in ("follower", "subscriber")


async def heard(raf: Raf, mailbox: Mailbox, account_id: int | None) -> str:
    """All that a client of a stream is sent of posts, their ends left out."""
    frames = Frames(raf)
    sent = [await frames.event(message, account_id) for message in await mailbox.take(0.1)]
    return "".join(frame.decode() for frame in sent if not frame.startswith(b"event: delete"))


@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_no_stream_and_no_news_tells_what_may_not_be_seen(tmp_path: Path, database: list[str], visibility: str) -> None:
    async with network(tmp_path, database) as raf:
        author, *readers = await people(raf, "author", *RELATIONS)
        by_name = dict(zip(RELATIONS, readers, strict=True))
        lists = raf.application.part(open_lists)
        made = {}
        for name in ("follower", "subscriber", "blocked", "former"):
            await raf.follow(by_name[name], author, notify=name == "subscriber")
            made[name] = (await lists.create(by_name[name], ListChange(title="Author"))).id
            await lists.add(by_name[name], made[name], [author])
        boxes = {name: await raf.live(by_name[name], STREAMS) for name in RELATIONS}
        boxes["nobody"] = await raf.live(None, STREAMS)
        listed = {name: await listen(raf, by_name[name], list_id, 100) for name, list_id in made.items()}
        await raf.unfollow(by_name["former"], author)
        await raf.block(author, by_name["blocked"])
        post = await say(raf, author, "a secret of #раф for @mentioned", visibility=visibility)
        await raf.edit_post(author, post, PostChange(text="the same secret of #раф for @mentioned"))
        await run_tasks(raf.application)
        desk = raf.application.part(open_notifications)
        for name in RELATIONS:
            may = seen_by(visibility, name)
            told = await heard(raf, boxes[name], by_name[name])
            if name in listed:
                told += await heard(raf, listed[name], by_name[name])
            assert may or str(post) not in told, f"{name} heard of a {visibility} post"
            found = await desk.groups(by_name[name], Paging(limit=80), Asked(filtered=True))
            news = {status.id for status in found.statuses}
            requests = await desk.requests(by_name[name])
            news |= {request.last_status.id for request in requests if request.last_status is not None}
            news |= {note.status.id for note in await raf.notifications(by_name[name], ALL, filtered=True) if note.status}
            assert may or str(post) not in news, f"{name} got news of a {visibility} post"
        assert visibility == "public" or str(post) not in await heard(raf, boxes["nobody"], None)
        for box in (*boxes.values(), *listed.values()):
            box.close()


async def test_news_of_a_post_end_when_it_may_not_be_seen_any_more(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        author, fan = await people(raf, "author", "fan")
        await raf.follow(fan, author, notify=True)
        post = await say(raf, author, "for those who follow", visibility="private")
        await run_tasks(raf.application)
        desk = raf.application.part(open_notifications)
        (group,) = (await desk.groups(fan)).notification_groups
        assert group.status_id == str(post)
        await raf.unfollow(fan, author)
        after = await desk.groups(fan)
        assert (after.notification_groups, after.statuses, after.accounts) == ([], [], [])
        assert await raf.notifications(fan) == []
