"""Commands: open an account, change what it shows."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from ostrov import Connection
from raf.domain import streams
from raf.domain.events import AccountOpened, ProfileChanged
from raf.errors import Invalid, Missing
from raf.forms import ProfileChange
from raf.journal import Journal

TAKEN = "SELECT 1 FROM account WHERE name_key = ?"
EXISTS = "SELECT 1 FROM account WHERE id = ?"


def open_account(connection: Connection, journal: Journal, username: str, *, display_name: str = "", bot: bool = False) -> int:
    """The new account's id. Raises Invalid when the name is taken; other rules of names are identity's."""
    now = journal.begin(connection)
    if connection.row(TAKEN, (username.lower(),)) is not None:
        raise Invalid({"username": [("ERR_TAKEN", "has already been taken")]})
    account_id = journal.ids.next(now)
    journal.put(
        connection,
        AccountOpened(
            **journal.first(streams.account(account_id), now),
            account_id=account_id,
            username=username,
            display_name=display_name,
            bot=bot,
        ),
    )
    return account_id


def change_profile(connection: Connection, journal: Journal, account_id: int, change: ProfileChange) -> None:
    """Write what is set. Raises Missing."""
    now = journal.begin(connection)
    fields: dict[str, Any] = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    if connection.row(EXISTS, (account_id,)) is None:
        raise Missing
    if not fields:
        return
    if "fields" in fields:
        fields["fields"] = tuple((name, value) for name, value in fields["fields"])
    journal.put(
        connection,
        ProfileChanged(
            **journal.next(connection, streams.account(account_id), now),
            account_id=account_id,
            **fields,
        ),
    )
