"""What comes in is read with suspicion."""

from __future__ import annotations

import string
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostrov.console.csrf import check_form, form_token
from ostrov.console.http import PREFIX, Request, Response, local_path
from ostrov.core.errors import Denied, UsageError


def request(**headers: str) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "/", {}, named, "192.0.2.1", False, receive)


@given(st.text(alphabet=string.printable + "/\\\\:@?#é\u2028", max_size=30))
@settings(max_examples=300, deadline=None)
def test_a_redirect_stays_below_the_console_whatever_is_asked(wanted: str) -> None:
    base = "https://console.test/console/login"
    target = urlsplit(urljoin(base, PREFIX + local_path(wanted)))
    assert target.netloc == "console.test"
    assert target.path.startswith("/console")


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/audit?q=a", "/audit?q=a"),
        ("/console/audit", "/audit"),
        ("/console?q=1", "/?q=1"),
        ("/console", "/"),
        ("", "/"),
        ("/../etc", "/"),
        ("/a/../../b", "/"),
        ("/%2E%2e/b", "/"),
        ("/.%2e?q=1", "/"),
        ("/a..b?q=/../", "/a..b?q=/../"),
        ("/consoles", "/consoles"),
    ],
)
def test_paths_of_the_console(wanted: str, path: str) -> None:
    assert local_path(wanted) == path


def test_a_form_token_belongs_to_one_secret() -> None:
    token = form_token("secret")
    check_form(request(host="a.test", origin="http://a.test"), {"_csrf": token}, "secret")
    for form, secret in (({"_csrf": token}, "other"), ({}, "secret"), ({"_csrf": ""}, ""), ({"_csrf": "é"}, "secret")):
        with pytest.raises(Denied):
            check_form(request(host="a.test"), form, secret)
    with pytest.raises(Denied):
        check_form(request(host="a.test", origin="http://b.test"), {"_csrf": token}, "secret")


def test_a_broken_query_or_cookie_is_not_a_mistake_of_ours() -> None:
    scope = {
        "method": "GET",
        "path": "/console/x",
        "query_string": b"a=%ff",
        "headers": [(b"cookie", b"a=1; b=\x00; ostrov_console=k; =; c")],
    }
    with pytest.raises(UsageError):
        Request.of(scope, request().receive)
    scope["query_string"] = b""
    assert isinstance(Request.of(scope, request().receive).cookies, dict)


def test_cookies_of_another_application_do_not_hide_ours() -> None:
    header = 'raf_session=x; odd[name]=1; json={"a": 1}; ostrov_console=key; language=ru'
    assert request(cookie=header).cookies["ostrov_console"] == "key"


def test_a_cookie_is_kept_to_the_console() -> None:
    response = Response()
    response.cookie("name", "value", secure=True, max_age=5)
    assert response.headers == [("set-cookie", "name=value; Path=/console; SameSite=Strict; Max-Age=5; HttpOnly; Secure")]
