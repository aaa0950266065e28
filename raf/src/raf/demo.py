"""A small community to look around in: who they are, and a week of what they said, in Russian and in English.

It is told through the same commands that people use, with a clock that runs through the last days.
"""

from __future__ import annotations

import io
import time
from typing import Any

from ostrov import Connection
from raf.accounts.profiles import change_profile
from raf.forms import NewPost, ProfileChange
from raf.identity.registration import NewAccount
from raf.journal import Journal
from raf.network import Raf
from raf.posts import marking, publishing
from raf.relations import following
from raf.story import PEOPLE, STORY, Said

HOUR = 3600.0


async def seed_demo(raf: Raf, password: str) -> list[str]:
    """Write the community; the names of its people, all with this password."""
    clock = _Clock(time.time() - _length())
    journal = Journal(raf.events, raf.settings.posts, raf.wire.told, clock)
    ids: dict[str, int] = {}
    for person in PEOPLE:
        new = NewAccount(
            username=person.username,
            email=f"{person.username}@island.example",
            password=password,
            locale=person.language,
            agreement=True,
        )
        ids[person.username] = await raf.sign_up(new)
    await raf.store.write(_introduce, journal, clock, ids)
    posts: dict[str, int] = {}
    for said in STORY:
        media = await _picture(raf, ids[said.by], int(said.picture)) if said.picture else ()
        posts[said.key] = await raf.store.write(_say, journal, clock, said, ids, posts, media)
    return list(ids)


def _introduce(connection: Connection, journal: Journal, clock: _Clock, ids: dict[str, int]) -> None:
    for person in PEOPLE:
        clock.pass_by(60)
        change = ProfileChange(
            display_name=person.display_name,
            note=person.note,
            fields=list(person.fields),
            bot=person.bot,
            language=person.language,
        )
        change_profile(connection, journal, ids[person.username], change)
    for index, person in enumerate(PEOPLE):
        for step, other in enumerate(PEOPLE):
            if person is not other and (index * 3 + step) % 5 != 0 and not person.bot:
                clock.pass_by(7)
                following.follow(connection, journal, ids[person.username], ids[other.username])
    for person in PEOPLE:
        if person.locked:
            change_profile(connection, journal, ids[person.username], ProfileChange(locked=True))


def _say(
    connection: Connection,
    journal: Journal,
    clock: _Clock,
    said: Said,
    ids: dict[str, int],
    posts: dict[str, int],
    media: tuple[int, ...],
) -> int:
    clock.pass_by(_pause(said))
    new = NewPost(
        text=said.text,
        spoiler_text=said.warning,
        visibility=said.visibility,
        in_reply_to_id=posts[said.to] if said.to else None,
        media_ids=media,
    )
    post = publishing.publish(connection, journal, ids[said.by], new)
    for name in said.liked.split():
        clock.pass_by(90)
        marking.favourite(connection, journal, ids[name], post)
    for name in said.boosted.split():
        clock.pass_by(120)
        marking.boost(connection, journal, ids[name], post, None)
    if said.pinned:
        marking.pin(connection, journal, ids[said.by], post)
    return post


async def _picture(raf: Raf, account_id: int, seed: int) -> tuple[int, ...]:
    from raf.media.portraits import draw_header

    drawn = io.BytesIO()
    picture: Any = draw_header(seed)
    picture.convert("RGB").save(drawn, "PNG")
    return (await raf.upload(account_id, drawn.getvalue(), "Waves of foam, drawn by a machine / Волны из пены"),)


def _length() -> float:
    """Seconds from the first event to a moment ago."""
    meeting = len(PEOPLE) * (60 + 7 * len(PEOPLE))
    marks = sum(90 * len(said.liked.split()) + 120 * len(said.boosted.split()) for said in STORY)
    return meeting + marks + sum(_pause(said) for said in STORY) + HOUR / 2


def _pause(said: Said) -> float:
    return HOUR * (0.4 if said.to else 5.3)


class _Clock:
    """A clock that is moved by hand."""

    def __init__(self, at: float) -> None:
        self.at = at

    def pass_by(self, seconds: float) -> None:
        self.at = min(self.at + seconds, time.time())

    def __call__(self) -> float:
        return self.at
