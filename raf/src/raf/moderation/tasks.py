"""What moderation does later."""

from __future__ import annotations

from ostrov import current, task

AT_ONCE = 50
POSTS = "SELECT id, reblog_of_id FROM status WHERE account_id = ? LIMIT ?"


@task(name="raf.moderation.sweep", queue="moderation", retries=5)
async def sweep(account_id: int) -> int:
    """Delete every post and boost of an erased account, some in each transaction; how many."""
    from raf.moderation.moderation import open_moderation
    from raf.posts import marking, publishing

    moderation = current().part(open_moderation)
    gone = 0
    while True:
        rows = await moderation.store.read(lambda connection: connection.rows(POSTS, (account_id, AT_ONCE)))
        if not rows:
            return gone
        for status_id, boosted in rows:
            if boosted is None:
                await moderation.write(publishing.delete, account_id, status_id)
            else:
                await moderation.write(marking.unboost, account_id, boosted)
            gone += 1


@task(name="raf.moderation.tell_of_newcomer", queue="notifications", retries=5)
async def tell_of_newcomer(account_id: int) -> int:
    """Tell those who manage users that somebody signed up; how many."""
    from raf.moderation.telling import told_of_newcomer
    from raf.notifications.telling import tell

    return await tell(current(), told_of_newcomer, account_id)
