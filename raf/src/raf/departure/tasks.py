"""What a departure does later."""

from __future__ import annotations

from ostrov import current, task


@task(name="raf.departure.leave", queue="departure", retries=8, timeout="6 hours", concurrency=1)
async def leave(account_id: int, pictures: list[str]) -> int:
    """Take back and forget what a closed account left; how many posts, likes and follows."""
    from raf.departure.departure import open_departure

    return await current().part(open_departure).leave(account_id, pictures)
