"""What every endpoint needs, found once: the network, identity, OAuth, pictures, settings."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ostrov import Ostrov, base_url
from raf.identity.identity import open_identity
from raf.identity.oauth import open_oauth
from raf.identity.windows import Windows
from raf.mastodon.settings import ApiSettings
from raf.media.library import open_library
from raf.network import open_raf

T = TypeVar("T")


class House:
    """The parts of one application that the API is made of."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.identity = application.part(open_identity)
        self.oauth = application.part(open_oauth)
        self.library = application.part(open_library)
        self.store = application.store
        self._url = ""
        self._counted: dict[Callable[..., Any], tuple[Any, float]] = {}
        self.settings: ApiSettings = application.settings.raf.api
        self.windows = Windows(self.settings.rate_limit, self.settings.rate_period)
        self.application_windows = Windows(self.settings.applications_of_address, 1800)

    async def counted(self, age: float, read: Callable[..., T], *arguments: Any) -> T:
        """What a query that counts says, read again only after `age` seconds: anybody may ask for it at any time."""
        known = self._counted.get(read)
        if known is None or time.monotonic() > known[1]:
            known = (await self.store.read(read, *arguments), time.monotonic() + age)
            self._counted[read] = known
        found: T = known[0]
        return found

    @property
    def url(self) -> str:
        """The public address without a slash at its end."""
        if not self._url:
            address = base_url(self.application)
            if address.endswith(":0"):  # no port yet: the project is not up
                return address
            self._url = address
        return self._url

    @property
    def domain(self) -> str:
        """The host, with its port when that is not the usual one."""
        return urlsplit(self.url).netloc

    @property
    def streaming_url(self) -> str:
        """The address of the streaming API as a WebSocket's."""
        return "ws" + self.url.removeprefix("http")
