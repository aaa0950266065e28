"""For tests: a browser without scripts. It keeps cookies, follows redirects, fills in forms it finds and presses buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from ostrov import Ostrov
from raf.web.application import build

ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "coconut-and-soy"  # noqa: S105
File = tuple[str, bytes, str]


@dataclass
class FoundForm:
    """A form of a page with the values it would send."""

    action: str
    method: str = "get"
    identity: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Finds what one can do on a page: forms, buttons, links, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.language = ""
        self._form: FoundForm | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._silent = 0
        self.loose: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag in ("script", "style", "template"):
            self._silent += 1
        elif tag == "form":
            self._form = FoundForm(given.get("action", ""), given.get("method", "get"), given.get("id", ""))
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "button":
            if "form" in given:
                self.loose.append(given)
            elif self._form is not None:
                self._form.buttons.append(given)
        elif self._form is not None and not self._silent:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name = given.get("name", "")
        if tag == "input" and name:
            if (given.get("type") in ("checkbox", "radio") and "checked" not in given) or given.get("type") == "file":
                self._form.values.setdefault(name, [])
            else:
                self._form.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea" and name:
            self._form.values[name] = [""]
            self._area = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self._form.values or "selected" in given):
            self._form.values[self._select] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag in ("script", "style", "template"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._form is not None:
            self._form.values[self._area][0] += data
        elif not self._silent and data.strip():
            self.text.append(data)


class Page:
    """What a visitor sees."""

    def __init__(self, visitor: Visitor, response: httpx.Response) -> None:
        self.visitor = visitor
        self.response = response
        self.status = response.status_code
        self.path = response.url.raw_path.decode()
        self.html = response.text
        self.found = Reader(response.text)
        self.text = " ".join(" ".join(self.found.text).split())

    def form(self, action: str) -> FoundForm:
        """The form that leads there. Raises LookupError."""
        for form in self.found.forms:
            if form.action == action and form.method == "post":
                return form
        raise LookupError(f"no form to {action} on {self.path}: {[form.action for form in self.found.forms]}")

    def post_of(self, name: str) -> str:
        """The id of somebody's first post on the page. Raises StopIteration."""
        return next(found[1] for link in self.found.links if (found := re.fullmatch(rf"/@{name}/(\d+)", link)))

    async def submit(self, action: str, files: Mapping[str, File] | None = None, **values: Any) -> Page:
        """Fill a form in and send it. A value is text, a list, True for a tick or None to leave a field out."""
        filled = {name: list(there) for name, there in self.form(action).values.items()}
        for name, value in values.items():
            filled[name] = [] if value is None else ["1"] if value is True else value if isinstance(value, list) else [value]
        return await self.visitor.post(action, filled, files)

    async def press(self, action: str) -> Page:
        """Press a button that stands outside its form."""
        for button in self.found.loose:
            if button.get("formaction") == action and "disabled" not in button:
                form = next(form for form in self.found.forms if form.identity == button["form"])
                return await self.visitor.post(action, form.values)
        raise LookupError(f"no button to {action} on {self.path}: {[b.get('formaction') for b in self.found.loose]}")


class Visitor:
    """One person's browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.name = ""

    async def get(self, path: str, **headers: str) -> Page:
        return Page(self, await self.client.get(path, headers=headers))

    async def post(self, path: str, values: Mapping[str, Any], files: Mapping[str, File] | None = None, **headers: str) -> Page:
        """Send a form, and follow where it leads."""
        response = await self.client.post(path, data=dict(values), files=files or None, headers=headers)
        return Page(self, response)

    async def sign_up(self, name: str) -> Page:
        """Open an account."""
        page = await self.get("/sign-up")
        self.name = name
        return await page.submit("/sign-up", username=name, email=f"{name}@example.org", password=PASSWORD, agreement=True)

    async def write(self, text: str, **values: Any) -> Page:
        """Publish a post from the home page."""
        return await (await self.get("/home")).submit("/compose", text=text, **values)


@asynccontextmanager
async def visitors(application: Ostrov) -> AsyncIterator[Site]:
    """The pages of an application, served to as many visitors as come."""
    site = Site(application)
    try:
        yield site
    finally:
        for client in site.clients:
            await client.aclose()


class Site:
    """The pages of an open application, without a network in between."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.app: Any = build(application)
        self.clients: list[httpx.AsyncClient] = []

    def visitor(self, language: str = "en") -> Visitor:
        """Somebody nobody knows yet."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url=ADDRESS,
            follow_redirects=True,
            headers={"accept-language": language},
        )
        self.clients.append(client)
        return Visitor(client)

    async def member(self, name: str, language: str = "en") -> Visitor:
        """Somebody who has signed up."""
        visitor = self.visitor(language)
        page = await visitor.sign_up(name)
        assert page.status == 200, page.text
        return visitor
