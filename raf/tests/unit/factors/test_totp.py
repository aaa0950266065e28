"""Codes as RFC 6238 has them."""

from __future__ import annotations

import base64

import pytest

from raf.factors import recovery, totp
from raf.factors.drawing import qr_code

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standards_appendix(now: int, code: str) -> None:
    assert totp.code_of(SECRET, totp.step_of(now)) == code


def test_a_clock_half_a_minute_off_is_forgiven_and_a_minute_and_a_half_is_not() -> None:
    now = 1111111111.0
    for off, right in ((-30, True), (0, True), (30, True), (-90, False), (90, False)):
        code = totp.code_of(SECRET, totp.step_of(now + off))
        assert (totp.step_of_code(SECRET, code, now, 0) is not None) is right


def test_a_code_is_of_no_use_after_its_period_was_used() -> None:
    now = 1111111111.0
    step = totp.step_of_code(SECRET, "050471", now, 0)
    assert step is not None
    assert totp.step_of_code(SECRET, "050471", now, step) is None


@pytest.mark.parametrize("code", ["", "12345", "абвгде", "\ud800", "0504710"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert totp.step_of_code(SECRET, code, 1111111111.0, 0) is None


def test_recovery_codes_are_ten_unlike_ones_and_read_however_typed() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    assert recovery.plain(" " + codes[0].upper().replace("-", " ")) == recovery.plain(codes[0])


def test_an_authenticator_reads_the_whole_address_from_the_drawing() -> None:
    address = totp.address(SECRET, "anna@raf.example", "Raf & friends")
    assert address.startswith("otpauth://totp/Raf%20%26%20friends%3Aanna%40raf.example?secret=")
    drawing = qr_code(address)
    assert drawing.path.startswith("M4 4h1v1h-1z")  # the finder pattern, after four modules of white
    assert drawing.size > 40
