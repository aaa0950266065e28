"""A relay: an SMTP server of a provider or of this machine (RFC 5321, submission RFC 6409, STARTTLS RFC 3207)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from raf.letters.engine import Undeliverable, Unsent
from raf.letters.settings import MailSettings

TRANSIENT = 400
PERMANENT = 500
AUTHENTICATION = (530, 534, 535, 538)
"""Refusals of us, not of the letter (RFC 4954 §6): the settings are to be mended, then the letter goes."""


class Relay:
    """One connection a letter: letters are few, and a connection kept open is one that may have died."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def carry(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Hand a letter over. Raises Unsent, Undeliverable."""
        with self._session() as session:
            for code, said in (session.mail(sender), session.rcpt(recipient)):
                self._judge(code, said)
            code, said = session.data(message.as_bytes())
            self._judge(code, said)
            return f"{code} {_text(said)}"

    def greet(self) -> str:
        """Whether the relay lets us in. Raises Unsent."""
        with self._session() as session:
            return _text(session.ehlo_resp or b"").partition("\n")[0] or self._settings.host

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        try:
            session = self._open()
            try:
                if settings.user:
                    session.login(settings.user, settings.password)
                yield session
            finally:
                with suppress(smtplib.SMTPException, OSError):  # the letter is taken already, or was not to be
                    session.quit()
                session.close()
        except (Undeliverable, Unsent):
            raise
        except (smtplib.SMTPException, OSError) as problem:
            raise Unsent(
                f"the mail relay {settings.host}:{settings.port} did not take a letter: {problem}",
                tip="look at raf.mail: ostrov config show --origin raf.mail, then ostrov raf mail-test ADDRESS",
            ) from problem

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        place = (settings.host, settings.port)
        if settings.security == "none":
            if settings.user:
                raise Unsent("raf.mail.user is set and raf.mail.security is none: a password does not go out in the open")
            session = smtplib.SMTP(*place, timeout=settings.timeout)
            session.ehlo()
            return session
        context = ssl.create_default_context()
        if settings.ca:
            context.load_verify_locations(settings.ca)
        if settings.security == "tls":
            session = smtplib.SMTP_SSL(*place, timeout=settings.timeout, context=context)
        else:
            session = smtplib.SMTP(*place, timeout=settings.timeout)
            session.starttls(context=context)
        session.ehlo()
        return session

    def _judge(self, code: int, said: bytes) -> None:
        if code < TRANSIENT:
            return
        words = f"{code} {_text(said)}"
        if code >= PERMANENT and code not in AUTHENTICATION:
            raise Undeliverable(f"the letter was refused: {words}")
        raise Unsent(f"the mail relay asks to come back: {words}")


def _text(said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in words)
