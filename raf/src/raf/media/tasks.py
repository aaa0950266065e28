"""What is done to pictures, films and sounds later."""

from __future__ import annotations

from ostrov import Backoff, current, task
from raf.media.storage import StorageAway


@task(name="raf.media.develop", queue="media", retries=3, timeout="5 minutes")
async def develop(media_id: int, held: str) -> None:
    """Process a picture: decode it, make it small, store it."""
    from raf.media.library import open_library

    try:
        await current().part(open_library).develop_held(media_id, held)
    except StorageAway:  # as often as it takes: the upload is kept, and its turn does not count
        await develop.using(run_after=60).enqueue(media_id, held)


@task(name="raf.media.encode", queue="films", retries=1, timeout="65 minutes")
async def encode(media_id: int, held: str) -> None:
    """Process a film or a sound: make it what browsers play, store it."""
    from raf.media.library import open_library

    try:
        await current().part(open_library).develop_held(media_id, held)
    except StorageAway:
        await encode.using(run_after=60).enqueue(media_id, held)


@task(name="raf.media.remove", queue="media", retries=200, backoff=Backoff(first=60.0, cap=3600.0))
async def remove(names: list[str]) -> int:
    """Delete files that could not be reached; how many. Eight days, then the sweep takes them."""
    from raf.media.library import open_library

    return await current().part(open_library).remove(names)


@task(name="raf.media.prune", queue="media", every="1 hour")
async def prune() -> int:
    """Delete uploads that no post took; how many files went."""
    from raf.media.library import open_library

    return await current().part(open_library).prune()


@task(name="raf.media.sweep", queue="media", every="1 day")
async def sweep() -> int:
    """Delete files that nothing refers to any more; how many."""
    from raf.media.library import open_library

    return await current().part(open_library).sweep()
