"""What an operator does with files."""

from __future__ import annotations

from ostrov import Ostrov, UsageError, operation

PERMISSION = "raf.manage"


@operation("raf.carry_media", permission=PERMISSION, surfaces=("cli", "http"), long=True)
async def carry(application: Ostrov) -> str:
    """Copy the files of the local folder into the bucket, under the names they have: for a house that moves to S3.

    People read and write meanwhile. What is there already is not sent again, so it can be broken off and run again. The local
    files stay until somebody deletes them.
    """
    import asyncio

    from raf.media.carrying import carry_all
    from raf.media.storage import open_storage
    from raf.media.storages.s3 import S3Storage

    storage = application.part(open_storage)
    if not isinstance(storage, S3Storage):
        raise UsageError("the media lie in a folder", tip="set raf.media.storage=s3 and raf.media.s3 first")
    await asyncio.to_thread(storage.check)
    folder = application.data_dir / application.settings.raf.media.folder
    sent, there = await asyncio.to_thread(carry_all, folder, storage)
    return f"sent {sent} files; {there} were there already"
