"""What an operator does about mail."""

from __future__ import annotations

from ostrov import Ostrov, UsageError, operation

PERMISSION = "raf.moderate"
SURFACES = ("cli", "http")
LISTED = """
SELECT l.id, l.kind, a.username, l.state, l.error FROM letter l LEFT JOIN account a ON a.id = l.account_id
WHERE l.state = ? ORDER BY l.id DESC LIMIT 50"""
STATES = ("waiting", "sent", "refused", "dropped")


@operation("raf.mail-test", permission=PERMISSION, surfaces=SURFACES)
async def trial(application: Ostrov, address: str) -> str:
    """Send a letter to an address at once, to see whether one arrives; what the relay answered."""
    import asyncio
    import time

    from ostrov import base_url
    from raf.identity.emails import normal_email
    from raf.identity.secrets import new_id
    from raf.letters.letters import open_letters
    from raf.letters.message import Envelope, mailbox, make_message, sender_of
    from raf.letters.typesetting import set_in_type
    from raf.letters.wording import LETTERS, Occasion
    from raf.web.languages import Language

    settings = application.settings.raf
    if not settings.mail.on:
        raise UsageError("this house sends no mail", tip="set raf.mail.host: docs/how-to/mail.md")
    if not normal_email(address):
        raise UsageError(f"{address} is no e-mail address")
    url, now = base_url(application), time.time()
    letter = LETTERS["trial"](Occasion(Language("en"), settings.title, url, "", {}))
    sender, recipient = sender_of(settings.mail.sender, settings.title, url), mailbox(address)
    html = set_in_type(letter, language="en", title=settings.title, url=url)
    message = make_message(letter, html, Envelope(new_id(now), sender, recipient, now))
    carrier = application.part(open_letters).carrier
    return await asyncio.to_thread(carrier.carry, message, sender.addr_spec, recipient.addr_spec)


@operation("raf.mail-list", permission=PERMISSION, surfaces=SURFACES)
async def listed(application: Ostrov, state: str = "refused") -> str:
    """The last letters that are waiting, sent, refused or dropped."""
    if state not in STATES:
        raise UsageError(f"no letter is {state}", tip=", ".join(STATES))
    rows = await application.store.read(lambda connection: connection.rows(LISTED, (state,)))
    lines = [
        f"{identity} {kind} to {username or '?'}: {said} {error}".rstrip() for identity, kind, username, said, error in rows
    ]
    return "\n".join(lines) or f"no letter is {state}"


@operation("raf.mail-address", permission=PERMISSION, surfaces=SURFACES)
async def address(application: Ostrov, name: str, email: str) -> str:
    """Give somebody another address, confirmed: for who has lost the mailbox, or while no mail is sent."""
    import time

    from raf.identity import credentials
    from raf.identity.emails import normal_email
    from raf.identity.recognized import TOPIC as REVOKED
    from raf.letters.proving import CONFIRM, END_CHANGE

    if not normal_email(email):
        raise UsageError(f"{email} is no e-mail address")
    found = await application.store.read(credentials.find_credential, name)
    if found is None:
        raise UsageError(f"nobody here is called {name}", tip="give the user name without the server's")
    if not await application.store.write(credentials.replace_email, found.account_id, email):
        raise UsageError(f"somebody else has {email}")
    await application.store.write(lambda connection: connection.execute(CONFIRM, (time.time(), found.account_id)))
    await application.store.write(lambda connection: connection.execute(END_CHANGE, (found.account_id,)))
    application.channel.publish(REVOKED)
    return f"{found.username} logs in with {email}"
