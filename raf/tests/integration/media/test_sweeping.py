"""Files that nothing needs any more are deleted, and no others."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from raf.tests.integration.media.stored import files, picture, stored

from ostrov import run_tasks
from ostrov.testing import running
from raf.errors import Missing
from raf.forms import ProfileChange
from raf.media.attachments import delete_unattached
from raf.media.library import open_library
from raf.testing import file_of, network, person

ANNA, BORIS = 7, 8


async def test_uploads_that_no_post_took_are_deleted_with_their_files(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        library = application.part(open_library)
        old = await library.upload(ANNA, picture("PNG", (50, 40), "red"))
        shared = await library.upload(ANNA, picture("PNG", (50, 40), "blue"))
        taken = await library.upload(BORIS, picture("PNG", (50, 40), "blue"))
        young = await library.upload(ANNA, picture("PNG", (50, 40), "green"))
        long_ago = time.time() - 30 * 3600

        def age(connection: Any) -> None:
            connection.execute("UPDATE media SET created_at = ? WHERE id IN (?, ?, ?)", (long_ago, old, shared, taken))
            connection.execute("UPDATE media SET status_id = 1 WHERE id = ?", (taken,))

        await application.store.write(age)
        kept = await library.media(ANNA, young)
        monkeypatch.setattr("raf.media.library.GRACE", -10.0)
        assert await library.prune() == 2  # the red picture and its preview; the blue one is in a post
        for gone in (old, shared):
            with pytest.raises(Missing):
                await library.media(ANNA, gone)
        assert stored(library, kept.url).exists()
        assert len(files(application)) == 4


async def test_a_file_that_is_about_to_be_used_again_is_not_deleted(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        await library.upload(ANNA, picture())
        for path in files(application):
            os.utime(path, (0, 0))
        names = await application.store.write(delete_unattached, time.time() + 1, 10)
        assert len(names) == 2
        again = await library.upload(ANNA, picture())  # between the deletion of the row and that of its files
        library.storage.delete(names, time.time() - 3600)
        assert stored(library, (await library.media(ANNA, again)).url).exists()


async def test_files_that_nothing_refers_to_any_more_are_swept_and_no_others(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        anna = await person(raf, "anna")
        library = raf.application.part(open_library)
        media = await raf.upload(anna, picture(colour="green"))
        waiting = await raf.upload(anna, picture(colour="pink"), wait=False)
        old, new = [await raf.portrait(anna, picture(colour=colour), "avatar") for colour in ("red", "blue")]
        for name in (old, new):
            await raf.update_profile(anna, ProfileChange(avatar=name))
        assert await library.sweep() == 0  # somebody may be about to refer to it
        for path in files(raf.application):
            os.utime(path, (0, 0))
        assert await library.sweep() == 1
        assert file_of(library, old) is None
        assert file_of(library, new) is not None
        assert stored(library, (await raf.media(anna, media)).url)
        await run_tasks(raf.application)
        assert (await raf.media(anna, waiting)).url
