"""Pushing: subscriptions of clients and browsers, and what is sent to them. `push = application.part(open_push)`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from ostrov import Ostrov, OstrovError, base_url
from raf.errors import Missing
from raf.identity.keys import open_keys
from raf.network import open_raf
from raf.notifications.reading import row
from raf.push import subscriptions
from raf.push.sending import Unreachable, Unwelcome, send
from raf.push.settings import PushSettings
from raf.push.subscriptions import NewSubscription, Subscription
from raf.push.words import Said, said_of
from raf.snowflake import time_of

if TYPE_CHECKING:
    from raf.push.vapid import Vapid  # what signs and seals is 7 MB, loaded with the first push

LOG = logging.getLogger(__name__)
AGAIN = (408, 425, 429)
"""Refusals of a push service that are not for good."""


class Push:
    """Web Push of one application."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.settings: PushSettings = application.settings.raf.push
        self._store = application.store
        self._vapid: Vapid | None = None

    async def vapid(self) -> Vapid:
        """The server's key, made at its first use."""
        if self._vapid is None:
            from raf.push.vapid import make_key, read_key

            keys = self.application.part(open_keys)
            found = await self._store.read(read_key, keys)
            self._vapid = found if found is not None else await self._store.write(make_key, keys)
        return self._vapid

    async def reseal(self) -> None:
        """Seal the server's key with the key of now, or for the first time. Raises Unreadable."""
        from raf.push.vapid import reseal_key

        await self._store.write(reseal_key, self.application.part(open_keys))

    async def subscription(self, holder: str) -> Subscription:
        """What a token (`t…`) or session (`s…`) has asked for. Raises Missing."""
        found = await self._store.read(subscriptions.subscription_of, holder)
        if found is None:
            raise Missing
        return found

    async def subscribe(self, account_id: int, holder: str, new: NewSubscription) -> Subscription:
        """In place of what the holder had before. Raises Invalid."""
        subscriptions.check(new, private=self.settings.private_addresses)
        return await self._store.write(subscriptions.put, account_id, holder, new)

    async def change(self, holder: str, alerts: Mapping[str, bool] | None, policy: str | None) -> Subscription:
        """Other kinds of notifications, or of other people. Raises Missing, Invalid."""
        found = await self._store.write(subscriptions.change, holder, alerts, policy)
        if found is None:
            raise Missing
        return found

    async def unsubscribe(self, holder: str) -> bool:
        """Whether there was a subscription."""
        return await self._store.write(subscriptions.delete, holder)

    async def prune(self) -> int:
        """Take subscriptions away whose token or session is gone, how many; and seal a key from before keys were sealed."""
        await self.reseal()
        return await self._store.write(subscriptions.prune)

    async def deliver(self, subscription_id: int, notification_id: int) -> int:
        """Push a notification; the status of the answer, 0 when there was nothing to push. Raises Unreachable to try again."""
        one = await self._store.read(subscriptions.subscription, subscription_id)
        if one is None or time_of(notification_id) < time.time() - self.settings.ttl:
            return 0
        if not await self._store.read(subscriptions.stands, one):
            await self._store.write(subscriptions.delete_id, one.id)
            return 0
        told = await self._store.read(row, one.account_id, notification_id)
        if told is None:
            return 0
        try:
            note = await self.application.part(open_raf).notification(one.account_id, notification_id)
        except Missing:
            return 0
        status = await self._send(one, said_of(note, one.language, base_url(self.application), self._token(one)))
        if status in AGAIN or status >= 500:
            raise Unreachable(f"the push service answered {status}")
        if status >= 400:
            LOG.info("a push service answered %d: the subscription %d is over", status, one.id)
            await self._store.write(subscriptions.delete_id, one.id)
        return status

    def seal(self, holder: str, token: str) -> bytes:
        """A token to keep with a subscription."""
        return self.application.part(open_keys).seal(token, f"push {holder}")

    def _token(self, one: Subscription) -> str:
        """The token a subscription came with; empty when there is none, or the key to it is gone."""
        if one.token is None:
            return ""
        try:
            return self.application.part(open_keys).unseal(bytes(one.token), f"push {one.holder}")
        except OstrovError:
            return ""

    async def _send(self, one: Subscription, said: Said) -> int:
        from raf.push.encryption import LARGEST, decode, seal, seal_as_draft

        content = msgspec.json.encode(said)
        if len(content) > LARGEST:
            content = msgspec.json.encode(msgspec.structs.replace(said, body=""))
        sealing = seal if one.standard else seal_as_draft
        sealed = sealing(content, decode(one.p256dh), decode(one.auth))
        vapid = await self.vapid()
        token = vapid.token(one.endpoint, self.settings.contact or base_url(self.application))
        headers = {"TTL": str(self.settings.ttl), "Urgency": "normal", "Content-Type": "application/octet-stream"}
        headers |= sealed.headers
        if one.standard:
            headers["Authorization"] = f"vapid t={token}, k={vapid.public}"
        else:
            headers["Authorization"] = f"WebPush {token}"
            headers["Crypto-Key"] += f";p256ecdsa={vapid.public}"
        post = partial(send, timeout=self.settings.timeout, private=self.settings.private_addresses)
        try:
            return await asyncio.to_thread(post, one.endpoint, sealed.body, headers)
        except Unwelcome as problem:
            LOG.warning("%s", problem)
            return 400


def open_push(application: Ostrov) -> Push:
    """Web Push of an application."""
    return Push(application)
