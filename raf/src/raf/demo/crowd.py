"""Brings the crowd in: people sign up, draw their avatars, follow each other, write, like and boost."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from ostrov import Ostrov
from raf.demo import drawings
from raf.forms import NewPost, ProfileChange
from raf.identity import NewAccount
from raf.network import Raf, open_raf

FILE = Path(__file__).with_name("crowd.toml")
PASSWORD = "coconut-and-soy"  # noqa: S105
SetClock = Callable[[float], None]


class Person(msgspec.Struct, kw_only=True):
    """`look` is what the drawing of the face depends on."""

    name: str
    display_name: str
    language: str
    look: str
    note: str = ""
    fields: list[tuple[str, str]] = []
    locked: bool = False
    bot: bool = False


class Follows(msgspec.Struct, kw_only=True):
    name: str
    follows: list[str]


class Written(msgspec.Struct, kw_only=True):
    """`pictures` are pairs of a scene and its description; `to` is the key of the post it answers."""

    key: str
    by: str
    hours: float
    text: str
    language: str = ""
    spoiler: str = ""
    to: str = ""
    pictures: list[tuple[str, str]] = []
    likes: list[str] = []
    boosts: list[str] = []


class Script(msgspec.Struct):
    """The file."""

    people: list[Person]
    follows: list[Follows]
    posts: list[Written]


class Crowd(NamedTuple):
    """Accounts by name, posts by key."""

    accounts: dict[str, int]
    posts: dict[str, int]


def read_script(path: Path = FILE) -> Script:
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Script)


async def populate(application: Ostrov, set_clock: SetClock | None = None, password: str = PASSWORD) -> Crowd:
    """Bring everybody in, all with one password. `set_clock(hours)` says before each post how long ago it is to be written."""
    raf, script = application.part(open_raf), read_script()
    turn_back = set_clock or (lambda hours: None)
    turn_back(60)
    accounts = {person.name: await enter(raf, person, password) for person in script.people}
    for pair in script.follows:
        for name in pair.follows:
            await raf.follow(accounts[pair.name], accounts[name])
    languages = {person.name: person.language for person in script.people}
    posts: dict[str, int] = {}
    for written in sorted(script.posts, key=lambda post: -post.hours):
        turn_back(written.hours)
        posts[written.key] = await write(raf, written, accounts, posts, languages)
        for name in written.likes:
            await raf.favourite(accounts[name], posts[written.key])
        for name in written.boosts:
            await raf.reblog(accounts[name], posts[written.key])
    turn_back(0)
    return Crowd(accounts, posts)


async def enter(raf: Raf, person: Person, password: str) -> int:
    """Sign somebody up, with a face and a few words."""
    new = NewAccount(
        username=person.name,
        email=f"{person.name}@example.org",
        password=password,
        locale=person.language,
        agreement=True,
    )
    account_id = await raf.sign_up(new)
    drawn = await asyncio.to_thread(drawings.face, person.look)
    change = ProfileChange(
        display_name=person.display_name,
        note=person.note,
        fields=person.fields,
        locked=person.locked,
        bot=person.bot,
        discoverable=True,
        language=person.language,
        avatar=await raf.portrait(account_id, drawn, "avatar"),
    )
    await raf.update_profile(account_id, change)
    return account_id


async def write(raf: Raf, written: Written, accounts: dict[str, int], posts: dict[str, int], languages: dict[str, str]) -> int:
    """Post what somebody wrote; the post's id."""
    author = accounts[written.by]
    media = []
    for kind, description in written.pictures:
        drawn = await asyncio.to_thread(drawings.scene, kind)
        media.append(await raf.upload(author, drawn, description))
    new = NewPost(
        text=written.text,
        spoiler_text=written.spoiler,
        language=written.language or languages[written.by],
        in_reply_to_id=posts[written.to] if written.to else None,
        media_ids=tuple(media),
    )
    return await raf.post(author, new)
