"""People of a house with mail."""

from __future__ import annotations

NEW = "another-cup-of-raf"


async def member(town, name: str, language: str = "en"):
    """Somebody who has signed up and confirmed."""
    visitor = town.site.visitor(language)
    await visitor.sign_up(name)
    await town.post()
    page = await visitor.get(town.mailbox.link("/confirm", f"{name}@example.org"))
    await page.submit("/confirm")
    return visitor
