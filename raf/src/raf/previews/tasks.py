"""Pages are looked at by tasks, few at a time and slowly at one place."""

from __future__ import annotations

from ostrov import Backoff, current, task


@task(
    name="raf.previews.look",
    queue="previews",
    retries=3,
    backoff=Backoff("exponential", first="2 minutes", factor=8.0, cap="6 hours"),
    timeout="3 minutes",
    concurrency=2,
    rate="30/minute",
    limit_by="host",
)
async def look(preview_id: int, host: str) -> str:
    """Look at the page behind a link; what became of it: ready, none or failed."""
    from raf.previews.previews import open_previews

    return await current().part(open_previews).look(preview_id)
