"""What stands beside the feed: tags in the air and people to meet, both from the latest public posts."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from raf import entities
from raf.network import Paging, Raf

LOOKED_AT = 100
FRESH = 60.0
TAGS = 8
PEOPLE = 3


@dataclass(eq=False)
class Surroundings:
    """`tags` with how many posts hold them; `people` with how the viewer stands to each."""

    tags: list[tuple[str, int]] = field(default_factory=list)
    people: list[tuple[entities.Account, entities.Relationship | None]] = field(default_factory=list)


class _Post(msgspec.Struct):
    account: entities.Account
    tags: list[entities.StatusTag] = msgspec.field(default_factory=list)


DECODER = msgspec.json.Decoder(_Post)


class Around:
    """Looked up once a minute; suggestions leave out who is followed already.

    `forget` after somebody follows, blocks or mutes, so that the next page knows.
    """

    def __init__(self, raf: Raf) -> None:
        self.raf = raf
        self._tags: list[tuple[str, int]] = []
        self._people: list[int] = []
        self._seen: dict[int | None, Surroundings] = {}
        self._fresh_until = 0.0

    async def seen_by(self, viewer_id: int | None) -> Surroundings:
        """The same object for as long as it is the same; for a stranger (None) without people to follow."""
        if time.monotonic() > self._fresh_until:
            self._fresh_until = time.monotonic() + FRESH
            await self._look()
            self._seen.clear()
        found = self._seen.get(viewer_id)
        if found is None:
            people = await self._unknown_to(viewer_id) if viewer_id is not None else []
            found = self._seen[viewer_id] = Surroundings(self._tags, people)
        return found

    def forget(self, viewer_id: int) -> None:
        """Somebody's relations have changed."""
        self._seen.pop(viewer_id, None)

    async def _unknown_to(self, viewer_id: int) -> list[tuple[entities.Account, entities.Relationship | None]]:
        ids = [account_id for account_id in self._people if account_id != viewer_id]
        if not ids:
            return []
        relations = await self.raf.relationships(viewer_id, ids)
        free = [
            int(relation.id)
            for relation in relations
            if not (relation.following or relation.requested or relation.blocking or relation.muting)
        ][:PEOPLE]
        by_id = {relation.id: relation for relation in relations}
        return [(account, by_id.get(account.id)) for account in await self.raf.accounts(free)]

    async def _look(self) -> None:
        ids = await self.raf.public(None, Paging(limit=LOOKED_AT))
        posts = [DECODER.decode(document) for document in await self.raf.documents(ids, None)]
        tags = Counter(tag.name for post in posts for tag in {tag.name: tag for tag in post.tags}.values())
        people = Counter(int(post.account.id) for post in posts if post.account.discoverable is not False)
        self._tags = tags.most_common(TAGS)
        self._people = [account_id for account_id, _ in people.most_common(24)]
