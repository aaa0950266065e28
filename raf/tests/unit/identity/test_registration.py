"""What somebody may sign up with."""

from __future__ import annotations

import pytest

from raf.identity.emails import normal_email, problems_of_email
from raf.identity.passwords import problems_of_password
from raf.identity.registration import NewAccount, problems_of_registration
from raf.identity.usernames import problems_of_username


def codes(problems: list[tuple[str, str]]) -> list[str]:
    return [code for code, _ in problems]


@pytest.mark.parametrize("name", ["a", "anna", "Anna_1", "x" * 30, "_", "0"])
def test_names_that_mastodon_takes_are_taken(name: str) -> None:
    assert problems_of_username(name) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "ERR_BLANK"),
        ("a b", "ERR_INVALID"),
        ("anna\n", "ERR_INVALID"),
        ("анна", "ERR_INVALID"),
        ("a.b", "ERR_INVALID"),
        ("１２", "ERR_INVALID"),
        ("x" * 31, "ERR_TOO_LONG"),
        ("Admin", "ERR_RESERVED"),
        ("root", "ERR_RESERVED"),
    ],
)
def test_names_that_would_break_the_fediverse_or_pass_for_the_house_are_refused(name: str, code: str) -> None:
    assert code in codes(problems_of_username(name))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        (" a.b+c@x.io ", "a.b+c@x.io"),
        ("anna@кофе.рф", "anna@xn--e1ajmy.xn--p1ai"),
    ],
)
def test_the_same_address_typed_differently_is_one_address(typed: str, kept: str) -> None:
    assert normal_email(typed) == kept
    assert problems_of_email(typed) == []


@pytest.mark.parametrize(
    "email",
    [
        *("anna", "@x.org", "anna@", "anna@host", "a b@x.org", "a@x..org", "a@-x.org", "a@1.2.3.4"),
        *("a@x.org\nBcc: b@y.org", "a" * 65 + "@x.org"),
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert codes(problems_of_email(email)) == ["ERR_INVALID"]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "ERR_BLANK"),
        ("short", "ERR_TOO_SHORT"),
        ("x" * 300, "ERR_TOO_LONG"),
        ("elevenchars", "ERR_TOO_SHORT"),
        ("soy     milk", "ERR_TOO_SHORT"),
        ("Password1234", "ERR_INVALID"),
        ("P@ssw0rd2024!", "ERR_INVALID"),
        ("1qaz2wsx3edc", "ERR_INVALID"),
        ("qwerty12345678", "ERR_INVALID"),
        ("пароль123456", "ERR_INVALID"),
        ("йцукенгшщзхъ", "ERR_INVALID"),
        ("aaaaaaaaaaaaa", "ERR_INVALID"),
        ("coffeelover2", "ERR_INVALID"),
        ("me@example.org", "ERR_INVALID"),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str, code: str) -> None:
    assert codes(problems_of_password(password, "CoffeeLover", "me@example.org")) == [code]


@pytest.mark.parametrize(
    "password",
    ["coconut and soy", "кофе с кокосом и соей", "☕🥥☕🥥🌱 к утру", "Kofe-s-molokom"],
)
def test_any_letters_will_do_and_none_are_demanded(password: str) -> None:
    assert problems_of_password(password, "anna", "anna@example.org") == []


def test_everything_wrong_is_told_at_once() -> None:
    problems = problems_of_registration(NewAccount(username="", email="x", password="1", locale="de", agreement=False))
    assert {field: codes(found) for field, found in problems.items()} == {
        "username": ["ERR_BLANK"],
        "email": ["ERR_INVALID"],
        "password": ["ERR_TOO_SHORT"],
        "agreement": ["ERR_ACCEPTED"],
        "locale": ["ERR_INCLUSION"],
    }
