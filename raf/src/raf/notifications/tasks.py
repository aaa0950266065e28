"""Telling people, later: each command enqueues one of these in its own transaction."""

from __future__ import annotations

from ostrov import current, task

QUEUE = "notifications"


@task(name="raf.tell_of_post", queue=QUEUE, retries=5)
async def tell_of_post(status_id: int) -> int:
    """Tell the mentioned, and those who asked to hear of every post of the author."""
    from raf.notifications.telling import tell, told_of_post

    return await tell(current(), told_of_post, status_id)


@task(name="raf.tell_of_edit", queue=QUEUE, retries=5)
async def tell_of_edit(status_id: int) -> int:
    """Tell those who boosted a post that it changed, and who is mentioned now."""
    from raf.notifications.telling import tell, told_of_edit

    return await tell(current(), told_of_edit, status_id)


@task(name="raf.tell_of_favourite", queue=QUEUE, retries=5)
async def tell_of_favourite(status_id: int, account_id: int) -> int:
    """Tell an author that somebody likes a post."""
    from raf.notifications.telling import tell, told_of_favourite

    return await tell(current(), told_of_favourite, status_id, account_id)


@task(name="raf.tell_of_boost", queue=QUEUE, retries=5)
async def tell_of_boost(status_id: int, account_id: int) -> int:
    """Tell an author that somebody boosted a post."""
    from raf.notifications.telling import tell, told_of_boost

    return await tell(current(), told_of_boost, status_id, account_id)


@task(name="raf.tell_of_follow", queue=QUEUE, retries=5)
async def tell_of_follow(account_id: int, target_id: int) -> int:
    """Tell somebody of a new follower."""
    from raf.notifications.telling import tell, told_of_follow

    return await tell(current(), told_of_follow, account_id, target_id)


@task(name="raf.tell_of_request", queue=QUEUE, retries=5)
async def tell_of_request(account_id: int, target_id: int) -> int:
    """Tell somebody who grants follows by hand that one is asked for."""
    from raf.notifications.telling import tell, told_of_request

    return await tell(current(), told_of_request, account_id, target_id)


@task(name="raf.tell_of_report", queue=QUEUE, retries=5)
async def tell_of_report(report_id: int) -> int:
    """Tell moderators that somebody reports somebody."""
    from raf.notifications.house import told_of_report
    from raf.notifications.telling import tell

    return await tell(current(), told_of_report, report_id)


@task(name="raf.tell_of_strike", queue=QUEUE, retries=5)
async def tell_of_strike(strike_id: int) -> int:
    """Tell somebody what the moderators decided about them."""
    from raf.notifications.house import told_of_strike
    from raf.notifications.telling import tell

    return await tell(current(), told_of_strike, strike_id)


@task(name="raf.prune_idempotency", queue=QUEUE, every="1 hour")
async def prune_idempotency() -> int:
    """Forget idempotency keys that nobody will send again; how many."""
    import time

    from raf.posts.publishing import forget_keys

    return await current().store.write(forget_keys, time.time())
