"""`/api/v1/emails/…`: an account that was just made, and whose address is not confirmed yet."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from raf.errors import Forbidden
from raf.letters.proving import open_proving
from raf.mastodon.access import newcomer
from raf.mastodon.endpoint import Asked, get, post

OF_APPLICATION = "SELECT application_id FROM credential WHERE account_id = ?"
OTHERS = "This method is only available to the application the user originally signed-up with"
CONFIRMED = "This method is only available while the e-mail is awaiting confirmation"


class Confirmation(msgspec.Struct):
    """The address to write to, when it is another one."""

    email: str | UnsetType = UNSET


@post("/api/v1/emails/confirmations", newcomer("write:accounts"), form=Confirmation)
async def write_again(call: Asked) -> bytes:
    """Send the letter once more, perhaps to another address."""
    access = call.access
    assert access is not None
    store = call.house.application.store
    owner = await store.read(lambda connection: connection.value(OF_APPLICATION, (access.account_id,)))
    if owner != access.application_id:
        raise Forbidden(OTHERS)
    proving = call.house.application.part(open_proving)
    if not await proving.waits(call.account_id):
        raise Forbidden(CONFIRMED)
    asked = await call.form(Confirmation)
    if isinstance(asked.email, str):
        await proving.correct(call.account_id, asked.email)
    else:
        await proving.write_again(call.account_id)
    return b"{}"


@get("/api/v1/emails/check_confirmation", newcomer("read:accounts", "profile"), bool)
async def check(call: Asked) -> bytes:
    """Whether the address is confirmed."""
    waits = await call.house.application.part(open_proving).waits(call.account_id)
    return b"false" if waits else b"true"


HANDLERS = [write_again, check]
