"""`/api/v1/push/subscription`: one Web Push subscription a token."""

from __future__ import annotations

from typing import Any

import msgspec

from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, delete, get, post, put
from raf.mastodon.parameters import FALSE, Malformed
from raf.push.push import Push, open_push
from raf.push.subscriptions import NewSubscription, Subscription

PUSH = person("push")


class SubscriptionForm(msgspec.Struct):
    """`subscription[endpoint]`, `subscription[keys][p256dh]`, …; `data[alerts][mention]`, …, `data[policy]`."""

    subscription: dict[str, Any] = {}
    data: dict[str, Any] = {}
    policy: str | None = None


class WebPushSubscription(msgspec.Struct):
    """The entity."""

    id: int
    endpoint: str
    standard: bool
    alerts: dict[str, bool]
    policy: str
    server_key: str


def _push(call: Call) -> Push:
    return call.house.application.part(open_push)


def _holder(call: Call) -> str:
    assert call.access is not None
    return f"t{call.access.token_id}"


async def _shape(call: Call, found: Subscription) -> bytes:
    server_key = (await _push(call).vapid()).public
    return encode(WebPushSubscription(found.id, found.endpoint, bool(found.standard), found.wanted, found.policy, server_key))


def _alerts(said: SubscriptionForm) -> dict[str, bool] | None:
    alerts = said.data.get("alerts")
    return {str(kind): _flag(value) for kind, value in alerts.items()} if isinstance(alerts, dict) else None


def _flag(value: Any) -> bool:
    return value not in FALSE and value not in ("", None, 0) if isinstance(value, str | int | None) else False


def _policy(said: SubscriptionForm) -> str | None:
    found = said.data.get("policy", said.policy)
    return str(found) if found else None


@post("/api/v1/push/subscription", PUSH, WebPushSubscription, form=SubscriptionForm)
async def create(call: Asked) -> bytes:
    """Subscribe, in place of what this token had before."""
    said = await call.form(SubscriptionForm)
    keys = said.subscription.get("keys")
    if not isinstance(keys, dict):
        raise Malformed("Validation failed: subscription[keys] is missing")
    account = await call.house.raf.credential_account(call.account_id)
    new = NewSubscription(
        endpoint=str(said.subscription.get("endpoint", "")),
        p256dh=str(keys.get("p256dh", "")),
        auth=str(keys.get("auth", "")),
        standard=_flag(said.subscription.get("standard")),
        alerts=_alerts(said) or {},
        policy=_policy(said) or "all",
        language=account.source.language or "en",
        token=_push(call).seal(_holder(call), call.header(b"authorization")[7:].strip()),
    )
    return await _shape(call, await _push(call).subscribe(call.account_id, _holder(call), new))


@get("/api/v1/push/subscription", PUSH, WebPushSubscription, absent=True)
async def show(call: Asked) -> bytes:
    """What this token has asked for."""
    return await _shape(call, await _push(call).subscription(_holder(call)))


@put("/api/v1/push/subscription", PUSH, WebPushSubscription, form=SubscriptionForm, absent=True)
async def update(call: Asked) -> bytes:
    """Other kinds of notifications."""
    said = await call.form(SubscriptionForm)
    return await _shape(call, await _push(call).change(_holder(call), _alerts(said) or {}, _policy(said)))


@delete("/api/v1/push/subscription", PUSH)
async def remove(call: Asked) -> bytes:
    """No more."""
    await _push(call).unsubscribe(_holder(call))
    return b"{}"


HANDLERS = [create, show, update, remove]
