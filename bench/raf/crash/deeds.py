"""What people do: a deed a call, chosen by dice."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from crash.book import GONE, Post
from crash.person import Person
from crash.pictures import BOUNDARY, form, picture, slowly

TOKENS = itertools.count(1)
MARKS = {
    "favourite": ("favourite", "unfavourite"),
    "bookmark": ("bookmark", "unbookmark"),
    "reblog": ("reblog", "unreblog"),
    "mute": ("mute", "unmute"),
}
"""Marks of a post, with the endpoints that set them and take them back."""
Deed = Callable[[], Awaitable[object]]


class Doer:
    """One person among the others. `quiet` are accounts of nobody, to be blocked, muted and reported."""

    def __init__(self, person: Person, everybody: Sequence[Person], anchor: Person, quiet: Sequence[str]) -> None:
        self.person, self.book, self.dice = person, person.book, person.random
        self.others = [one for one in everybody if one is not person]
        self.anchor, self.quiet = anchor, quiet
        self.lists: list[str] = []
        self.filters: list[str] = []
        self.unused: list[str] = []
        self.stopped = False

    async def live(self) -> None:
        """Do one thing after the other until it is stopped."""
        deeds: list[tuple[Deed, int]] = [
            *((self.post, 26), (self.mark, 26), (self.vote, 6), (self.edit, 6), (self.delete, 4), (self.upload, 3)),
            *((self.follow, 5), (self.shun, 4), (self.make_list, 2), (self.join_list, 3), (self.make_filter, 2)),
            *((self.read_on, 4), (self.report, 2), (self.note, 3), (self.rename, 2), (self.follow_tag, 2), (self.schedule, 1)),
            *((self.look, 4), (self.pin, 1), (self.portrait, 1), (self.describe, 1)),
        ]
        chosen, weights = zip(*deeds, strict=True)
        while not self.stopped:
            await self.dice.choices(chosen, weights)[0]()

    # ---- posts ------------------------------------------------------------------------------------------------------

    async def post(self) -> None:
        token = f"k{next(TOKENS)}k"
        post = Post(token, self.person.name)
        said: dict[str, object] = {"status": f"{token} v0 #crash raf", "visibility": self.dice.choice(["public", "unlisted"])}
        kind = self.dice.choice(["plain", "plain", "reply", "quote", "poll", "media", "mention"])
        other = self.dice.choice(self.book.living[-60:]) if self.book.living else None
        if kind == "poll":
            post.answers = (f"{token} yes", f"{token} no", "raf")
            said["poll"] = {"options": post.answers, "expires_in": 86400, "multiple": False}
        elif kind == "media" and self.unused:
            post.media = (self.unused.pop(),)
            said["media_ids"] = post.media
        elif kind == "reply" and other is not None:
            post.replies_to = other.token
            said["in_reply_to_id"] = other.id
        elif kind == "quote" and other is not None:
            post.quotes = other.token
            said["quoted_status_id"] = other.id
        elif kind == "mention":
            post.mentions = True
            said["status"] = f"{token} v0 @{self.anchor.name}"
        self.book.posts[token] = post
        fact = ("post", token)
        self.book.settled(fact, GONE)
        gone = (404, 422) if post.replies_to or post.quotes else ()  # deleted by its author meanwhile
        headers = {"Idempotency-Key": token}
        answer = await self.person.make_true(fact, 0, "POST", "/api/v1/statuses", json=said, headers=headers, refused=gone)
        if answer is not None:
            post.id = answer.json()["id"]
            self.book.living.append(post)
            self.book.tally["posts"] += 1
            if self.dice.random() < 0.05:  # an app that did not believe the answer
                again, _ = await self.person.send("POST", "/api/v1/statuses", json=said, headers=headers)
                if again is None or again.json().get("id") != post.id:
                    self.book.surprises.append(f"{token} sent again is {again and again.text[:200]}")

    def _own(self) -> Post | None:
        own = [post for post in self.book.living[-200:] if post.author == self.person.name]
        return self.dice.choice(own) if own else None

    async def edit(self) -> None:
        if (post := self._own()) is None:
            return
        version = max(number for number in self.book.may_be(("post", post.token)) if isinstance(number, int)) + 1
        said: dict[str, object] = {"status": f"{post.token} v{version} {f'@{self.anchor.name}' if post.mentions else '#crash'}"}
        if post.answers:
            said["poll"] = {"options": post.answers, "expires_in": 86400, "multiple": False}
        if post.media:
            said["media_ids"] = post.media
        await self.person.make_true(("post", post.token), version, "PUT", f"/api/v1/statuses/{post.id}", json=said)

    async def delete(self) -> None:
        if (post := self._own()) is None:
            return
        self.book.forget(post)
        await self.person.make_true(("post", post.token), GONE, "DELETE", f"/api/v1/statuses/{post.id}", already=(404,))

    async def mark(self) -> None:
        if not self.book.living:
            return
        post, mark = self.dice.choice(self.book.living[-60:]), self.dice.choice(sorted(MARKS))
        on = self.dice.random() < 0.75
        if mark == "mute" and post.replies_to:  # it is its whole thread that is muted
            return
        fact, word = (mark, self.person.name, post.token), MARKS[mark][0 if on else 1]
        await self.person.make_true(fact, on, "POST", f"/api/v1/statuses/{post.id}/{word}", refused=(404,))

    async def pin(self) -> None:
        if (post := self._own()) is None:
            return
        on = self.dice.random() < 0.5
        word = "pin" if on else "unpin"
        path = f"/api/v1/statuses/{post.id}/{word}"
        await self.person.make_true(("pin", self.person.name, post.token), on, "POST", path, refused=(422,))

    async def vote(self) -> None:
        name = self.person.name
        asked = [
            post
            for post in self.book.living[-100:]
            if post.answers and post.author != name and self.book.may_be(("vote", name, post.token)) == {None}
        ]
        if not asked:
            return
        post, choice = self.dice.choice(asked), self.dice.randrange(3)
        path, said = f"/api/v1/polls/{post.id}/votes", {"choices": [choice]}
        await self.person.make_true(("vote", name, post.token), choice, "POST", path, json=said, already=(422,), refused=(404,))

    async def upload(self, seconds: float = 0.0) -> None:
        """A picture, now and again waiting for its processing, and slowly when a time is given."""
        body = form(picture(self.dice.randrange(2**31)))
        path = self.dice.choice(["/api/v1/media", "/api/v2/media", "/api/v2/media"])
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": str(len(body))}
        content = slowly(body, seconds) if seconds else body
        answer, _ = await self.person.send("POST", path, content=content, headers=headers, again=False)
        if answer is None:
            self.book.tally["uploads lost"] += 1
            return
        if not answer.is_success:
            self.book.surprises.append(f"POST {path}: {answer.status_code} {answer.text[:300]}")
            return
        self.book.tally["uploads"] += 1
        made = answer.json()
        self.book.uploads[made["id"]] = (self.person.name, "")
        await self._wait_for(made["id"])
        self.unused.append(made["id"])

    async def _wait_for(self, media_id: str) -> None:
        """Look until it is processed, and keep what it looks like."""
        found = await self.person.get(f"/api/v1/media/{media_id}")
        while found.status_code == 206 and not self.stopped:
            found = await self.person.get(f"/api/v1/media/{media_id}")
        if found.status_code == 200:
            data = await self.person.get(found.json()["url"])
            self.book.uploads[media_id] = (self.person.name, hashlib.sha256(data.content).hexdigest())
        elif found.status_code != 206:
            self.book.surprises.append(f"GET media {media_id}: {found.status_code} {found.text[:200]}")

    async def describe(self) -> None:
        """Say what is to be seen on a picture of a post: that is a new version of the post."""
        own = [post for post in self.book.living[-200:] if post.author == self.person.name and post.media]
        if not own:
            return
        post, words = self.dice.choice(own), f"a{next(TOKENS)}a"
        said = {"media_attributes": [{"id": post.media[0], "description": words}]}
        path = f"/api/v1/statuses/{post.id}"
        await self.person.make_true(("description", self.person.name, post.token), words, "PUT", path, json=said)

    async def schedule(self) -> None:
        token = f"s{next(TOKENS)}s"
        at = datetime.fromtimestamp(time.time() + 86400 * self.dice.randint(1, 60), UTC).isoformat()
        said = {"status": token, "scheduled_at": at}
        fact = ("scheduled", self.person.name, token)
        headers = {"Idempotency-Key": token}
        await self.person.make_true(fact, True, "POST", "/api/v1/statuses", json=said, headers=headers, refused=(422,))

    # ---- people -----------------------------------------------------------------------------------------------------

    async def follow(self) -> None:
        other, on = self.dice.choice(self.others), self.dice.random() < 0.7
        path = f"/api/v1/accounts/{other.id}/{'follow' if on else 'unfollow'}"
        await self.person.make_true(("following", self.person.name, other.id), on, "POST", path)

    async def shun(self) -> None:
        other, on = self.dice.choice(self.quiet), self.dice.random() < 0.6
        kind, word = self.dice.choice([("blocking", "block"), ("muting", "mute")])
        path = f"/api/v1/accounts/{other}/{word if on else f'un{word}'}"
        await self.person.make_true((kind, self.person.name, other), on, "POST", path)

    async def note(self) -> None:
        other, words = self.dice.choice(self.quiet), f"n{next(TOKENS)}n"
        fact = ("note", self.person.name, other)
        await self.person.make_true(fact, words, "POST", f"/api/v1/accounts/{other}/note", json={"comment": words})

    async def report(self) -> None:
        token = f"r{next(TOKENS)}r"
        said = {"account_id": self.dice.choice(self.quiet), "comment": token}
        await self._make("report", token, "/api/v1/reports", said)

    async def rename(self) -> None:
        words = f"d{next(TOKENS)}d"
        path = "/api/v1/accounts/update_credentials"
        await self.person.make_true(("name", self.person.name), words, "PATCH", path, json={"display_name": words})

    async def portrait(self) -> None:
        """Another picture of oneself. What it looks like is known only from the answer, so it is sent until there is one."""
        body = form(picture(self.dice.randrange(2**31)), "avatar")
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        answer, _ = await self.person.send("PATCH", "/api/v1/accounts/update_credentials", content=body, headers=headers)
        assert answer is not None
        if answer.is_success:
            self.book.settled(("avatar", self.person.name), answer.json()["avatar"])
        else:
            self.book.surprises.append(f"PATCH avatar: {answer.status_code} {answer.text[:200]}")

    async def follow_tag(self) -> None:
        tag, on = self.dice.choice(["raf", "crash", "coconut"]), self.dice.random() < 0.6
        path = f"/api/v1/tags/{tag}/{'follow' if on else 'unfollow'}"
        await self.person.make_true(("tag", self.person.name, tag), on, "POST", path)

    # ---- one's own affairs ------------------------------------------------------------------------------------------

    async def _make(self, kind: str, token: str, path: str, said: object) -> str:
        """Something new that has no key, so that what was lost is not sent again; its id."""
        self.book.begun((kind, token), True)
        answer, _ = await self.person.send("POST", path, json=said, again=False)
        if answer is None:
            self.book.tally["left open"] += 1
            return ""
        if not answer.is_success:
            self.book.surprises.append(f"POST {path}: {answer.status_code} {answer.text[:300]}")
            return ""
        self.book.tally["acknowledged"] += 1
        self.book.settled((kind, token), True)
        identity: str = answer.json()["id"]
        return identity

    async def make_list(self) -> None:
        await self._keep_five("list", self.lists, "/api/v1/lists", {}, 0.5)

    async def make_filter(self) -> None:
        about = {"context": ["home"], "filter_action": "warn", "keywords_attributes": [{"keyword": "unheard"}]}
        await self._keep_five("filter", self.filters, "/api/v2/filters", about, 0.4)

    async def _keep_five(self, kind: str, kept: list[str], path: str, about: dict[str, object], away: float) -> None:
        """A new one, up to five; then another title for one, or none any more."""
        name, words = self.person.name, f"{kind[0]}{next(TOKENS)}{kind[0]}"
        if len(kept) < 5:
            identity = await self._make(f"{kind} made", words, path, {"title": words} | about)
            if identity:
                kept.append(identity)
                self.book.settled((kind, name, identity), words)
            return
        identity = self.dice.choice(kept)
        if self.dice.random() < away:
            kept.remove(identity)
            await self.person.make_true((kind, name, identity), GONE, "DELETE", f"{path}/{identity}", already=(404,))
        else:
            await self.person.make_true((kind, name, identity), words, "PUT", f"{path}/{identity}", json={"title": words})

    async def join_list(self) -> None:
        if not self.lists:
            return
        identity, on = self.dice.choice(self.lists), self.dice.random() < 0.7
        path, said = f"/api/v1/lists/{identity}/accounts", {"account_ids": [self.anchor.id]}
        fact = ("member", self.person.name, identity)
        await self.person.make_true(
            fact, on, "POST" if on else "DELETE", path, json=said, already=(422, 404), refused=(422, 404)
        )

    async def read_on(self) -> None:
        if not self.book.living:
            return
        last = self.book.living[-1].id
        said = {"home": {"last_read_id": last}}
        await self.person.make_true(("marker", self.person.name), last, "POST", "/api/v1/markers", json=said)

    async def look(self) -> None:
        """Reading has to work all the time as well."""
        for path in ("/api/v1/timelines/home", "/api/v1/notifications"):
            answer = await self.person.get(path)
            if not answer.is_success:
                self.book.surprises.append(f"GET {path}: {answer.status_code} {answer.text[:200]}")
