"""What moderation does later."""

from __future__ import annotations

from ostrov import current, task


@task(name="raf.moderation.tell_of_newcomer", queue="notifications", retries=5)
async def tell_of_newcomer(account_id: int) -> int:
    """Tell those who manage users that somebody signed up; how many."""
    from raf.moderation.telling import told_of_newcomer
    from raf.notifications.telling import tell

    return await tell(current(), told_of_newcomer, account_id)
