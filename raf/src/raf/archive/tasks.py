"""What export and import do later."""

from __future__ import annotations

from ostrov import current, task


@task(name="raf.archive.take_in", queue="archive", retries=5, timeout="6 hours", concurrency=1, limit_by="account_id")
async def take_in(import_id: int, account_id: int) -> int:
    """Take in what somebody brought, row by row; how many rows. Run again, it goes on where it was."""
    from raf.archive.archive import open_archive

    return await current().part(open_archive).take_in(import_id)


@task(name="raf.archive.pack", queue="archive", retries=3, timeout="6 hours", concurrency=1)
async def pack(export_id: int) -> int:
    """Pack the archive of an account; how many posts."""
    from raf.archive.archive import open_archive

    return await current().part(open_archive).pack(export_id)


@task(name="raf.archive.prune", queue="archive", every="6 hours")
async def prune() -> int:
    """Delete imports long over; how many."""
    from raf.archive.archive import open_archive

    return await current().part(open_archive).prune()
