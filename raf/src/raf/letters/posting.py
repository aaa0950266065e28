"""Put a letter into the outgoing mail, in the transaction of what it tells of."""

from __future__ import annotations

import time
from typing import Any

from ostrov import Connection, current
from raf.letters.rows import insert_letter
from raf.letters.tasks import deliver

ADDRESSED = "SELECT email, locale FROM credential WHERE account_id = ?"


def post(connection: Connection, account_id: int, kind: str, /, recipient: str = "", **about: Any) -> int:
    """Write a letter to an account, or to `recipient`; its id, 0 when this house sends no mail or nobody can be written to.

    `kind` is one of `raf.letters.wording.LETTERS`, `about` what it speaks of. It leaves when the transaction commits.
    """
    if not current().settings.raf.mail.on:
        return 0
    found = connection.row(ADDRESSED, (account_id,))
    if found is None:
        return 0
    identity = insert_letter(connection, account_id, kind, recipient or found[0], found[1], about, time.time())
    deliver.enqueue_in(connection, identity)
    return identity
