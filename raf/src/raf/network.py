"""`Raf`: the one face of the network that the API and the pages use. `raf = application.part(open_raf)`.

Notes for its users:

- `NewAccount` is `raf.identity.registration.NewAccount`; `sign_up` and `log_in` delegate to `raf.identity`.
- Ids are ints, in entities they are strings. Errors are those of `raf.errors`: each has `.status` and `.error`.
- Lists whose order is not that of their items' own ids (followers, favourites, bookmarks) come as `Listing(items, older,
  newer)`: `older` is the `max_id` of the next page, `newer` the `min_id` of the previous one.
- `documents(ids, viewer_id)` checks what the viewer may see and leaves the rest out; `viewer_id=None` is an anonymous
  reader, whose documents lack `favourited` and the like, as Mastodon's do.
- A boost is a status with an id of its own and no text; liking or boosting it means the post it holds.
- Live updates: `with await raf.live(account_id, ("user",)) as mailbox: for message in await mailbox.take(30): …`, see
  `raf.live`. A message's body is `{"event": "update" | "status.update" | "delete" | "notification", "id": "…"}`;
  `streamed(id)` is the document to send to all who got the message.
- Notifications are written by tasks (queue `notifications`): they exist once a worker, or `ostrov.run_tasks`, ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from ostrov import Connection, Mailbox, Message, Ostrov, StoreIntegrity, VersionConflict, base_url, open_events
from raf import entities, live
from raf.accounts import profiles
from raf.accounts import reading as accounts
from raf.accounts.reading import Portrayal
from raf.domain.profiles import checked
from raf.errors import Invalid, Missing
from raf.forms import MediaChange, NewPost, PostChange, ProfileChange
from raf.identity.identity import open_identity
from raf.identity.registration import NewAccount
from raf.journal import Journal
from raf.live import Stream
from raf.moderation import admission
from raf.notifications import reading as notices
from raf.paging import FIRST_PAGE, Listing, Paging
from raf.posts import marking, publishing
from raf.posts import reading as posts
from raf.relations import following as follows
from raf.relations import reading as relations
from raf.relations import shunning
from raf.settings import RafSettings
from raf.timelines.documents import Encoder
from raf.timelines.memory import Memory
from raf.timelines.refresh import Refresh
from raf.timelines.timelines import Timelines
from raf.timelines.wire import FORGET, Wire

if TYPE_CHECKING:
    from raf.media.library import Library

__all__ = ["Listing", "MediaChange", "NewAccount", "NewPost", "Paging", "PostChange", "ProfileChange", "Raf", "open_raf"]

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 3


class Raf:
    """The network of one application."""

    def __init__(self, application: Ostrov) -> None:
        settings: RafSettings = application.settings.raf
        kept = settings.timelines
        self.application = application
        self.settings = settings
        self.store = application.store
        self.events = application.part(open_events)
        self.url = base_url(application)
        self.memory = Memory(kept.readers, kept.documents, kept.accounts)
        self.wire = Wire(application, self.events, self.memory, kept.catch_up)
        self.journal = Journal(self.events, settings.posts, self.wire.told)
        self.portrayal = Portrayal(self.url)
        self.encoder = Encoder(self.portrayal)
        self.timelines = Timelines(self.store, self.memory, self.wire, self.encoder, kept)
        self.refresh = Refresh(application, self.timelines)
        application.channel.listen(notices.TOPIC, self._notified)
        application.channel.listen(FORGET, lambda message: self.portrayal.forget())

    # ---- accounts ---------------------------------------------------------------------------------------------------

    async def sign_up(
        self, new: NewAccount, *, address: str = "", vouched: Callable[[Connection, int], None] | None = None
    ) -> int:
        """Open an account; its id. `vouched` is called in the transaction for somebody whom another place vouches for.

        Raises Invalid, TooMany.
        """
        identity = self.application.part(open_identity)
        admit = partial(
            admission.admit, journal=self.journal, settings=self.settings.identity, address=address, vouched=vouched
        )
        return await identity.sign_up(new, admit, address=address, vouched=vouched is not None)

    async def log_in(self, name: str, password: str, *, address: str = "") -> int:
        """The account of a user name or e-mail address. Raises WrongPassword, TooMany."""
        return await self.application.part(open_identity).log_in(name, password, address=address)

    async def update_profile(self, account_id: int, change: ProfileChange) -> None:
        """Change what an account shows of itself. Raises Invalid."""
        await self._write(profiles.change_profile, account_id, checked(change, self.settings.posts))

    async def account(self, account_id: int) -> entities.Account:
        """Raises Missing."""
        found = await self.accounts([account_id])
        if not found:
            raise Missing
        return found[0]

    async def account_by_name(self, name: str) -> entities.Account:
        """By `username`, `@username` or `username@this.host`, upper and lower case alike. Raises Missing."""
        username, _, host = name.strip().removeprefix("@").partition("@")
        if host and host.lower() not in (urlsplit(self.url).netloc, urlsplit(self.url).hostname):
            raise Missing
        account_id = await self.store.read(accounts.id_of_name, username)
        if account_id is None:
            raise Missing
        return await self.account(account_id)

    async def accounts(self, ids: Sequence[int]) -> list[entities.Account]:
        """In the order asked; those that do not exist are left out."""
        return await self.timelines.accounts(ids)

    async def credential_account(self, account_id: int) -> entities.CredentialAccount:
        """An account as its owner sees it. Raises Missing."""

        def read(connection: Connection) -> entities.CredentialAccount:
            self.portrayal.learn(connection)
            found = accounts.rows(connection, [account_id])
            if not found:
                raise Missing
            return self.portrayal.credential_account(found[0], accounts.follow_requests(connection, account_id))

        return await self.store.read(read)

    async def search_accounts(
        self, query: str, limit: int = 40, offset: int = 0, *, viewer_id: int | None = None, following: bool = False
    ) -> list[entities.Account]:
        """Accounts that are called so or say this of themselves, see `raf.search`."""
        from raf.search.search import open_search

        ids = await self.application.part(open_search).people(query, viewer_id, limit, offset, following=following)
        return await self.timelines.accounts(ids)

    # ---- relations --------------------------------------------------------------------------------------------------

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

    # ---- posts ------------------------------------------------------------------------------------------------------

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

    # ---- media ------------------------------------------------------------------------------------------------------

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

    # ---- timelines --------------------------------------------------------------------------------------------------

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

    # ---- notifications ----------------------------------------------------------------------------------------------

    async def notifications(
        self,
        account_id: int,
        paging: Paging = FIRST_PAGE,
        types: Iterable[str] = (),
        exclude_types: Iterable[str] = (),
        from_account_id: int | None = None,
        filtered: bool = False,
    ) -> list[entities.Notification]:
        """Newest first; with `filtered` those too that the account's policy kept aside."""
        which = (tuple(types), tuple(exclude_types), from_account_id, filtered)
        rows = await self.store.read(notices.rows, account_id, paging, *which)
        return await self._notifications(account_id, rows)

    async def notification(self, account_id: int, notification_id: int) -> entities.Notification:
        """Raises Missing."""
        row = await self.store.read(notices.row, account_id, notification_id)
        found = await self._notifications(account_id, [row] if row else [])
        if not found:
            raise Missing
        return found[0]

    async def dismiss_notification(self, account_id: int, notification_id: int) -> None:
        if not await self.store.write(notices.dismiss, account_id, notification_id):
            raise Missing

    async def clear_notifications(self, account_id: int) -> None:
        await self.store.write(notices.clear, account_id)

    async def unread_notifications(self, account_id: int, limit: int = 100) -> int:
        """How many there are above the marker, counted up to the limit."""
        return await self.store.read(notices.unread, account_id, limit)

    async def markers(
        self, account_id: int, timelines: Iterable[str] = ("home", "notifications")
    ) -> dict[str, entities.Marker]:
        """How far the account has read, by timeline; only those that were ever set."""
        return await self.store.read(notices.markers, account_id, tuple(timelines))

    async def set_markers(self, account_id: int, last_read: dict[str, int]) -> dict[str, entities.Marker]:
        return await self.store.write(notices.set_markers, account_id, last_read)

    # ---- live updates -----------------------------------------------------------------------------------------------

    async def live(self, account_id: int | None, streams: Iterable[Stream], limit: int = 500) -> Mailbox:
        """A mailbox of what happens on these streams from now on; close it (it is a context manager). See `raf.live`."""
        return await self.timelines.listen(account_id, streams, limit)

    async def streamed(self, status_id: int, account_id: int | None = None) -> bytes | None:
        """The document of a status without a viewer, unchecked: for who was told of it by a stream. None when it is gone.

        For an account that has filters it says which of them match.
        """
        return await self.timelines.streamed(status_id, account_id)

    # ---- inside -----------------------------------------------------------------------------------------------------

    async def _write(
        self, command: Callable[Concatenate[Connection, Journal, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Run a command in a transaction, again when another process took its stream's version or its id."""
        for left in range(TRIES, 0, -1):
            try:
                return await self.store.write(command, self.journal, *arguments, **options)
            except (VersionConflict, StoreIntegrity):
                if left == 1:
                    raise
        raise AssertionError

    command = _write
    """The same for the parts beside this one."""

    async def _accounts(
        self, select: Callable[Concatenate[Connection, P], Listing[int]], *arguments: P.args, **options: P.kwargs
    ) -> Listing[entities.Account]:
        listing = await self.store.read(select, *arguments, **options)
        return Listing(await self.timelines.accounts(listing.items), listing.older, listing.newer)

    async def _notifications(self, account_id: int, rows: Sequence[notices.NotificationRow]) -> list[entities.Notification]:
        """With accounts and statuses; those whose status may not be seen any more are left out."""
        authors = {account.id: account for account in await self.timelines.accounts({row.from_account_id for row in rows})}
        ids = sorted({row.status_id for row in rows if row.status_id and row.kind not in notices.SUBJECTS})
        statuses = {status.id: status for status in await self.timelines.statuses(ids, account_id)}
        subjects = await self.notified_of(rows)
        made = (notices.entity(row, authors, statuses, subjects) for row in rows)
        return [notification for notification in made if notification is not None]

    async def notified_of(self, rows: Sequence[notices.NotificationRow]) -> dict[tuple[str, int], Any]:
        """The reports and judgements that notifications speak of, as entities, by kind and id."""
        if not any(row.kind in notices.SUBJECTS for row in rows):
            return {}
        from raf.notifications.house import subjects

        return await subjects(self.application, rows)

    def _notified(self, message: Message) -> None:
        for account_id, identity in notices.decode_told(message.body):
            event = notices.CHANGED.get(identity, "notification")
            self.memory.board.post(f"raf.notifications.{account_id}", live.body(event, identity))


def open_raf(application: Ostrov) -> Raf:
    """The network of an application."""
    return Raf(application)
