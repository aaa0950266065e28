"""Passwords are kept as argon2id hashes."""

from __future__ import annotations

import pytest

from ostrov.core.errors import UsageError
from ostrov.core.operations.operators.passwords import LONGEST, hash_password, verify_password

PASSWORD = "a few random words"


def test_only_the_password_fits_its_hash() -> None:
    hashed = hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert verify_password(hashed, PASSWORD)
    assert not verify_password(hashed, PASSWORD + ".")
    assert hash_password(PASSWORD) != hashed


@pytest.mark.parametrize("hashed", ["", "nonsense", "$argon2id$v=19$broken"])
def test_what_is_no_hash_fits_nothing(hashed: str) -> None:
    assert not verify_password(hashed, PASSWORD)
    assert not verify_password(hashed, "nobody has this password")


@pytest.mark.parametrize("password", ["", "short", "x" * (LONGEST + 1)])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(UsageError):
        hash_password(password)
