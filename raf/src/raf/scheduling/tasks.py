"""Publishing what is due."""

from __future__ import annotations

from ostrov import current, task


@task(name="raf.publish_scheduled", queue="posts", retries=5)
async def publish_scheduled(scheduled_id: int, at: float) -> int | None:
    """Publish a post at its time; its id. One that a rule refuses now stays, with the reason."""
    from raf.errors import RafError
    from raf.network import open_raf
    from raf.scheduling import rows

    raf = current().part(open_raf)
    try:
        return await raf.command(rows.publish_due, scheduled_id, at)
    except RafError as refusal:
        await raf.store.write(rows.fail, scheduled_id, refusal.error)
        return None
