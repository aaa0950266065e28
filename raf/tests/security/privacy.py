"""A small world in which an author says things of every visibility and people stand in every relation to them.

Each post holds a mark of its own in all its words (text, warning, answers of a poll, description of a picture), so whoever is
sent the mark was sent the post. Its hashtag and its link are another word: of a public post they are counted for everybody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from raf.tests.security.routes import Route

from ostrov import run_tasks
from raf.moderation import judging
from raf.moderation.moderation import open_moderation
from raf.times import iso
from raf.web.application import build

RELATIONS = (
    *("nobody", "stranger", "follower", "pending", "former", "blocked", "blocker", "muter", "mentioned", "outcast"),
    *("author", "keeper"),
)
"""`pending` asked to follow, `former` follows no more, `blocker` blocks the author, `outcast` is mentioned and blocked,
`keeper` is a moderator."""
VISIBILITIES = ("public", "unlisted", "private", "direct")
FATES = ("asked", "pictured", "edited", "quoted", "boosted", "answering", "pinned", "deleted", "scheduled")
ALL = "read write follow push admin:read admin:write"


@dataclass(frozen=True)
class Post:
    """`mark` is in all its words, `aside` in its hashtag and its link; `id` of a scheduled one is the schedule's."""

    id: str
    visibility: str
    fate: str
    mark: str
    aside: str

    @property
    def kind(self) -> str:
        return f"a {self.visibility} {self.fate} post"

    def is_in(self, text: str, asked: str = "") -> bool:
        """Whether a text tells something of it that was not in the question."""
        aside = self.aside in text and self.aside not in asked
        return self.mark in text or (aside and self.visibility in ("private", "direct"))


def may(post: Post, relation: str, author: str = "") -> bool:
    """The rule of who may see a post, written once more. `author` is suspended, left, limited or nothing of it."""
    if post.fate == "deleted" or author in ("suspended", "left"):
        return False
    if relation == "author":
        return True
    if post.fate == "scheduled" or relation in ("blocked", "outcast"):
        return False
    if post.visibility in ("public", "unlisted") or relation == "mentioned":
        return True
    return post.visibility == "private" and relation in ("follower", "muter")


@dataclass
class World:
    """`people` by relation; nobody has no token and no cookie."""

    raf: Any
    people: dict[str, Any]
    cookies: dict[str, str]
    pages: httpx.AsyncClient
    app: Any
    posts: list[Post] = field(default_factory=list)

    async def ask(self, relation: str, method: str, path: str, *, page: bool = False, **options: Any) -> httpx.Response:
        """What somebody is answered, by the API with their token or by a page with their cookie."""
        if page:
            cookie = {"Cookie": f"raf_session={self.cookies[relation]}"} if relation != "nobody" else {}
            return await self.pages.request(method, path, headers=cookie, **options)
        if relation == "nobody":
            answer: httpx.Response = await self.raf.client.request(method, path, **options)
            return answer
        found: httpx.Response = await self.people[relation].ask(method, path, **options)
        return found

    async def fetch(self, relation: str, route: Route, path: str) -> httpx.Response:
        return await self.ask(relation, route.method, path, page=route.rule is None)

    async def stand(self, when: str) -> None:
        """Bring people into their relations: what they were before the posts, what they are at last."""
        author = self.people["author"]
        follow = f"/api/v1/accounts/{author.id}/follow"
        if when == "before":
            for name in ("follower", "former", "blocked", "blocker", "muter", "mentioned", "outcast"):
                await self.people[name].post(follow, json={"notify": name in ("former", "follower")})
            await author.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
            await self.people["pending"].post(follow)
            return
        await self.people["former"].post(f"/api/v1/accounts/{author.id}/unfollow")
        await self.people["blocker"].post(f"/api/v1/accounts/{author.id}/block")
        await self.people["muter"].post(f"/api/v1/accounts/{author.id}/mute")
        for name in ("blocked", "outcast"):
            await author.post(f"/api/v1/accounts/{self.people[name].id}/block")

    async def post_all(
        self, picture: bytes, fates: tuple[str, ...] = FATES, visibilities: tuple[str, ...] = VISIBILITIES
    ) -> None:
        """The author says one thing of each kind."""
        opening = await self.people["author"].says("come in", visibility="public")
        for visibility in VISIBILITIES:
            for fate in fates:
                mark, aside = (f"{word}{len(self.posts):02}{visibility[:2]}{fate[:3]}zq" for word in ("mark", "aside"))
                identity = await self.say(fate, visibility, mark, aside, opening["id"], picture)
                self.posts.append(Post(identity, visibility, fate, mark, aside))
        await run_tasks(self.raf.application)

    async def say(self, fate: str, visibility: str, mark: str, aside: str, opening: str, picture: bytes) -> str:
        """A post of a fate; its id."""
        author = self.people["author"]
        words: dict[str, Any] = {"visibility": visibility, "spoiler_text": f"warning {mark}"}
        text = f"@mentioned @outcast {mark} #{aside} https://example.org/{aside}"
        if fate == "asked":
            words["poll"] = {"options": [f"yes {mark}", f"no {mark}"], "expires_in": 600}
        if fate == "answering":
            words["in_reply_to_id"] = opening
        if fate == "scheduled":
            words["scheduled_at"] = iso(time.time() + 3600)
        if fate == "pictured":
            file = {"file": ("a.jpg", picture, "image/jpeg")}
            sent = await author.ask("POST", "/api/v2/media", files=file, data={"description": f"picture of {mark}"})
            await run_tasks(self.raf.application)
            words["media_ids"] = [sent.json()["id"]]
        said: str = (await author.says(text, **words))["id"]
        if fate == "edited":
            change = {"status": f"@mentioned @outcast new {mark}", "spoiler_text": f"other {mark}"}
            await author.ask("PUT", f"/api/v1/statuses/{said}", json=change)
        if fate == "quoted" and visibility != "direct":
            await author.says("a quote", visibility="public", quoted_status_id=said)
        if fate == "boosted":
            await author.ask("POST", f"/api/v1/statuses/{said}/reblog")
        if fate == "pinned":
            await author.ask("POST", f"/api/v1/statuses/{said}/pin")
        if fate == "deleted":
            await author.ask("DELETE", f"/api/v1/statuses/{said}")
        return said

    async def react(self) -> None:
        """Everybody who sees a post likes, keeps, boosts, answers it and votes, so that it is remembered in their own lists."""
        for relation in RELATIONS:
            if relation in ("nobody", "author"):
                continue
            person = self.people[relation]
            for post in self.posts:
                if post.fate in ("deleted", "scheduled"):
                    continue
                for action in ("favourite", "bookmark", "mute"):
                    await person.ask("POST", f"/api/v1/statuses/{post.id}/{action}")
                if post.visibility in ("public", "unlisted") and relation in ("former", "blocked", "outcast"):
                    await person.ask("POST", f"/api/v1/statuses/{post.id}/reblog")
                if relation in ("former", "blocked", "outcast"):
                    answer = {"status": "@author my word", "in_reply_to_id": post.id, "visibility": "direct"}
                    await person.ask("POST", "/api/v1/statuses", json=answer)
                    await person.ask("POST", f"/api/v1/polls/{post.id}/votes", json={"choices": [0]})
        await run_tasks(self.raf.application)


@asynccontextmanager
async def world(raf: Any) -> AsyncIterator[World]:
    """People, nobody of whom knows another yet."""
    people = {name: await raf.person(name, ALL) for name in RELATIONS if name != "nobody"}
    keeper = people["keeper"]
    await raf.application.part(open_moderation).write(judging.give_role, 0, keeper.account_id, "moderator")
    for person in people.values():
        accept = {"for_new_accounts": "accept", "for_not_following": "accept", "for_private_mentions": "accept"}
        await person.ask("PATCH", "/api/v2/notifications/policy", json=accept)
    cookies = {name: await raf.house.identity.open_session(person.account_id) for name, person in people.items()}
    app = build(raf.application)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://raf.test") as pages:
        yield World(raf, people, cookies, pages, app)


async def first_lines(app: Any, path: str, cookie: str) -> str:
    """What a stream of server-sent events says at once, when it is opened: what its page missed."""
    said, told = bytearray(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await told.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        said.extend(message.get("body", b""))
        if message["type"] == "http.response.body":
            told.set()

    where, _, query = path.partition("?")
    headers = [(b"host", b"raf.test")] + ([(b"cookie", f"raf_session={cookie}".encode())] if cookie else [])
    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"},
        **{"path": where, "raw_path": where.encode(), "query_string": query.encode(), "root_path": "", "headers": headers},
        **{"client": ("192.0.2.1", 1), "server": ("raf.test", 80), "state": {}},
    }
    await asyncio.wait_for(app(scope, receive, send), 20)
    return said.decode()
