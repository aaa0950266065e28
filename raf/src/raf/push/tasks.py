"""Pushes are sent by tasks: a service that is down is asked again later, and holds nobody else up."""

from __future__ import annotations

from ostrov import current, task

QUEUE = "push"


@task(name="raf.push.deliver", queue=QUEUE, retries=6)
async def deliver(subscription_id: int, notification_id: int) -> int:
    """Push one notification to one subscription; the status of the answer."""
    from raf.push.push import open_push

    return await current().part(open_push).deliver(subscription_id, notification_id)


@task(name="raf.push.prune", queue=QUEUE, every="1 day")
async def prune() -> int:
    """Forget subscriptions whose token or session is gone; how many."""
    from raf.push.push import open_push

    return await current().part(open_push).prune()
