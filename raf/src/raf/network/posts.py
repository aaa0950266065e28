"""Publishing, and what is done with posts."""

from __future__ import annotations

from raf import entities
from raf.errors import Invalid
from raf.forms import NewPost, PostChange
from raf.network.ground import Ground
from raf.paging import Listing, Paging
from raf.posts import marking, publishing
from raf.posts import reading as posts


class Posts(Ground):
    """Posts and marks on them."""

    async def post(self, account_id: int, new: NewPost) -> int:
        """Publish; the status's id. Raises Invalid, Refused, Missing (what it replies to)."""
        return await self._write(publishing.publish, account_id, new)

    async def edit_post(self, account_id: int, status_id: int, change: PostChange) -> None:
        """Publish a new version of one's own post. Raises Missing, Forbidden, Invalid."""
        limit = self.settings.media.description_limit
        if isinstance(change.media_descriptions, dict) and any(len(t) > limit for t in change.media_descriptions.values()):
            raise Invalid({"description": [("ERR_TOO_LONG", f"is too long (maximum is {limit} characters)")]})
        await self._write(publishing.edit, account_id, status_id, change)

    async def delete_post(self, account_id: int, status_id: int) -> None:
        """Take one's own post away, with its boosts. Raises Missing."""
        await self._write(publishing.delete, account_id, status_id)

    async def favourite(self, account_id: int, status_id: int) -> None:
        """Raises Missing when the account may not see the status."""
        await self._write(marking.favourite, account_id, status_id)

    async def unfavourite(self, account_id: int, status_id: int) -> None:
        await self._write(marking.unfavourite, account_id, status_id)

    async def reblog(self, account_id: int, status_id: int, visibility: str | None = None) -> int:
        """Boost; the boost's id, the same one when it was boosted already. Raises Missing, Forbidden."""
        return await self._write(marking.boost, account_id, status_id, visibility)

    async def unreblog(self, account_id: int, status_id: int) -> None:
        await self._write(marking.unboost, account_id, status_id)

    async def bookmark(self, account_id: int, status_id: int) -> None:
        await self._write(marking.bookmark, account_id, status_id)

    async def unbookmark(self, account_id: int, status_id: int) -> None:
        await self._write(marking.unbookmark, account_id, status_id)

    async def pin(self, account_id: int, status_id: int) -> None:
        """Show one's own post first on the profile. Raises Refused (somebody else's, a boost, a direct one, too many)."""
        await self._write(marking.pin, account_id, status_id)

    async def unpin(self, account_id: int, status_id: int) -> None:
        await self._write(marking.unpin, account_id, status_id)

    async def mute_conversation(self, account_id: int, status_id: int) -> None:
        """No more notifications from the thread of this status."""
        await self._write(marking.silence, account_id, status_id)

    async def unmute_conversation(self, account_id: int, status_id: int) -> None:
        await self._write(marking.unsilence, account_id, status_id)

    async def status_source(self, account_id: int, status_id: int) -> entities.StatusSource:
        """What the author typed. Raises Missing."""
        text, spoiler_text = await self.store.read(posts.source, account_id, status_id)
        return entities.StatusSource(id=str(status_id), text=text, spoiler_text=spoiler_text)

    async def status_history(self, status_id: int, viewer_id: int | None) -> list[entities.StatusEdit]:
        """Every version, the oldest first. Raises Missing."""
        author_id, versions = await self.store.read(posts.versions, status_id, viewer_id)
        author = await self.account(author_id)
        return [self.portrayal.edit(version, author) for version in versions]

    async def favourited_by(self, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[entities.Account]:
        return await self._accounts(posts.likers, status_id, viewer_id, paging)

    async def reblogged_by(self, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[entities.Account]:
        return await self._accounts(posts.boosters, status_id, viewer_id, paging)
