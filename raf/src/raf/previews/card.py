"""What a page says of itself, as Mastodon's PreviewCard shows it (docs.joinmastodon.org/entities/PreviewCard)."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from raf.entities import PreviewCard


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Plain words. `url` is where the page says it is at home; `picture` where its picture is, until that is kept here."""

    url: str
    title: str = ""
    description: str = ""
    language: str | None = None
    author_name: str = ""
    author_url: str = ""
    provider_name: str = ""
    picture: str = ""
    picture_description: str = ""
    published_at: str | None = None
    width: int = 0
    height: int = 0


def entity_of(card: Card, image: str | None, blurhash: str | None) -> PreviewCard:
    """The card as the API shows it; `image` is the address of the picture we keep."""
    host = urlsplit(card.url).hostname or ""
    author = {"name": card.author_name, "url": card.author_url, "account": None}
    return PreviewCard(
        url=card.url,
        title=card.title,
        description=card.description,
        language=card.language,
        author_name=card.author_name,
        author_url=card.author_url,
        provider_name=card.provider_name or host.removeprefix("www."),
        provider_url="",
        width=card.width if image else 0,
        height=card.height if image else 0,
        image=image,
        image_description=card.picture_description if image else "",
        blurhash=blurhash if image else None,
        published_at=card.published_at,
        authors=[author] if card.author_name else [],
    )
