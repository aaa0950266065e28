"""The relay as it is spoken to: TLS, passwords, headers nobody breaks out of."""

from __future__ import annotations

import ssl
import time
from email.headerregistry import Address
from pathlib import Path

import pytest

from raf.letters.engine import Unsent
from raf.letters.engines.relay import Relay
from raf.letters.letter import Letter
from raf.letters.message import Envelope, mailbox, make_message, sender_of
from raf.letters.settings import MailSettings
from raf.letters.testing import PASSWORD, USER, make_certificate, relay, words

LETTER = Letter(subject="Привет", heading="Hello", paragraphs=["One\n.\nTwo"], closing="why")


def message(subject: str = "Привет", name: str = "Raf"):
    letter = Letter(subject=subject, heading="Hello", paragraphs=["One", ".", "From here"], closing="why")
    envelope = Envelope(7, Address(name, "raf", "example.net"), mailbox("ann@example.org"), time.time())
    return make_message(letter, "<p>Hello</p>", envelope)


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_a_letter_goes_over_tls_with_a_password(tmp_path: Path, implicit: bool) -> None:
    certificate = make_certificate(tmp_path)
    with relay(certificate, implicit=implicit, password=True) as (received, port):
        settings = MailSettings(
            host="127.0.0.1",
            port=port,
            security="tls" if implicit else "starttls",
            ca=str(certificate),
            user=USER,
            password=PASSWORD,
        )
        Relay(settings).carry(message(), "raf@example.net", "ann@example.org")
        assert received.newest()["Subject"] == "Привет"
        assert received.sessions[0].authenticated
        assert received.newest()["Message-ID"] == "<7.raf@example.net>"
        assert words(received.newest()).splitlines()[4] == "."  # a lone dot ends no letter (RFC 5321 §4.5.2)


def test_a_relay_whose_certificate_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    with relay(make_certificate(tmp_path), password=True) as (received, port):
        settings = MailSettings(host="127.0.0.1", port=port, user=USER, password=PASSWORD)
        with pytest.raises(Unsent) as refused:
            Relay(settings).carry(message(), "raf@example.net", "ann@example.org")
        assert isinstance(refused.value.__cause__, ssl.SSLCertVerificationError)
        assert received.letters == []


def test_a_relay_without_tls_gets_nothing_when_tls_is_asked_for() -> None:
    with relay() as (received, port):
        with pytest.raises(Unsent, match="STARTTLS"):
            Relay(MailSettings(host="127.0.0.1", port=port)).carry(message(), "raf@example.net", "ann@example.org")
        assert received.letters == []


def test_a_password_does_not_go_out_in_the_open() -> None:
    with relay() as (received, port):
        settings = MailSettings(host="127.0.0.1", port=port, security="none", user=USER, password=PASSWORD)
        with pytest.raises(Unsent, match="in the open"):
            Relay(settings).carry(message(), "raf@example.net", "ann@example.org")
        assert received.letters == []


def test_a_wrong_password_says_where_to_look(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with relay(certificate, password=True) as (_, port):
        settings = MailSettings(host="127.0.0.1", port=port, ca=str(certificate), user=USER, password="wrong", timeout=2)
        with pytest.raises(Unsent) as refused:
            Relay(settings).greet()
        assert "raf.mail" in refused.value.tip
        assert "wrong" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["Ann\r\nBcc: eve@example.org", "Ann\nX-Evil: 1", "Ann\x00\x1b[2J", "Ann\u2028Bcc: eve@example.org"]
)
def test_nobody_breaks_out_of_a_header(name: str) -> None:
    with relay() as (received, port):
        made = make_message(
            Letter(subject=f"{name} mentioned you", heading="x", paragraphs=[], closing="y"),
            "<p>x</p>",
            Envelope(1, sender_of("", name, "https://raf.example"), mailbox("ann@example.org"), time.time()),
        )
        Relay(MailSettings(host="127.0.0.1", port=port, security="none")).carry(made, "a@example.net", "ann@example.org")
        assert received.newest()["Bcc"] is None
        assert received.newest()["X-Evil"] is None
        assert received.letters[0][0].rcpt_tos == ["ann@example.org"]
        assert "Ann" in received.newest()["Subject"]


def test_an_address_of_another_alphabet_goes_out_in_ascii() -> None:
    assert mailbox("иван@пример.рф".replace("иван", "ivan")).addr_spec == "ivan@xn--e1afmkfd.xn--p1ai"


@pytest.mark.parametrize(
    ("setting", "sent"),
    [
        ("", "Raf <noreply@raf.example>"),
        ("cup@example.net", "Raf <cup@example.net>"),
        ("The house <cup@example.net>", "The house <cup@example.net>"),
    ],
)
def test_letters_come_from_whom_the_setting_says(setting: str, sent: str) -> None:
    assert str(sender_of(setting, "Raf", "https://raf.example:8443")) == sent
