"""What one process keeps of the network, and how each event changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ostrov import Mailbox, Message
from raf import live
from raf.domain import arrivals, departures, moderation, tags
from raf.domain import events as e
from raf.domain import text as texts
from raf.live import Board
from raf.timelines import entry as entries
from raf.timelines import public
from raf.timelines.caches import Loads, Recent
from raf.timelines.documents import Document
from raf.timelines.entry import Entry
from raf.timelines.public import Shore
from raf.timelines.reader import BOOKMARKED, EVERYTHING, FAVOURITED, REBLOGGED, Reader, Wish
from raf.timelines.readers import Readers


class Memory:
    """Readers, the latest public posts, documents, accounts, and who listens. Nothing here waits or opens anything."""

    def __init__(self, readers: int, documents: int, accounts: int) -> None:
        self.readers = Readers(readers)
        self.shore: Shore | None = None
        self.documents: Recent[int, Document] = Recent(documents)
        self.accounts: Recent[int, bytes] = Recent(accounts)
        self.loads: Loads[tuple[str, int]] = Loads()
        self.board = Board()
        self.quiet: set[int] = set()
        """Whose posts the public timeline does not show: the limited and the suspended."""
        self._handlers: dict[type[e.RafEvent], Callable[[Any], None]] = {
            e.Posted: self._posted,
            arrivals.PostImported: self._imported,
            departures.AccountClosed: self._closed,
            e.PostEdited: self._edited,
            e.PostDeleted: self._deleted,
            e.Boosted: self._boosted,
            e.Unboosted: self._unboosted,
            e.Voted: self._voted,
            e.QuoteRevoked: self._quote_revoked,
            e.Favourited: self._favourited,
            e.Unfavourited: self._favourited,
            e.Bookmarked: self._bookmarked,
            e.Unbookmarked: self._bookmarked,
            e.Pinned: self._pinned,
            e.Unpinned: self._pinned,
            e.ConversationMuted: self._silenced,
            e.ConversationUnmuted: self._silenced,
            e.Followed: self._followed,
            e.Unfollowed: self._unfollowed,
            e.Blocked: self._blocked,
            e.Unblocked: self._blocked,
            tags.TagFollowed: self._tag_followed,
            tags.TagUnfollowed: self._tag_followed,
            e.Muted: self._muted,
            e.Unmuted: self._muted,
            e.AccountOpened: self._profile_changed,
            e.ProfileChanged: self._profile_changed,
            moderation.AccountJudged: self._judged,
            moderation.RoleGiven: self._profile_changed,
        }

    def apply(self, event: e.RafEvent) -> None:
        """Bring everything up to one event."""
        self.loads.happened(event)
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def forget(self) -> None:
        """Drop what may have missed something; listeners are told to look for themselves."""
        self.loads.everything_changed()
        self.documents.clear()
        self.accounts.clear()
        self.shore = None
        for reader in self.readers:
            for mailbox in reader.mailboxes:
                lose(mailbox)
            self.readers.drop(reader.account_id)
        for mailbox in self.board.everybody():
            lose(mailbox)

    # ---- posts ------------------------------------------------------------------------------------------------------

    def _posted(self, event: e.Posted) -> None:
        self._account_changed(event.account_id)
        if event.in_reply_to_id is not None:
            self._document_changed(event.in_reply_to_id)
        if event.quoted_id is not None:
            self._document_changed(event.quoted_id)
        entry = entries.of_post(event, tagged=bool(self.readers.tagged) and event.account_id not in self.quiet)
        content = live.body("update", event.status_id)
        self._fan_out(entry, content)
        if public.is_public(entry) and event.account_id not in self.quiet:
            if self.shore is not None:
                self.shore.add(entry)
            self._post_publicly("update", event.status_id, bool(event.media_ids))
        if event.in_reply_to_id is not None:
            self.board.post(f"raf.thread.{event.conversation_id}", content)
        if event.visibility == "public" and self.board.tags:
            for tag in texts.tags(texts.pieces(event.text)):
                self.board.post(f"raf.tag.{tag}", content)
        if event.visibility == "direct":
            content = live.body("conversation", event.conversation_id or event.status_id)
            for account_id in {event.account_id, *entry.mentions}:
                self.board.post(f"raf.direct.{account_id}", content)

    def _imported(self, event: arrivals.PostImported) -> None:
        """A post of the past: nobody is told, and homes that may have it are read anew."""
        self._account_changed(event.account_id)
        if event.in_reply_to_id is not None:
            self._document_changed(event.in_reply_to_id)
        if event.visibility == "public":
            self.shore = None
        for reader in self.readers.watching(event.account_id):
            reader.home = None

    def _fan_out(self, entry: Entry, content: bytes) -> None:
        """Into the homes of those who are here and want it, and to whoever listens to them."""
        author_id, identity, plain = entry.account_id, entry.id, entry.is_plain
        for reader in self.readers.audience.get(author_id, ()):
            if (reader.picky or not plain) and not reader.wants(entry):
                continue
            home = reader.home
            if home is not None:
                if plain:
                    ids = home.ids  # what `home.add` does first, without the call: this is done for every follower
                    if ids and ids[-1] < identity and len(ids) < home.full:
                        ids.append(identity)
                    else:
                        home.add(identity)
                elif not home.offer(entry):
                    continue
            if reader.mailboxes:
                self._deliver(reader, content)
        own = self.readers.get(author_id)
        if own is not None and own.watching and (own.home is None or own.home.offer(entry)):
            self._deliver(own, content)
        if entry.tags:
            self._fan_out_to_tags(entry, content)
        if self.readers.ears.by_author:
            self._fan_out_to_lists(entry, content)

    def _fan_out_to_tags(self, entry: Entry, content: bytes) -> None:
        """The same for those who follow a hashtag of a post and not its author."""
        for reader in self.readers.following_tags(entry.tags):
            known = entry.account_id in reader.follows or entry.account_id == reader.account_id
            if known or not reader.wants(entry) or (reader.home is not None and not reader.home.offer(entry)):
                continue
            self._deliver(reader, content)

    def _fan_out_to_lists(self, entry: Entry, content: bytes) -> None:
        """To whoever listens to a list its author stands in."""
        for ear in self.readers.ears.by_author.get(entry.account_id, ()):
            owner = self.readers.get(ear.account_id)
            if owner is not None and ear.wants(owner, entry):
                ear.mailbox.put(Message(f"raf.list.{ear.list_id}", content))

    def _deliver(self, reader: Reader, content: bytes) -> None:
        if reader.mailboxes:
            message = Message(f"raf.home.{reader.account_id}", content)
            for mailbox in reader.mailboxes:
                mailbox.put(message)

    def _post_publicly(self, event: str, identity: int, has_media: bool) -> None:
        content = live.body(event, identity)
        for stream in live.PUBLIC if has_media else live.PUBLIC[:2]:
            self.board.post(live.TOPICS[stream], content)

    def _edited(self, event: e.PostEdited) -> None:
        self._document_changed(event.status_id)
        content = live.body("status.update", event.status_id)
        entry = entries.of_post(event, tagged=bool(self.readers.tagged) and event.account_id not in self.quiet)
        for reader in list(self.readers.watching(event.account_id)):
            wanted = reader.wants(entry)
            if reader.home is not None and not reader.home.agrees(event.status_id, wanted):
                reader.home = None  # whom it mentions or its language has changed
            if wanted:
                self._deliver(reader, content)
        self._fan_out_to_lists(entry, content)
        if event.visibility == "public":
            self._post_publicly("status.update", event.status_id, bool(event.media_ids))

    def _deleted(self, event: e.PostDeleted) -> None:
        self._gone(event.status_id, event.account_id)
        for boost_id, booster_id in event.boosts:
            self._gone(boost_id, booster_id)
        if event.in_reply_to_id is not None:
            self._document_changed(event.in_reply_to_id)
        if event.quoted_id is not None:
            self._document_changed(event.quoted_id)
        for document in self.documents.values():
            if document.in_reply_to_id == event.status_id or document.quoted_id == event.status_id:
                self._document_changed(document.id)
        if event.visibility == "public":
            self._post_publicly("delete", event.status_id, True)

    def _boosted(self, event: e.Boosted) -> None:
        self._account_changed(event.account_id)
        self._document_changed(event.reblog_of_id)
        self._mark(event.account_id, event.reblog_of_id, REBLOGGED, True)
        self._fan_out(entries.of_boost(event), live.body("update", event.status_id))

    def _unboosted(self, event: e.Unboosted) -> None:
        self._document_changed(event.reblog_of_id)
        self._mark(event.account_id, event.reblog_of_id, REBLOGGED, False)
        self._gone(event.status_id, event.account_id, was_boost=True)

    def _gone(self, identity: int, author_id: int, *, was_boost: bool = False) -> None:
        self._account_changed(author_id)
        self._document_changed(identity)
        if self.shore is not None:
            self.shore.remove(identity)
        content = live.body("delete", identity)
        for reader in self.readers.watching(author_id):
            if reader.home is not None and reader.home.remove(identity):
                if was_boost:
                    reader.home = None  # another boost of the same post may show now
                self._deliver(reader, content)
            elif reader.home is None:
                self._deliver(reader, content)
        for ear in self.readers.ears.by_author.get(author_id, ()):
            ear.mailbox.put(Message(f"raf.list.{ear.list_id}", content))

    # ---- marks ------------------------------------------------------------------------------------------------------

    def _favourited(self, event: e.Favourited | e.Unfavourited) -> None:
        self._document_changed(event.status_id)
        self._mark(event.account_id, event.status_id, FAVOURITED, isinstance(event, e.Favourited))

    def _quote_revoked(self, event: e.QuoteRevoked) -> None:
        self._document_changed(event.status_id)
        self._document_changed(event.quoted_id)

    def _voted(self, event: e.Voted) -> None:
        """Pages that show the thread show the new numbers; Mastodon's streams say nothing of votes."""
        self._document_changed(event.status_id)
        self.board.post(f"raf.thread.{event.conversation_id}", live.body("status.update", event.status_id))

    def _bookmarked(self, event: e.Bookmarked | e.Unbookmarked) -> None:
        self._mark(event.account_id, event.status_id, BOOKMARKED, isinstance(event, e.Bookmarked))

    def _mark(self, account_id: int, status_id: int, bit: int, on: bool) -> None:
        self.loads.changed(("marks", account_id))
        reader = self.readers.get(account_id)
        if reader is not None:
            known = reader.marks.get(status_id)
            if known is not None:
                reader.marks.put(status_id, known | bit if on else known & ~bit)

    def _pinned(self, event: e.Pinned | e.Unpinned) -> None:
        self.loads.changed(("reader", event.account_id))
        if (reader := self.readers.get(event.account_id)) is not None:
            _switch(reader.pins, event.status_id, isinstance(event, e.Pinned))

    def _silenced(self, event: e.ConversationMuted | e.ConversationUnmuted) -> None:
        self.loads.changed(("reader", event.account_id))
        if (reader := self.readers.get(event.account_id)) is not None:
            _switch(reader.silenced, event.conversation_id, isinstance(event, e.ConversationMuted))

    # ---- relations --------------------------------------------------------------------------------------------------

    def _followed(self, event: e.Followed) -> None:
        self._account_changed(event.account_id)
        self._account_changed(event.target_id)
        self.loads.changed(("reader", event.account_id))
        reader = self.readers.get(event.account_id)
        if reader is not None:
            plain = event.reblogs and event.languages is None
            reader.follows[event.target_id] = EVERYTHING if plain else Wish(event.reblogs, event.languages)
            self._relations_changed(reader)
            if reader.watching:
                self.readers.join(event.target_id, reader)

    def _unfollowed(self, event: e.Unfollowed) -> None:
        self._account_changed(event.account_id)
        self._account_changed(event.target_id)
        self.loads.changed(("reader", event.account_id))
        reader = self.readers.get(event.account_id)
        if reader is not None:
            reader.follows.pop(event.target_id, None)
            reader.exclusive.discard(event.target_id)  # a place in a list ends with the follow
            self._relations_changed(reader)
            self.readers.leave(event.target_id, reader)

    def _blocked(self, event: e.Blocked | e.Unblocked) -> None:
        on = isinstance(event, e.Blocked)
        for account_id in (event.account_id, event.target_id):
            self.loads.changed(("reader", account_id))
        if (reader := self.readers.get(event.account_id)) is not None:
            _switch(reader.blocking, event.target_id, on)
            self._relations_changed(reader)
        if (reader := self.readers.get(event.target_id)) is not None:
            _switch(reader.blocked_by, event.account_id, on)
            self._relations_changed(reader)

    def _muted(self, event: e.Muted | e.Unmuted) -> None:
        self.loads.changed(("reader", event.account_id))
        reader = self.readers.get(event.account_id)
        if reader is not None:
            _switch(reader.muting, event.target_id, isinstance(event, e.Muted))
            self._relations_changed(reader)
            if isinstance(event, e.Muted) and event.expires_at is not None:
                reader.stale_at = min(reader.stale_at, event.expires_at)

    def _tag_followed(self, event: tags.TagFollowed | tags.TagUnfollowed) -> None:
        self.loads.changed(("reader", event.account_id))
        reader = self.readers.get(event.account_id)
        if reader is not None:
            on = isinstance(event, tags.TagFollowed)
            self.readers.follow_tag(reader, event.tag) if on else self.readers.unfollow_tag(reader, event.tag)
            reader.home = None

    def _relations_changed(self, reader: Reader) -> None:
        reader.home = None
        reader.choose()

    def _judged(self, event: moderation.AccountJudged) -> None:
        self._look_anew(event.account_id, event.quiet)

    def _closed(self, event: departures.AccountClosed) -> None:
        self._look_anew(event.account_id, True)

    def _look_anew(self, account_id: int, quiet: bool) -> None:
        """The posts of an account and its place in the public timeline may be others now."""
        self._account_changed(account_id)
        self.loads.everything_changed()
        _switch(self.quiet, account_id, quiet)
        for document in list(self.documents.values()):
            if document.account_id == account_id:
                self._document_changed(document.id)
        self.shore = None

    def _profile_changed(self, event: e.ProfileChanged | e.AccountOpened | moderation.RoleGiven) -> None:
        self._account_changed(event.account_id)

    def _account_changed(self, account_id: int) -> None:
        self.loads.changed(("account", account_id))
        self.accounts.drop(account_id)

    def _document_changed(self, status_id: int) -> None:
        self.loads.changed(("status", status_id))
        self.documents.drop(status_id)


def lose(mailbox: Mailbox) -> None:
    """Tell a listener that there is a gap, as when its mailbox overflows."""
    mailbox.lost = True
    mailbox.put(Message("raf.gap", b""))


def _switch(members: set[int], member: int, on: bool) -> None:
    if on:
        members.add(member)
    else:
        members.discard(member)


def replay(reader: Reader, happened: Iterable[e.RafEvent]) -> None:
    """Bring a home that was just loaded up to what happened meanwhile."""
    home = reader.home
    if home is None:
        return
    for event in happened:
        if isinstance(event, e.Posted):
            entry = entries.of_post(event, tagged=bool(reader.tags))
        elif isinstance(event, e.Boosted):
            entry = entries.of_boost(event)
        else:
            if isinstance(event, e.PostDeleted | e.PostEdited | e.Unboosted):
                reader.home = None
                return
            continue
        if reader.wants(entry):
            home.offer(entry)
