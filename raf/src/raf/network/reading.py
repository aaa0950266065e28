"""Timelines, threads and documents: what is read."""

from __future__ import annotations

from collections.abc import Sequence

from raf import entities
from raf.errors import Missing
from raf.network.ground import Ground
from raf.paging import FIRST_PAGE, Listing, Paging
from raf.posts import reading as posts


class Reading(Ground):
    """What one sees."""

    async def home(self, account_id: int, paging: Paging = FIRST_PAGE) -> list[int]:
        """Status ids of the home timeline, newest first."""
        return await self.timelines.home(account_id, paging)

    async def public(
        self,
        viewer_id: int | None,
        paging: Paging = FIRST_PAGE,
        local: bool = True,
        only_media: bool = False,
        remote: bool = False,
    ) -> list[int]:
        """Public posts of everybody, without boosts."""
        return [] if remote else await self.timelines.public(viewer_id, paging, only_media)

    async def tag(
        self,
        viewer_id: int | None,
        tag: str,
        paging: Paging = FIRST_PAGE,
        local: bool = False,
        only_media: bool = False,
        any_of: Sequence[str] = (),
        all_of: Sequence[str] = (),
        none_of: Sequence[str] = (),
    ) -> list[int]:
        """Public posts with a hashtag."""
        return await self.store.read(posts.of_tag, viewer_id, tag, paging, only_media, any_of, all_of, none_of)

    async def account_statuses(
        self,
        account_id: int,
        viewer_id: int | None,
        paging: Paging = FIRST_PAGE,
        exclude_replies: bool = False,
        exclude_reblogs: bool = False,
        only_media: bool = False,
        pinned: bool = False,
        tagged: str = "",
    ) -> list[int]:
        """What an account posted and the viewer may see."""
        if pinned:
            first = paging.max_id is None and not paging.above
            return await self.store.read(posts.pinned, account_id, viewer_id, paging.limit) if first else []
        return await self.store.read(
            posts.of_account, account_id, viewer_id, paging, exclude_replies, exclude_reblogs, only_media, tagged
        )

    async def favourites(self, account_id: int, paging: Paging = FIRST_PAGE) -> Listing[int]:
        """Status ids the account likes, the last liked first."""
        return await self.store.read(posts.marked, "favourite", account_id, paging)

    async def bookmarks(self, account_id: int, paging: Paging = FIRST_PAGE) -> Listing[int]:
        return await self.store.read(posts.marked, "bookmark", account_id, paging)

    async def context(self, status_id: int, viewer_id: int | None) -> tuple[list[int], list[int]]:
        """Ids of what a status replies to, the thread's first one first, and of the replies below it. Raises Missing."""
        return await self.store.read(posts.context, status_id, viewer_id)

    # ---- documents --------------------------------------------------------------------------------------------------

    async def documents(self, ids: Sequence[int], viewer_id: int | None) -> list[bytes]:
        """The JSON of each status as the viewer sees it, in the order asked; what they may not see is left out."""
        return await self.timelines.documents(ids, viewer_id)

    async def statuses(self, ids: Sequence[int], viewer_id: int | None) -> list[entities.Status]:
        """The same as structs."""
        return await self.timelines.statuses(ids, viewer_id)

    async def document(self, status_id: int, viewer_id: int | None) -> bytes:
        """Raises Missing."""
        found = await self.documents([status_id], viewer_id)
        if not found:
            raise Missing
        return found[0]

    async def status(self, status_id: int, viewer_id: int | None) -> entities.Status:
        """Raises Missing."""
        found = await self.statuses([status_id], viewer_id)
        if not found:
            raise Missing
        return found[0]
