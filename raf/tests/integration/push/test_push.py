"""What happens reaches a phone that is away: signed, sealed, once, and only what was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from ostrov import Connection, run_tasks
from raf.errors import Missing
from raf.network import Raf
from raf.push.push import Push, open_push
from raf.push.sending import Unreachable
from raf.push.subscriptions import NewSubscription
from raf.testing import network, people, say

OPEN = ["raf.push.private_addresses=true"]
OpenService = Callable[[], AbstractAsyncContextManager[Any]]


async def token(raf: Raf, account_id: int, identity: int) -> str:
    """A token's row, as far as pushing looks at it; the holder of its subscription."""

    def write(connection: Connection) -> None:
        sql = (
            "INSERT INTO oauth_token (id, token, application_id, account_id, scopes, created_at) VALUES (?, ?, 1, ?, 'push', ?)"
        )
        connection.execute(sql, (identity, str(identity).encode(), account_id, time.time()))

    await raf.store.write(write)
    return f"t{identity}"


def asked(service: Any, *alerts: str, **more: Any) -> NewSubscription:
    return NewSubscription(f"{service.url}/send/1?x=y", **service.keys, alerts=dict.fromkeys(alerts, True), **more)


@pytest.mark.parametrize("standard", [True, False], ids=["rfc8291", "draft"])
async def test_a_mention_is_pushed_signed_and_sealed(
    tmp_path: Path, database: list[str], open_push_service: OpenService, standard: bool
) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf, open_push_service() as service:
        ada, boris = await people(raf, "ada", "boris")
        push = raf.application.part(open_push)
        holder = await token(raf, ada, 1)
        sealed = push.seal(holder, "the bearer of this")
        assert b"bearer" not in sealed
        await push.subscribe(ada, holder, asked(service, "mention", standard=standard, language="ru", token=sealed))
        post = await say(raf, boris, "@ada how about a <raf>? " + "very " * 60)
        await raf.favourite(boris, await say(raf, ada))
        await run_tasks(raf.application)
        ((headers, said),) = service.got
        assert service.signers == {(await push.vapid()).public}
        assert headers["ttl"] == "172800"
        (note,) = await raf.notifications(ada, types=["mention"])
        assert (said["notification_id"], said["notification_type"]) == (int(note.id), "mention")
        assert said["title"] == "boris: упоминание вас"
        assert said["access_token"] == "the bearer of this"  # by it a client knows which of its accounts is meant
        assert "<raf>" in said["body"]
        assert len(said["body"]) <= 140
        assert said["url"].endswith(f"/@boris/{post}")
        await run_tasks(raf.application)
        assert len(service.got) == 1


async def test_only_what_was_asked_for_and_of_whom_is_pushed(
    tmp_path: Path, database: list[str], open_push_service: OpenService
) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf, open_push_service() as service:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        push = raf.application.part(open_push)
        holder = await token(raf, ada, 1)
        await push.subscribe(ada, holder, asked(service, "mention", policy="followed"))
        await raf.follow(ada, vera)

        async def pushed() -> list[str]:
            service.got.clear()
            await say(raf, boris, "@ada from boris")
            await say(raf, vera, "@ada from vera")
            await run_tasks(raf.application)
            return sorted(said["title"] for _, said in service.got)

        assert await pushed() == ["vera mentioned you"]
        await push.change(holder, None, "follower")
        assert await pushed() == []
        await raf.follow(boris, ada)
        assert await pushed() == ["boris mentioned you"]
        await push.change(holder, None, "none")
        assert await pushed() == []
        await push.change(holder, None, "all")
        assert len(await pushed()) == 2
        await push.change(holder, {"favourite": True}, None)
        assert await pushed() == []
        await push.unsubscribe(holder)
        with pytest.raises(Missing):
            await push.subscription(holder)


async def test_what_the_policy_keeps_aside_is_not_pushed(
    tmp_path: Path, database: list[str], open_push_service: OpenService
) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf, open_push_service() as service:
        ada, boris = await people(raf, "ada", "boris")
        await raf.application.part(open_push).subscribe(ada, await token(raf, ada, 1), asked(service, "mention"))
        await say(raf, boris, "@ada psst", visibility="direct")
        await run_tasks(raf.application)
        assert service.got == []


async def test_a_subscription_ends_with_its_token_and_when_the_service_says_so(
    tmp_path: Path, database: list[str], open_push_service: OpenService
) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf, open_push_service() as service:
        ada, boris = await people(raf, "ada", "boris")
        push: Push = raf.application.part(open_push)
        gone, revoked = await token(raf, ada, 1), await token(raf, ada, 2)
        first = await push.subscribe(ada, gone, asked(service, "favourite"))
        service.status = 410
        await raf.favourite(boris, await say(raf, ada))
        await run_tasks(raf.application)
        with pytest.raises(Missing):
            await push.subscription(first.holder)
        service.status = 201
        await push.subscribe(ada, revoked, asked(service, "favourite"))

        def revoke(connection: Connection) -> None:
            connection.execute("DELETE FROM oauth_token WHERE id = 2")

        await raf.store.write(revoke)
        await raf.favourite(boris, await say(raf, ada))
        await run_tasks(raf.application)
        assert service.got == []
        with pytest.raises(Missing):
            await push.subscription(revoked)
        await push.subscribe(ada, revoked, asked(service, "favourite"))
        assert await push.prune() == 1


async def test_a_service_that_is_down_is_asked_again(
    tmp_path: Path, database: list[str], open_push_service: OpenService
) -> None:
    async with network(tmp_path, [*database, *OPEN]) as raf, open_push_service() as service:
        ada, boris = await people(raf, "ada", "boris")
        await raf.favourite(boris, await say(raf, ada))
        await run_tasks(raf.application)
        (note,) = await raf.notifications(ada)
        push = raf.application.part(open_push)
        one = await push.subscribe(ada, await token(raf, ada, 1), asked(service, "favourite"))
        for status in (503, 429):
            service.status = status
            with pytest.raises(Unreachable):
                await push.deliver(one.id, int(note.id))
        service.status = 201
        assert await push.deliver(one.id, int(note.id)) == 201
        await raf.block(ada, boris)
        assert await push.deliver(one.id, int(note.id)) == 0, "what is gone meanwhile is not told"


async def test_an_address_in_the_house_gets_nothing(tmp_path: Path, open_push_service: OpenService) -> None:
    async with network(tmp_path, OPEN) as raf, open_push_service() as service:
        ada, boris = await people(raf, "ada", "boris")
        push = raf.application.part(open_push)
        await push.subscribe(ada, await token(raf, ada, 1), asked(service, "favourite"))
        push.settings.private_addresses = False
        await raf.favourite(boris, await say(raf, ada))
        await run_tasks(raf.application)
        assert service.got == []
