"""A visit: who asks for a page, in which language and light, and where they came from."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from litestar import Request
from markupsafe import Markup, escape

from raf import entities
from raf.errors import RafError
from raf.identity import Session, csrf
from raf.identity.barring import Barred
from raf.identity.redirects import safe_next
from raf.identity.secrets import new_token
from raf.identity.sessions import cookie_name
from raf.web.answer import cookie
from raf.web.frames import slot
from raf.web.languages import LANGUAGES, Language, preferred
from raf.web.notices import NOTICES

if TYPE_CHECKING:
    from raf.web.house import House

AnyRequest = Request[Any, Any, Any]
LANGUAGE_COOKIE = "raf_language"
THEME_COOKIE = "raf_theme"
NOTICE_COOKIE = "raf_notice"
THEMES = ("light", "dark")


class LogInFirst(RafError):
    """The page is for people who are logged in; `back` is where they wanted to go."""

    status = 401

    def __init__(self, back: str) -> None:
        super().__init__("Log in first")
        self.back = back


class Visit:
    """Made once a request. `cookies` are values of `Set-Cookie` to send with the answer."""

    __slots__ = (
        "barred",
        *("_csrf", "_key", "_own", "address", "back", "cookies", "framing", "_here", "house", "language", "new_visitor"),
        *("notice", "path", "request", "session", "site", "theme", "unread", "viewer"),
    )

    def __init__(self, house: House, request: AnyRequest) -> None:
        self.house = house
        self.site = house.site
        self.request = request
        self.cookies: list[str] = []
        self.session: Session | None = None
        self.barred: Session | None = None
        """The session of somebody who may do nothing but read why; for all else they are a stranger."""
        self.viewer: entities.Account | None = None
        self.framing = False
        self.unread = 0
        self.new_visitor = ""
        scope = request.scope
        self.path: str = quote(scope["path"], safe="/@:~!$&'()*+,;=")
        query = scope["query_string"].decode("latin-1")
        self._here = f"{self.path}?{query}" if query else self.path
        self.back = self._came_from()
        self.address = request.client.host if request.client else ""
        cookies = request.cookies
        self.theme = cookies.get(THEME_COOKIE, "") if cookies.get(THEME_COOKIE) in THEMES else ""
        self._key = self.session_token() or cookies.get(csrf.VISITOR_COOKIE, "")
        self._csrf = ""
        self._own: entities.CredentialAccount | None = None
        code = cookies.get(LANGUAGE_COOKIE, "")
        self.language: Language = house.languages[code if code in LANGUAGES else preferred(self._header("accept-language"))]
        self.notice = self._notice(cookies.get(NOTICE_COOKIE, ""))

    @property
    def account_id(self) -> int | None:
        """Who is logged in."""
        return self.session.account_id if self.session else None

    @property
    def here(self) -> str:
        """The page's own address, for forms that come back to it."""
        return slot("here") if self.framing else self._here

    @contextmanager
    def framed(self) -> Iterator[None]:
        """While a frame is rendered, what differs each time is a slot."""
        self.framing = True
        try:
            yield
        finally:
            self.framing = False

    def filling(self) -> dict[str, bytes]:
        """What goes into the slots of a frame."""
        here = str(escape(self._here)).encode()
        return {"csrf": self.csrf.encode(), "nonce": self.nonce().encode(), "here": here}

    @property
    def csrf(self) -> str:
        """The token forms carry. A stranger gets a cookie that it belongs to."""
        if self.framing:
            return slot("csrf")
        if not self._csrf:
            if not self._key:
                self._key = self.new_visitor = new_token()
                self.cookies.append(cookie(csrf.VISITOR_COOKIE, self._key, secure=self.site.secure, days=30))
            self._csrf = csrf.csrf_token(self._key)
        return self._csrf

    def wants_fragment(self) -> bool:
        """Whether a script of ours asks, which puts the answer into the page it has."""
        return self._header("x-raf") == "fragment"

    def member(self) -> int:
        """The account of who is logged in. Raises LogInFirst."""
        if self.barred is not None:
            raise Barred(self.barred.barred)
        if self.session is None:
            raise LogInFirst(self.here if self.request.method == "GET" else self.back)
        return self.session.account_id

    async def own_account(self) -> entities.CredentialAccount:
        """The visitor's account with its preferences, looked up once. Raises LogInFirst."""
        if self._own is None:
            self._own = await self.house.raf.credential_account(self.member())
        return self._own

    def nonce(self) -> str:
        """So that a form sent twice posts once."""
        return slot("nonce") if self.framing else secrets.token_urlsafe(12)

    def tell(self, notice: str) -> None:
        """Tell something on the next page (a key of `NOTICES`)."""
        self.cookies.append(cookie(NOTICE_COOKIE, notice, secure=self.site.secure, days=1 / 1440))

    def session_token(self) -> str:
        """What the session's cookie holds, valid or not."""
        token: str = self.request.cookies.get(cookie_name(secure=self.site.secure), "")
        return token

    def csrf_holds(self, token: str) -> bool:
        """Whether a form was made by us for this browser."""
        headers = {name: self._header(name) for name in ("sec-fetch-site", "origin", "host") if self._header(name)}
        return csrf.same_origin(headers, self.site.url) and csrf.csrf_valid(self._key, token)

    def forget_session(self) -> None:
        """The cookie opens nothing: the visitor is a stranger, whose forms are bound to the visitor's cookie."""
        self._key = self.request.cookies.get(csrf.VISITOR_COOKIE, "")

    def _header(self, name: str) -> str:
        value: str = self.request.headers.get(name, "")
        return value

    def _came_from(self) -> str:
        """The page of ours that led here, else the first page."""
        referer = self._header("referer")
        try:
            parts = urlsplit(referer)
        except ValueError:
            return "/"
        if not referer or parts.netloc != self._header("host"):
            return "/"
        return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)

    def _notice(self, key: str) -> Markup | None:
        if key not in NOTICES:
            return None
        return self.language.say(NOTICES[key])
