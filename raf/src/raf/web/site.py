"""What all pages know about the place."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from raf.web.notices import N_

DESCRIPTION = N_("A small community for lovers of soy-and-coconut raf.")
"""What the setting `raf.description` says of itself; put another way, it is shown as it is."""


@dataclass(frozen=True)
class Site:
    """`url` is the public address without a slash at its end, `limit` the characters of a post."""

    title: str
    description: str
    url: str
    limit: int
    registrations: bool
    approval: bool = False
    mail: bool = False
    """Whether the place sends letters."""
    open_log_in: str = ""
    """The other place whose accounts log in here, as it is called."""
    open_sign_up: bool = False
    """Whether who comes from there may open an account."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def secure(self) -> bool:
        return self.url.startswith("https:")
