"""The port to whoever carries letters. The relay is one engine; a mail server of the house's own can be another."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol

from raf.errors import RafError

if TYPE_CHECKING:
    from raf.letters.settings import MailSettings


class Unsent(RafError):
    """The letter could not be handed over; it may be at another time."""

    status = 503


class Undeliverable(RafError):
    """The letter was refused for good."""


class Carrier(Protocol):
    """Takes letters over. All methods block and are called in threads."""

    def carry(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Hand one letter over; what the other side answered. Raises Unsent, Undeliverable."""

    def greet(self) -> str:
        """Log in and out again, as a test; who answered. Raises Unsent."""


def open_carrier(settings: MailSettings) -> Carrier:
    """The carrier that the settings choose."""
    from raf.letters.engines.relay import Relay

    return Relay(settings)
