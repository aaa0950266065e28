"""What is done to pictures later."""

from __future__ import annotations

from ostrov import current, task


@task(name="raf.media.develop", queue="media", retries=3, timeout="5 minutes")
async def develop(media_id: int, held: str) -> None:
    """Process an upload: decode it, make it small, store it."""
    from raf.media.library import open_library

    await current().part(open_library).develop_held(media_id, held)


@task(name="raf.media.prune", queue="media", every="1 hour")
async def prune() -> int:
    """Delete uploads that no post took; how many files went."""
    from raf.media.library import open_library

    return await current().part(open_library).prune()
