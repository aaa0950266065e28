"""For tests: a real mail server, aiosmtpd on a port of its own, which keeps what it is given."""

from __future__ import annotations

import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "raf", "coconut"


class Mailbox:
    """What arrived. `answers` are said to the next letters in place of 250; an answer of None breaks the connection off."""

    def __init__(self) -> None:
        self.letters: list[tuple[Envelope, EmailMessage]] = []
        self.answers: list[str] = []
        self.refused_recipients: dict[str, str] = {}
        self.sessions: list[Session] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            message = email.message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            self.letters.append((envelope, message))
            self.sessions.append(session)
        return answer

    def newest(self) -> EmailMessage:
        return self.letters[-1][1]

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one address."""
        return [message for envelope, message in self.letters if address in envelope.rcpt_tos]

    def link(self, path: str, address: str) -> str:
        """The path and query of the last link below `path` in a letter to somebody."""
        for message in reversed(self.to(address)):
            for word in words(message).split():
                if path in word:
                    return word[word.index(path) :]
        raise LookupError(f"no link to {path} in a letter to {address}")


def words(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a letter as a mail program would show it."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=good)


@contextmanager
def relay(certificate: Path | None = None, *, implicit: bool = False, password: bool = False) -> Iterator[tuple[Mailbox, int]]:
    """A server and its port; with a certificate it speaks STARTTLS, or `implicit` TLS from the first byte."""
    mailbox = Mailbox()
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0, "ready_timeout": 20}
    if password:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": not implicit}
    if context is not None and not implicit:
        options |= {"tls_context": context, "require_starttls": True}
    controller = _AnyPort(mailbox, ssl_context=context if implicit else None, **options)
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


class _AnyPort(Controller):
    """`start` looks whether the server answers; with port 0 it has to ask which it got."""

    def _trigger_server(self) -> None:
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def make_certificate(folder: Path) -> Path:
    """A certificate of one's own for 127.0.0.1, with its key in the same file."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "relay.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(pem) + secret)
    return path
