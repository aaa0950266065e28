"""Form tokens, and where log-in leads."""

from __future__ import annotations

import pytest

from raf.identity.csrf import csrf_token, csrf_valid, same_origin
from raf.identity.redirects import safe_next
from raf.identity.secrets import new_token


def test_a_form_token_holds_for_its_cookie_and_no_other() -> None:
    cookie, other = new_token(), new_token()
    token = csrf_token(cookie)
    assert csrf_valid(cookie, token)
    assert not csrf_valid(other, token)
    assert not csrf_valid("", token)
    assert not csrf_valid(cookie, "")
    assert not csrf_valid(cookie, cookie)


def test_a_form_token_looks_different_each_time() -> None:
    cookie = new_token()
    assert csrf_token(cookie) != csrf_token(cookie)


@pytest.mark.parametrize("token", ["x", "=", "ы" * 10, "A" * 85, "A" * 86, "A" * 200])
def test_a_forged_form_token_is_refused_without_an_error(token: str) -> None:
    assert not csrf_valid(new_token(), token)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "https://raf.example"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"}, True),
    ],
)
def test_a_form_of_another_site_is_known_by_its_headers(headers: dict[str, str], ours: bool) -> None:
    assert same_origin(headers, "https://raf.example") is ours


@pytest.mark.parametrize("target", ["/home", "/@anna/1?x=1#y", "/oauth/authorize?redirect_uri=https://x.org/"])
def test_log_in_leads_to_a_page_of_ours(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    ["", None, "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "home",
     "javascript:alert(1)", "/\n/evil.example", " //evil.example", "/" + "x" * 3000],
)  # fmt: skip
def test_log_in_never_leads_to_another_site(target: str | None) -> None:
    assert safe_next(target, "/otherwise") == "/otherwise"
