"""For tests: a browser without scripts. It keeps cookies, follows redirects, fills in forms it finds and presses buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

from ostrov import Ostrov
from raf.web.application import build

ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "coconut-and-soy"  # noqa: S105
File = tuple[str, bytes, str]
SILENT = ("script", "style", "template", "-comment")
"""What is on a page that nobody reads."""


@dataclass
class FoundForm:
    """A form of a page with the values it would send."""

    action: str
    method: str = "get"
    identity: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class Reader:
    """Finds what one can do on a page: forms, buttons, links, and its text."""

    def __init__(self, html: str) -> None:
        root = LexborHTMLParser(html).root
        assert root is not None
        self.forms: list[FoundForm] = []
        self.links: list[str] = []
        self.loose: list[dict[str, str]] = []
        self.language = given(root).get("lang", "")
        texts: list[str] = []
        self._walk(root, None, texts)
        self.text = " ".join(" ".join(texts).split())

    def _walk(self, node: LexborNode, form: FoundForm | None, texts: list[str]) -> None:
        for inner in node.iter(include_text=True):
            tag, within = inner.tag or "", form
            if tag == "-text":
                texts.append(inner.text_content or "")
                continue
            if tag in SILENT:
                continue
            its = given(inner)
            if tag == "form":
                within = FoundForm(its.get("action", ""), its.get("method", "get"), its.get("id", ""))
                self.forms.append(within)
            elif tag == "a" and "href" in its:
                self.links.append(its["href"])
            elif tag == "button" and "form" in its:
                self.loose.append(its)
            elif form is not None:
                fill(form, inner, tag, its)
                if tag == "textarea":
                    continue
            self._walk(inner, within, texts)


def given(node: LexborNode) -> dict[str, str]:
    """The attributes of an element; one without a value has an empty one."""
    return {name: value or "" for name, value in node.attributes.items()}


def fill(form: FoundForm, node: LexborNode, tag: str, its: dict[str, str]) -> None:
    """Put a field or a button into its form."""
    name = its.get("name", "")
    if tag == "button":
        form.buttons.append(its)
    elif tag == "input" and name:
        there = form.values.setdefault(name, [])
        if its.get("type") != "file" and (its.get("type") not in ("checkbox", "radio") or "checked" in its):
            there.append(its.get("value", ""))
    elif tag == "textarea" and name:
        form.values[name] = [node.text()]
    elif tag == "select" and name:
        options = [given(option) for option in node.css("option")]
        chosen = [option for option in options if "selected" in option][-1:] or options[:1]
        form.values[name] = [option.get("value", "") for option in chosen]


class Page:
    """What a visitor sees."""

    def __init__(self, visitor: Visitor, response: httpx.Response) -> None:
        self.visitor = visitor
        self.response = response
        self.status = response.status_code
        self.path = response.url.raw_path.decode()
        self.html = response.text

    @cached_property
    def found(self) -> Reader:
        """What one can do there."""
        return Reader(self.html)

    @property
    def text(self) -> str:
        """What one reads there."""
        return self.found.text

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
