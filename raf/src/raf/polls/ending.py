"""The end of a poll: its author and those who voted are told."""

from __future__ import annotations

from datetime import UTC, datetime

from ostrov import Connection, current, task
from raf.domain.events import PollTerms
from raf.notifications.tasks import QUEUE


@task(name="raf.end_poll", queue=QUEUE, retries=5)
async def end_poll(status_id: int, expires_at: float) -> int:
    """Tell everybody who has a part in a poll that it is over; how many. Nothing when it is open longer now."""
    from raf.notifications.telling import tell
    from raf.polls.telling import told_of_end

    return await tell(current(), told_of_end, status_id, expires_at)


def end_later(connection: Connection, status_id: int, poll: PollTerms) -> None:
    """Have it told at that time."""
    if poll.expires_at is not None:
        moment = datetime.fromtimestamp(poll.expires_at, UTC)
        end_poll.using(run_after=moment).enqueue_in(connection, status_id, poll.expires_at)
