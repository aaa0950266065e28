"""`Raf`: the one face of the network that the API and the pages use. `raf = application.part(open_raf)`.

Notes for its users:

- `NewAccount` is `raf.identity.NewAccount`; `sign_up` and `log_in` delegate to `raf.identity` with `accounts.open_account`
  as its `create_account`.
- Ids are ints, in entities they are strings. Errors are those of `raf.errors`: each has `.status` and `.error`.
- Lists whose order is not that of their items' own ids (followers, favourites, bookmarks) come as `Listing(items, older,
  newer)`: `older` is the `max_id` of the next page, `newer` the `min_id` of the previous one.
- `documents(ids, viewer_id)` checks what the viewer may see and leaves the rest out; `viewer_id=None` is an anonymous
  reader, whose documents lack `favourited` and the like, as Mastodon's do.
- A boost is a status with an id of its own and no text; liking or boosting it means the post it holds.
- Live updates: `async with await raf.live(account_id, ("user",)) as mailbox: for message in await mailbox.take(30): …`, see
  `raf.live`. A message's body is `{"event": "update" | "status.update" | "delete" | "notification", "id": "…"}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ostrov import Mailbox, Ostrov
from raf import entities
from raf.errors import Missing
from raf.forms import MediaChange, NewPost, PostChange, ProfileChange
from raf.identity.registration import NewAccount
from raf.paging import FIRST_PAGE, Listing, Paging

if TYPE_CHECKING:
    from raf.live import Stream
    from raf.media.library import Library

__all__ = ["Listing", "MediaChange", "NewAccount", "NewPost", "Paging", "PostChange", "ProfileChange", "Raf", "open_raf"]


class Raf:
    """The network of one application."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.store = application.store

    # ---- accounts ---------------------------------------------------------------------------------------------------

    async def sign_up(self, new: NewAccount, *, address: str = "") -> int:
        """Open an account; its id. Raises Invalid, TooMany."""
        raise NotImplementedError

    async def log_in(self, name: str, password: str, *, address: str = "") -> int:
        """The account of a user name or e-mail address. Raises WrongPassword, TooMany."""
        raise NotImplementedError

    async def update_profile(self, account_id: int, change: ProfileChange) -> None:
        """Change what an account shows of itself. Raises Invalid."""
        raise NotImplementedError

    async def account(self, account_id: int) -> entities.Account:
        """Raises Missing."""
        found = await self.accounts([account_id])
        if not found:
            raise Missing
        return found[0]

    async def account_by_name(self, name: str) -> entities.Account:
        """By `username`, `@username` or `username@this.host`, upper and lower case alike. Raises Missing."""
        raise NotImplementedError

    async def accounts(self, ids: Sequence[int]) -> list[entities.Account]:
        """In the order asked; those that do not exist are left out."""
        raise NotImplementedError

    async def credential_account(self, account_id: int) -> entities.CredentialAccount:
        """An account as its owner sees it. Raises Missing."""
        raise NotImplementedError

    async def search_accounts(
        self, query: str, limit: int = 40, offset: int = 0, *, viewer_id: int | None = None, following: bool = False
    ) -> list[entities.Account]:
        """Accounts whose name or display name begins with the query; those the viewer follows first."""
        raise NotImplementedError

    # ---- relations --------------------------------------------------------------------------------------------------

    async def relationships(self, viewer_id: int, ids: Sequence[int]) -> list[entities.Relationship]:
        """How the viewer stands to each account, in the order asked."""
        raise NotImplementedError

    async def follow(
        self,
        account_id: int,
        target_id: int,
        reblogs: bool = True,
        notify: bool = False,
        languages: Sequence[str] | None = None,
    ) -> None:
        """Follow, or ask to when the account is locked; following again changes the options. Raises Missing, Forbidden."""
        raise NotImplementedError

    async def unfollow(self, account_id: int, target_id: int) -> None:
        """Stop following, or take a request back."""
        raise NotImplementedError

    async def remove_follower(self, account_id: int, follower_id: int) -> None:
        """Make somebody stop following this account."""
        raise NotImplementedError

    async def authorize_follow(self, account_id: int, requester_id: int) -> None:
        """Raises Missing when there is no such request."""
        raise NotImplementedError

    async def reject_follow(self, account_id: int, requester_id: int) -> None:
        """Raises Missing when there is no such request."""
        raise NotImplementedError

    async def block(self, account_id: int, target_id: int) -> None:
        """Neither sees the other any more; follows between them end."""
        raise NotImplementedError

    async def unblock(self, account_id: int, target_id: int) -> None:
        raise NotImplementedError

    async def mute(self, account_id: int, target_id: int, notifications: bool = True, duration: float = 0) -> None:
        """Hide somebody from the account's timelines, for `duration` seconds or for good (0)."""
        raise NotImplementedError

    async def unmute(self, account_id: int, target_id: int) -> None:
        raise NotImplementedError

    async def followers(self, account_id: int, paging: Paging, viewer_id: int | None = None) -> Listing[entities.Account]:
        raise NotImplementedError

    async def following(self, account_id: int, paging: Paging, viewer_id: int | None = None) -> Listing[entities.Account]:
        raise NotImplementedError

    async def follow_requests(self, account_id: int, paging: Paging) -> Listing[entities.Account]:
        raise NotImplementedError

    async def blocks(self, account_id: int, paging: Paging) -> Listing[entities.Account]:
        raise NotImplementedError

    async def mutes(self, account_id: int, paging: Paging) -> Listing[entities.MutedAccount]:
        raise NotImplementedError

    # ---- posts ------------------------------------------------------------------------------------------------------

    async def post(self, account_id: int, new: NewPost) -> int:
        """Publish; the status's id. Raises Invalid, Refused, Missing (what it replies to)."""
        raise NotImplementedError

    async def edit_post(self, account_id: int, status_id: int, change: PostChange) -> None:
        """Publish a new version of one's own post. Raises Missing, Forbidden, Invalid."""
        raise NotImplementedError

    async def delete_post(self, account_id: int, status_id: int) -> None:
        """Take one's own post away, with its boosts. Raises Missing."""
        raise NotImplementedError

    async def favourite(self, account_id: int, status_id: int) -> None:
        """Raises Missing when the account may not see the status."""
        raise NotImplementedError

    async def unfavourite(self, account_id: int, status_id: int) -> None:
        raise NotImplementedError

    async def reblog(self, account_id: int, status_id: int, visibility: str | None = None) -> int:
        """Boost; the boost's id, the same one when it was boosted already. Raises Missing, Forbidden."""
        raise NotImplementedError

    async def unreblog(self, account_id: int, status_id: int) -> None:
        raise NotImplementedError

    async def bookmark(self, account_id: int, status_id: int) -> None:
        raise NotImplementedError

    async def unbookmark(self, account_id: int, status_id: int) -> None:
        raise NotImplementedError

    async def pin(self, account_id: int, status_id: int) -> None:
        """Show one's own post first on the profile. Raises Refused (somebody else's, a boost, a direct one, too many)."""
        raise NotImplementedError

    async def unpin(self, account_id: int, status_id: int) -> None:
        raise NotImplementedError

    async def mute_conversation(self, account_id: int, status_id: int) -> None:
        """No more notifications from the thread of this status."""
        raise NotImplementedError

    async def unmute_conversation(self, account_id: int, status_id: int) -> None:
        raise NotImplementedError

    async def status_source(self, account_id: int, status_id: int) -> entities.StatusSource:
        """What the author typed. Raises Missing."""
        raise NotImplementedError

    async def status_history(self, status_id: int, viewer_id: int | None) -> list[entities.StatusEdit]:
        """Every version, the oldest first. Raises Missing."""
        raise NotImplementedError

    async def favourited_by(self, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[entities.Account]:
        raise NotImplementedError

    async def reblogged_by(self, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[entities.Account]:
        raise NotImplementedError

    # ---- media ------------------------------------------------------------------------------------------------------

    async def upload(
        self,
        account_id: int,
        data: bytes | Path,
        description: str | None = None,
        focus: tuple[float, float] | None = None,
        *,
        wait: bool = True,
    ) -> int:
        """Keep a picture for a post to come; the media's id. What it is, its content says, not a name or a header.

        With `wait` it is ready to be posted when this returns. Raises Invalid, TooMany, StorageFull.
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

    # ---- timelines --------------------------------------------------------------------------------------------------

    async def home(self, account_id: int, paging: Paging = FIRST_PAGE) -> list[int]:
        """Status ids of the home timeline, newest first."""
        raise NotImplementedError

    async def public(
        self,
        viewer_id: int | None,
        paging: Paging = FIRST_PAGE,
        local: bool = True,
        only_media: bool = False,
        remote: bool = False,
    ) -> list[int]:
        """Public posts of everybody, without boosts."""
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

    async def favourites(self, account_id: int, paging: Paging = FIRST_PAGE) -> Listing[int]:
        """Status ids the account likes, the last liked first."""
        raise NotImplementedError

    async def bookmarks(self, account_id: int, paging: Paging = FIRST_PAGE) -> Listing[int]:
        raise NotImplementedError

    async def context(self, status_id: int, viewer_id: int | None) -> tuple[list[int], list[int]]:
        """Ids of what a status replies to, the thread's first one first, and of the replies below it. Raises Missing."""
        raise NotImplementedError

    # ---- documents --------------------------------------------------------------------------------------------------

    async def documents(self, ids: Sequence[int], viewer_id: int | None) -> list[bytes]:
        """The JSON of each status as the viewer sees it, in the order asked; what they may not see is left out."""
        raise NotImplementedError

    async def statuses(self, ids: Sequence[int], viewer_id: int | None) -> list[entities.Status]:
        """The same as structs."""
        raise NotImplementedError

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

    # ---- notifications ----------------------------------------------------------------------------------------------

    async def notifications(
        self,
        account_id: int,
        paging: Paging = FIRST_PAGE,
        types: Iterable[str] = (),
        exclude_types: Iterable[str] = (),
        from_account_id: int | None = None,
    ) -> list[entities.Notification]:
        raise NotImplementedError

    async def notification(self, account_id: int, notification_id: int) -> entities.Notification:
        """Raises Missing."""
        raise NotImplementedError

    async def dismiss_notification(self, account_id: int, notification_id: int) -> None:
        raise NotImplementedError

    async def clear_notifications(self, account_id: int) -> None:
        raise NotImplementedError

    async def unread_notifications(self, account_id: int, limit: int = 100) -> int:
        """How many there are above the marker, counted up to the limit."""
        raise NotImplementedError

    async def markers(
        self, account_id: int, timelines: Iterable[str] = ("home", "notifications")
    ) -> dict[str, entities.Marker]:
        """How far the account has read, by timeline; only those that were ever set."""
        raise NotImplementedError

    async def set_markers(self, account_id: int, last_read: dict[str, int]) -> dict[str, entities.Marker]:
        raise NotImplementedError

    # ---- live updates -----------------------------------------------------------------------------------------------

    async def live(self, account_id: int | None, streams: Iterable[Stream], limit: int = 500) -> Mailbox:
        """A mailbox of what happens on these streams from now on; close it (it is a context manager). See `raf.live`."""
        raise NotImplementedError


def open_raf(application: Ostrov) -> Raf:
    """The network of an application."""
    return Raf(application)
