"""`Previews`: looks at the pages that posts point to. `previews = application.part(open_previews)`."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov import Connection, Ostrov, OstrovError, base_url
from raf.destination import networks_of
from raf.errors import RafError
from raf.live import PREVIEWED
from raf.moderation import servers
from raf.previews import rows
from raf.previews.card import Card
from raf.previews.fetching import Fetched, Terms, Unreachable, Useless, fetch
from raf.previews.page import LONGEST, Request, tidy, web_address
from raf.previews.rows import Preview
from raf.previews.settings import PreviewSettings

if TYPE_CHECKING:
    from raf.media.library import Library

LOG = logging.getLogger("raf.previews")
HTML = ("text/html", "application/xhtml+xml")
OEMBED = ("application/json", "text/json")
SECONDS = 12.0
"""Seconds that reading a page may take before its process is ended."""
OEMBED_BYTES = 65_536


class Previews:
    """Link previews of one application."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.settings: PreviewSettings = application.settings.raf.previews
        self.store = application.store
        try:
            self._allowed = networks_of(self.settings.allowed_networks)
        except ValueError as problem:
            raise OstrovError(
                f"raf.previews.allowed_networks: {problem}", tip="write networks as 10.0.0.0/8, addresses as 10.0.0.1"
            ) from problem

    async def look(self, preview_id: int) -> str:
        """Look at the page behind a link; the state afterwards. Raises Unreachable to be called again."""
        known = await self.store.read(rows.preview, preview_id)
        if known is None or not self.settings.enabled:
            return "none"
        try:
            card = await self._card(known.url)
        except Useless as problem:
            await self.store.write(rows.give_up, preview_id, "none", time.time(), problem.error)
            return "none"
        except Unreachable as problem:
            await self.store.write(rows.give_up, preview_id, "failed", time.time(), problem.error)
            raise
        image, blurhash, width, height = await self._picture(card)
        card = msgspec.structs.replace(card, width=width, height=height)

        def write(connection: Connection) -> None:
            rows.finish(connection, preview_id, card, image, blurhash, time.time())
            for at in range(0, len(found := rows.holders(connection, known.url)), 100):
                said = msgspec.json.encode(found[at : at + 100])
                connection.after_commit(partial(self.application.channel.publish, PREVIEWED, said))

        await self.store.write(write)
        return "ready"

    async def cards(self, urls: list[str]) -> dict[str, Preview]:
        """The cards there are of these links."""
        return await self.store.read(rows.previews_of, urls)

    # ---- steps ------------------------------------------------------------------------------------------------------

    async def _card(self, url: str) -> Card:
        page = await self._fetch(url, HTML, self.settings.max_page_bytes)
        card, oembed = await self._read(page)
        if oembed:
            card = await self._embedded(card, oembed)
        if not card.title:
            raise Useless("it has no title")
        return card

    async def _fetch(
        self, url: str, kinds: tuple[str, ...], most: int, *, whole: bool = False, picture: bool = False
    ) -> Fetched:
        doors = await self.store.read(servers.doors)
        terms = Terms(
            timeout=self.settings.timeout,
            max_bytes=most,
            redirects=self.settings.redirects,
            user_agent=self.settings.user_agent or f"Raf ({base_url(self.application)}; link preview)",
            allowed=self._allowed,
            accept=", ".join(kind if "/" in kind[:-1] else kind + "*" for kind in kinds),
            whole=whole,
            shut=doors.shut_to_pictures if picture else doors.shut,
        )
        return await asyncio.to_thread(fetch, url, kinds, terms)

    async def _read(self, page: Fetched) -> tuple[Card, str]:
        """What a page says of itself, read by a process with bounds of its own; and where its oEmbed is."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "raf.previews.page"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in ("PYTHONPATH", "LD_LIBRARY_PATH", "PATH") if name in os.environ},
        )
        request = msgspec.msgpack.encode(Request(page.url, page.charset, page.body))
        try:
            output, _ = await asyncio.wait_for(process.communicate(request), SECONDS)
            return msgspec.msgpack.decode(output, type=tuple[Card, str])
        except (TimeoutError, msgspec.DecodeError) as problem:
            raise Useless("it cannot be read") from problem
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _embedded(self, card: Card, oembed: str) -> Card:
        """What a card lacks, from the page's oEmbed (oembed.com §2.3.4). Its HTML is not taken: that loads from elsewhere."""
        try:
            found = await self._fetch(oembed, OEMBED, OEMBED_BYTES, whole=True)
            said: Any = msgspec.json.decode(found.body)
        except (RafError, msgspec.MsgspecError):
            return card
        if not isinstance(said, dict):
            return card

        def text(name: str, longest: str = "name") -> str:
            value = said.get(name)
            return tidy(value, LONGEST[longest]) if isinstance(value, str) else ""

        return msgspec.structs.replace(
            card,
            title=card.title or text("title", "title"),
            author_name=card.author_name or text("author_name"),
            author_url=card.author_url or web_address(card.url, str(said.get("author_url") or "")),
            provider_name=card.provider_name or text("provider_name"),
            picture=card.picture or web_address(card.url, str(said.get("thumbnail_url") or "")),
        )

    async def _picture(self, card: Card) -> tuple[str | None, str | None, int, int]:
        """The picture of a card, kept here as our own file; nothing when it cannot be had: the card stands without."""
        if not card.picture:
            return None, None, 0, 0
        from raf.media.library import open_library

        library: Library = self.application.part(open_library)
        try:
            found = await self._fetch(card.picture, ("image/",), self.settings.max_image_bytes, whole=True, picture=True)
            with tempfile.TemporaryDirectory(prefix="raf-preview-") as folder:
                path = Path(folder) / "picture"
                await asyncio.to_thread(path.write_bytes, found.body)
                kept = await library.illustration(path)
        except RafError as problem:
            LOG.info("the picture of %s is left out: %s", card.url, problem.error)
            return None, None, 0, 0
        return kept.preview, kept.blurhash, kept.measures["width"], kept.measures["height"]


def open_previews(application: Ostrov) -> Previews:
    """The link previews of an application."""
    return Previews(application)
