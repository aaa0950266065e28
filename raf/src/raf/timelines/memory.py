"""What one process keeps of the network. How each event changes it is in `raf.timelines.changes`."""

from __future__ import annotations

from collections.abc import Iterable

from ostrov import Mailbox, Message
from raf.domain.events import Boosted, PostDeleted, Posted, PostEdited, RafEvent, Unboosted
from raf.live import Board
from raf.timelines import entry as entries
from raf.timelines.caches import Loads, Recent
from raf.timelines.changes import CHANGES
from raf.timelines.documents import Document
from raf.timelines.public import Shore
from raf.timelines.reader import Reader
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

    def apply(self, event: RafEvent) -> None:
        """Bring everything up to one event."""
        self.loads.happened(event)
        change = CHANGES.get(type(event))
        if change is not None:
            change(self, event)

    def written_here(self, event: RafEvent) -> None:
        """This process itself has just written it: nobody has a mark on a new post yet, so its author's need no looking up."""
        if isinstance(event, Posted):
            author = self.readers.get(event.account_id)
            if author is not None:
                author.marks.put(event.status_id, 0)

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

    # ---- what is not so any more ------------------------------------------------------------------------------------

    def account_changed(self, account_id: int) -> None:
        """What an account shows of itself is read again."""
        self.loads.changed(("account", account_id))
        self.accounts.drop(account_id)

    def document_changed(self, status_id: int) -> None:
        """A post is read again."""
        self.loads.changed(("status", status_id))
        self.documents.drop(status_id)

    def reader_changed(self, account_id: int) -> Reader | None:
        """What is being read of a person just now is not kept; what is known of them, to be changed by the caller."""
        self.loads.changed(("reader", account_id))
        return self.readers.get(account_id)

    def mark(self, account_id: int, status_id: int, bit: int, on: bool) -> None:
        """Somebody marked a post, or took it back."""
        self.loads.changed(("marks", account_id))
        reader = self.readers.get(account_id)
        if reader is not None:
            known = reader.marks.get(status_id)
            if known is not None:
                reader.marks.put(status_id, known | bit if on else known & ~bit)


def lose(mailbox: Mailbox) -> None:
    """Tell a listener that there is a gap, as when its mailbox overflows."""
    mailbox.lost = True
    mailbox.put(Message("raf.gap", b""))


def replay(reader: Reader, happened: Iterable[RafEvent]) -> None:
    """Bring a home that was just loaded up to what happened meanwhile."""
    home = reader.home
    if home is None:
        return
    for event in happened:
        if isinstance(event, Posted):
            entry = entries.of_post(event, tagged=bool(reader.tags))
        elif isinstance(event, Boosted):
            entry = entries.of_boost(event)
        else:
            if isinstance(event, PostDeleted | PostEdited | Unboosted):
                reader.home = None
                return
            continue
        if reader.wants(entry):
            home.offer(entry)
