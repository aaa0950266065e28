"""Private conversations as the API shows them."""

from __future__ import annotations

from msgspec import Struct, field

from raf.entities.account import Account
from raf.entities.status import Status


class Conversation(Struct, kw_only=True):
    """Direct posts of a thread: its last one, and who else takes part in that."""

    id: str
    unread: bool = False
    accounts: list[Account] = field(default_factory=list)
    last_status: Status | None = None
