"""What `ostrov doctor` asks of the mail."""

from __future__ import annotations

from ostrov import Finding, Ostrov
from raf.letters.engine import Unsent, open_carrier
from raf.letters.settings import MailSettings

REFUSED = "SELECT count(*) FROM letter WHERE state = 'refused'"


def mail(application: Ostrov) -> Finding:
    """Whether the relay lets us in, and whether letters came back."""
    settings: MailSettings = application.settings.raf.mail
    if not settings.on:
        return Finding(
            "ok",
            "this house sends no mail: addresses are not confirmed, and nobody can replace a forgotten password",
            tip="set raf.mail.host: docs/how-to/mail.md",
        )
    try:
        said = open_carrier(settings).greet()
    except Unsent as problem:
        return Finding("failure", problem.error, tip=problem.tip)
    refused = application.store.read_sync(lambda connection: connection.value(REFUSED)) or 0
    if refused:
        return Finding(
            "warning", f"the mail relay is there, and {refused} letters came back", tip="ostrov raf mail-list refused"
        )
    return Finding("ok", f"the mail relay is there: {said}")
