"""How people stand to each other: follows, blocks, mutes."""

from __future__ import annotations

from collections.abc import Sequence

from raf import entities
from raf.accounts import reading as accounts
from raf.network.ground import Ground
from raf.paging import Listing, Paging
from raf.relations import following as follows
from raf.relations import reading as relations
from raf.relations import shunning


class Relations(Ground):
    """Between people."""

    async def relationships(self, viewer_id: int, ids: Sequence[int]) -> list[entities.Relationship]:
        """How the viewer stands to each account, in the order asked."""
        return await self.store.read(relations.relationships, viewer_id, ids)

    async def follow(
        self,
        account_id: int,
        target_id: int,
        reblogs: bool | None = None,
        notify: bool | None = None,
        languages: Sequence[str] | None = None,
    ) -> None:
        """Follow, or ask to when the account is locked; following again changes the options that are not None.

        Raises Missing, Forbidden, Invalid (too many).
        """
        await self._write(follows.follow, account_id, target_id, reblogs, notify, languages)

    async def unfollow(self, account_id: int, target_id: int) -> None:
        """Stop following, or take a request back."""
        await self._write(follows.unfollow, account_id, target_id)

    async def remove_follower(self, account_id: int, follower_id: int) -> None:
        """Make somebody stop following this account."""
        await self._write(follows.unfollow, follower_id, account_id)

    async def authorize_follow(self, account_id: int, requester_id: int) -> None:
        """Raises Missing when there is no such request."""
        await self._write(follows.grant, account_id, requester_id)

    async def reject_follow(self, account_id: int, requester_id: int) -> None:
        """Raises Missing when there is no such request."""
        await self._write(follows.refuse, account_id, requester_id)

    async def block(self, account_id: int, target_id: int) -> None:
        """Neither sees the other any more; follows between them end."""
        await self._write(shunning.block, account_id, target_id)

    async def unblock(self, account_id: int, target_id: int) -> None:
        await self._write(shunning.unblock, account_id, target_id)

    async def mute(self, account_id: int, target_id: int, notifications: bool = True, duration: float = 0) -> None:
        """Hide somebody from the account's timelines, for `duration` seconds or for good (0)."""
        await self._write(shunning.mute, account_id, target_id, notifications, duration)

    async def unmute(self, account_id: int, target_id: int) -> None:
        await self._write(shunning.unmute, account_id, target_id)

    async def followers(self, account_id: int, paging: Paging, viewer_id: int | None = None) -> Listing[entities.Account]:
        return await self._accounts(relations.shown, "followers", account_id, viewer_id, paging)

    async def following(self, account_id: int, paging: Paging, viewer_id: int | None = None) -> Listing[entities.Account]:
        return await self._accounts(relations.shown, "following", account_id, viewer_id, paging)

    async def follow_requests(self, account_id: int, paging: Paging) -> Listing[entities.Account]:
        return await self._accounts(relations.listed, "requests", account_id, paging)

    async def blocks(self, account_id: int, paging: Paging) -> Listing[entities.Account]:
        return await self._accounts(relations.listed, "blocks", account_id, paging)

    async def mutes(self, account_id: int, paging: Paging) -> Listing[entities.MutedAccount]:
        listing = await self.store.read(relations.listed, "mutes", account_id, paging)
        expiries = await self.store.read(relations.mute_expiries, account_id, listing.items)
        rows = {row.id: row for row in await self.store.read(accounts.rows, listing.items)}
        muted = [self.portrayal.muted_account(rows[i], expiries[i]) for i in listing.items if i in rows and i in expiries]
        return Listing(muted, listing.older, listing.newer)
