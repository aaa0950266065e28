"""Forms are taken from our own pages only: a token bound to the visitor's secret cookie, and the browser's word for it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from ostrov.console.http import Request
from ostrov.core.errors import Denied

FIELD = "_csrf"
OUR_SITES = ("same-origin", "none")


def form_token(secret: str) -> str:
    """The token of every form shown to the holder of a secret cookie. It says nothing about the secret."""
    return hmac.new(secret.encode(), b"console form", sha256).hexdigest()


def check_form(request: Request, form: Mapping[str, str], secret: str, own_host: str = "") -> None:
    """Raise Denied unless the form was sent by one of our pages to whom we gave this secret.

    `own_host` is the public address's host, when a proxy in front asks us under another one.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    hosts = {request.headers.get("host", ""), own_host} - {""}
    foreign = site not in OUR_SITES or (origin is not None and urlsplit(origin).netloc not in hosts)
    if foreign or not secret or not hmac.compare_digest(form.get(FIELD, "").encode(), form_token(secret).encode()):
        raise Denied(
            "this form cannot be accepted",
            cause="it comes from another site" if foreign else "it is older than your log-in",
            tip="go back, reload the page and send it again",
        )
