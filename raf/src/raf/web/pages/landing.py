"""The first page of strangers, and the small files every site has."""

from __future__ import annotations

import msgspec
from litestar import get

from raf.network import Paging
from raf.web.answer import Answer, redirect
from raf.web.pages.signing import FilledIn
from raf.web.parameters import Here

EMPTY = FilledIn.sign_up()


@get("/")
async def landing(visit: Here) -> Answer:
    """What this place is, a form to join, and what is written here now."""
    if visit.session is not None:
        return redirect("/home", visit.cookies)
    house = visit.house
    ids = await house.raf.public(None, Paging(limit=6))
    return await house.feed_page(visit, "landing.html", ids, bare=True, form=EMPTY)


@get("/manifest.webmanifest")
async def manifest(visit: Here) -> Answer:
    """Lets a phone keep Raf on its first screen."""
    assets = visit.house.assets
    body = {
        "name": visit.site.title,
        "short_name": visit.site.title,
        "description": visit.language.words(visit.site.description),
        "lang": visit.language.code,
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f2e9dc",
        "theme_color": "#2b1911",
        "icons": [
            {"src": assets.url("images/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": assets.url("images/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any maskable"},
            {"src": assets.url("images/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        ],
    }
    return Answer(msgspec.json.encode(body), "application/manifest+json")


@get("/favicon.ico")
async def favicon(visit: Here) -> Answer:
    """For those who do not read the page first."""
    return redirect(visit.house.assets.url("images/icon-192.png"))


@get("/robots.txt")
async def robots(visit: Here) -> Answer:
    """What is public may be found; searches and forms need no robots."""
    lines = ("User-agent: *", "Disallow: /search", "Disallow: /compose", "Disallow: /posts/", "Disallow: /live", "")
    return Answer("\n".join(lines).encode(), "text/plain; charset=utf-8")


HANDLERS = (landing, manifest, favicon, robots)
