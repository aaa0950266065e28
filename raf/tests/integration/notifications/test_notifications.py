"""Who is told of what, on both databases."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ostrov import run_tasks
from raf.errors import Missing
from raf.forms import PostChange
from raf.network import Raf
from raf.notifications.tasks import tell_of_favourite, tell_of_post
from raf.paging import Paging
from raf.testing import network, people, person, say


async def told(raf: Raf, account: int) -> list[tuple[str, str]]:
    await run_tasks(raf.application)
    return [(item.type, item.account.username) for item in await raf.notifications(account)]


async def test_everything_that_concerns_somebody_is_told_once(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        await raf.follow(boris, ada, notify=True)
        status = await say(raf, ada, "hello @boris and @ada")
        await raf.favourite(boris, status)
        await raf.reblog(vera, status)
        assert await told(raf, boris) == [("mention", "ada")], "who is mentioned is not told twice of the post"
        assert await told(raf, ada) == [("reblog", "vera"), ("favourite", "boris"), ("follow", "boris")]
        quiet = await say(raf, ada, "a plain post")
        assert await told(raf, boris) == [("status", "ada"), ("mention", "ada")]
        await raf.edit_post(ada, status, PostChange(text="hello again @boris @vera"))
        assert await told(raf, vera) == [("update", "ada"), ("mention", "ada")]
        await tell_of_favourite.enqueue(status, boris)
        await tell_of_post.enqueue(quiet)
        assert len(await told(raf, ada)) == 3
        assert len(await told(raf, boris)) == 2


async def test_taking_it_back_takes_the_notification_back(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        status = await say(raf, ada)
        await raf.favourite(boris, status)
        await raf.reblog(boris, status)
        await raf.follow(boris, ada)
        assert len(await told(raf, ada)) == 3
        await raf.unfavourite(boris, status)
        await raf.unreblog(boris, status)
        await raf.unfollow(boris, ada)
        assert await told(raf, ada) == []
        await raf.favourite(boris, status)
        await raf.unfavourite(boris, status)
        assert await told(raf, ada) == [], "taken back before anybody was told"


async def test_requests_are_told_and_go_when_answered(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada = await person(raf, "ada", locked=True)
        (boris,) = await people(raf, "boris")
        await raf.follow(boris, ada)
        assert await told(raf, ada) == [("follow_request", "boris")]
        await raf.authorize_follow(ada, boris)
        assert await told(raf, ada) == [("follow", "boris")]


async def test_nobody_hears_of_whom_they_do_not_want_to(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, muted, blocked, noisy = await people(raf, "ada", "muted", "blocked", "noisy")
        status = await say(raf, ada)
        await raf.mute(ada, muted)
        await raf.mute(ada, noisy, notifications=False)
        await say(raf, blocked, "@ada now", in_reply_to_id=status)
        await raf.block(ada, blocked)
        await say(raf, muted, "@ada hello")
        await raf.favourite(muted, status)
        await say(raf, noisy, "@ada hello")
        assert await told(raf, ada) == [("mention", "noisy")]
        await raf.mute_conversation(ada, status)
        await say(raf, noisy, "@ada more", in_reply_to_id=status)
        await raf.favourite(noisy, status)
        assert await told(raf, ada) == [("mention", "noisy")]


async def test_notifications_are_paged_filtered_and_put_away(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        for number in range(3):
            status = await say(raf, ada, f"post {number}")
            await raf.favourite(boris, status)
            await raf.reblog(vera, status)
            await run_tasks(raf.application)
        assert len(await raf.notifications(ada, types=["favourite"])) == 3
        assert {item.type for item in await raf.notifications(ada, exclude_types=["favourite"])} == {"reblog"}
        assert await raf.notifications(ada, types=["nonsense"]) == []
        assert {item.account.username for item in await raf.notifications(ada, from_account_id=boris)} == {"boris"}
        everything = await raf.notifications(ada)
        first = await raf.notifications(ada, Paging(limit=4))
        second = await raf.notifications(ada, Paging(limit=4, max_id=int(first[-1].id)))
        assert [item.id for item in first + second] == [item.id for item in everything]
        between = await raf.notifications(ada, Paging(limit=2, min_id=int(everything[-1].id)))
        assert [item.id for item in between] == [item.id for item in everything[-3:-1]]
        assert await raf.unread_notifications(ada) == 6
        markers = await raf.set_markers(ada, {"notifications": int(everything[2].id), "home": 5, "nonsense": 1})
        assert {name: marker.version for name, marker in markers.items()} == {"notifications": 1, "home": 1}
        assert (await raf.set_markers(ada, {"home": 6}))["home"].version == 2
        assert await raf.unread_notifications(ada) == 2
        assert (await raf.markers(ada))["home"].last_read_id == "6"
        one = await raf.notification(ada, int(everything[0].id))
        assert one.status is not msgspec.UNSET
        with pytest.raises(Missing):
            await raf.notification(boris, int(one.id))
        await raf.dismiss_notification(ada, int(one.id))
        with pytest.raises(Missing):
            await raf.dismiss_notification(ada, int(one.id))
        await raf.clear_notifications(ada)
        assert await raf.notifications(ada) == []


async def test_a_listener_hears_at_once(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        with await raf.live(ada, ("user",)) as everything, await raf.live(ada, ("user:notification",)) as only:
            await raf.favourite(boris, await say(raf, ada))
            await run_tasks(raf.application)
            events = [msgspec.json.decode(message.body)["event"] for message in await everything.take(10)]
            assert events == ["update", "notification"]
            (message,) = await only.take(10)
            identity = int(msgspec.json.decode(message.body)["id"])
            assert (await raf.notification(ada, identity)).type == "favourite"


async def test_a_rebuild_takes_no_notification_away(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        status = await say(raf, ada)
        for _ in range(2):
            await raf.follow(boris, ada)
            await raf.favourite(boris, status)
            await run_tasks(raf.application)
            await raf.unfollow(boris, ada)
            await raf.unfavourite(boris, status)
        await raf.follow(boris, ada)
        await raf.favourite(boris, status)
        await run_tasks(raf.application)
        before = await raf.notifications(ada)
        assert len(before) == 2
        await raf.events.rebuild()
        assert [item.id for item in await raf.notifications(ada)] == [item.id for item in before]


async def test_a_crowd_is_told_in_several_transactions_and_everybody_once(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raf.notifications.telling.AT_ONCE", 3)
    async with network(tmp_path, database) as raf:
        ada, *fans = await people(raf, "ada", *(f"fan{number}" for number in range(10)))
        for fan in fans:
            await raf.follow(fan, ada, notify=True)
        await say(raf, ada, "@fan3 @fan7 hello")
        await run_tasks(raf.application)
        for number, fan in enumerate(fans):
            assert [item.type for item in await raf.notifications(fan)] == ["mention" if number in (3, 7) else "status"]
