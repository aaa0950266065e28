"""A letter as it goes over the wire: MIME by the standard library, whose headers cannot be broken out of."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import NamedTuple
from urllib.parse import urlsplit

from raf.letters.letter import Letter


class Envelope(NamedTuple):
    """What stands on a letter. `identity` makes its Message-ID: a letter sent twice is one letter to who reads it."""

    identity: int
    sender: Address
    recipient: Address
    created_at: float
    reply_to: Address | None = None
    stop: str = ""
    """An address that ends letters of this kind by one POST (RFC 8058)."""


def make_message(letter: Letter, html: str, envelope: Envelope) -> EmailMessage:
    """Text and HTML, with the headers of mail that nobody is to answer automatically (RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = plain(letter.subject)
    message["From"] = envelope.sender
    message["To"] = envelope.recipient
    message["Date"] = format_datetime(datetime.fromtimestamp(envelope.created_at, UTC))
    message["Message-ID"] = f"<{envelope.identity}.raf@{envelope.sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if envelope.reply_to is not None:
        message["Reply-To"] = envelope.reply_to
    if envelope.stop:
        message["List-Unsubscribe"] = f"<{envelope.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text(), cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def plain(text: str) -> str:
    """One line, without what is no letter: control characters, and marks that turn the direction of text."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def mailbox(email: str, name: str = "") -> Address:
    """An address for a header and for the envelope: its domain in ASCII (RFC 5891). Raises ValueError."""
    local, _, domain = email.strip().rpartition("@")
    return Address(plain(name), local, domain.encode("idna").decode() if domain else "")


def sender_of(setting: str, title: str, url: str) -> Address:
    """From whom letters come: as the setting says, else noreply at the public address. Raises ValueError."""
    name, email = parseaddr(setting)
    if not email:
        host = urlsplit(url).hostname or "localhost"
        return Address(plain(title), "noreply", f"[{host}]" if host.replace(".", "").isdigit() or ":" in host else host)
    return mailbox(email, name or title)
