"""The people a process knows: those who came last, and by author the ones among them who want to hear at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from raf.timelines.ears import Ears
from raf.timelines.reader import Reader


class Readers:
    """Bounded. `audience` has by author the readers who are watching (their home is loaded, or somebody listens to it)."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.audience: dict[int, set[Reader]] = {}
        self.tagged: dict[str, set[Reader]] = {}
        """By hashtag the readers who are watching and follow it."""
        self.ears = Ears()
        """Who listens to lists, which need to know their owners as a home does."""
        self._readers: OrderedDict[int, Reader] = OrderedDict()

    def get(self, account_id: int) -> Reader | None:
        return self._readers.get(account_id)

    def used(self, account_id: int) -> None:
        """Somebody came again: they are the last to go."""
        self._readers.move_to_end(account_id)

    def keep(self, reader: Reader) -> None:
        """Remember a reader just loaded; the one who was away longest may go, but nobody whom others listen for."""
        before = self._readers.pop(reader.account_id, None)
        if before is not None:
            reader.mailboxes = before.mailboxes
            self._unwatch(before)
        self._readers[reader.account_id] = reader
        if reader.mailboxes:
            self.watch(reader)
        if len(self._readers) > self.most:
            for account_id, oldest in self._readers.items():
                if not self._needed(oldest) and oldest is not reader:
                    self.drop(account_id)
                    break

    def drop(self, account_id: int) -> None:
        """Forget a reader. One with listeners stays to serve them, and is read again at the next use."""
        reader = self._readers.get(account_id)
        if reader is None:
            return
        reader.stale_at = 0.0
        reader.home = None
        if not self._needed(reader):
            self._unwatch(reader)
            del self._readers[account_id]

    def watch(self, reader: Reader) -> None:
        """From now on what its followed accounts post reaches this reader."""
        if not reader.watching:
            reader.watching = True
            for author_id in reader.follows:
                self.join(author_id, reader)
            for tag in reader.tags:
                self.tagged.setdefault(tag, set()).add(reader)

    def join(self, author_id: int, reader: Reader) -> None:
        """A reader who is watching follows somebody more."""
        self.audience.setdefault(author_id, set()).add(reader)

    def leave(self, author_id: int, reader: Reader) -> None:
        """A reader follows somebody no more."""
        there = self.audience.get(author_id)
        if there is not None:
            there.discard(reader)
            if not there:
                del self.audience[author_id]

    def follow_tag(self, reader: Reader, tag: str) -> None:
        """A reader follows a hashtag more."""
        reader.tags.add(tag)
        if reader.watching:
            self.tagged.setdefault(tag, set()).add(reader)

    def unfollow_tag(self, reader: Reader, tag: str) -> None:
        """A reader follows a hashtag no more."""
        reader.tags.discard(tag)
        self._leave_tag(tag, reader)

    def following_tags(self, tags: Iterable[str]) -> set[Reader]:
        """Everybody who is watching and follows one of these hashtags."""
        found: set[Reader] = set()
        return found.union(*(self.tagged.get(tag, ()) for tag in tags))

    def _leave_tag(self, tag: str, reader: Reader) -> None:
        there = self.tagged.get(tag)
        if there is not None:
            there.discard(reader)
            if not there:
                del self.tagged[tag]

    def watching(self, author_id: int) -> Iterator[Reader]:
        """Everybody who may have something of an author in their home: those who follow, or follow tags, and the author."""
        yield from self.audience.get(author_id, ())
        if self.tagged:
            yield from self.following_tags(self.tagged) - self.audience.get(author_id, set()) - {self._readers.get(author_id)}
        own = self._readers.get(author_id)
        if own is not None and own.watching:
            yield own

    def _needed(self, reader: Reader) -> bool:
        """Whether somebody listens for this reader."""
        return bool(reader.mailboxes) or self.ears.hold(reader.account_id)

    def _unwatch(self, reader: Reader) -> None:
        if reader.watching:
            reader.watching = False
            for author_id in reader.follows:
                self.leave(author_id, reader)
            for tag in reader.tags:
                self._leave_tag(tag, reader)

    def __getitem__(self, account_id: int) -> Reader:
        return self._readers[account_id]

    def __iter__(self) -> Iterator[Reader]:
        return iter(list(self._readers.values()))

    def __len__(self) -> int:
        return len(self._readers)
