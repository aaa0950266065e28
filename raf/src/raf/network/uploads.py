"""Pictures, films and sounds for posts to come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from raf import entities
from raf.forms import MediaChange
from raf.network.ground import Ground

if TYPE_CHECKING:
    from raf.media.library import Library


class Uploads(Ground):
    """What is uploaded."""

    async def upload(
        self,
        account_id: int,
        data: bytes | Path,
        description: str | None = None,
        focus: tuple[float, float] | None = None,
        *,
        wait: bool | float = True,
    ) -> int:
        """Keep a picture for a post to come; the media's id. What it is, its content says, not a name or a header.

        With `wait` it is ready to be posted when this returns; `Library.upload` says what a number of seconds means.
        Raises Invalid, TooMany, StorageFull.
        """
        return await self._library.upload(account_id, data, description, focus, wait=wait)

    async def media(self, account_id: int, media_id: int) -> entities.MediaAttachment:
        """An upload that no post has taken. Raises Missing. `url` is None while it is processed."""
        return await self._library.media(account_id, media_id)

    async def update_media(self, account_id: int, media_id: int, change: MediaChange) -> entities.MediaAttachment:
        """Change the description or focus of an upload that no post has taken. Raises Missing, Invalid."""
        return await self._library.update(account_id, media_id, change)

    async def portrait(self, account_id: int, data: bytes | Path, kind: str) -> str:
        """Make an `avatar` or a `header` of a picture; the name for `ProfileChange`. Raises Invalid, TooMany, StorageFull."""
        return await self._library.portrait(account_id, data, kind)

    @property
    def _library(self) -> Library:
        from raf.media.library import open_library

        return self.application.part(open_library)
