"""What the API says, held against the book: everything acknowledged is there, nothing is there by half or twice."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from crash.book import GONE, Book, Fact, Post
from crash.deeds import MARKS
from crash.person import Person

TOKEN = re.compile(r"\b(k\d+k) v(\d+)\b")
SHOWN = {"favourite": "favourited", "bookmark": "bookmarked", "reblog": "reblogged", "mute": "muted", "pin": "pinned"}
AT_ONCE = 40


class Verdict:
    """One look at everything. `wrong` are the findings, in words."""

    def __init__(self, book: Book, people: Sequence[Person], anchor: Person) -> None:
        self.book, self.people, self.anchor = book, people, anchor
        self.wrong: list[str] = []
        self.looked = Counter[str]()

    async def look(self, *, files: bool) -> None:
        """Ask for everything; with `files` also for the bytes of each picture."""
        for person in self.people:
            await self._posts(person)
            await self._marks(person)
            await self._relations(person)
            await self._own(person)
        await self._reports()
        if files:
            await self._files()

    def hold(self, fact: Fact, allowed: frozenset[Hashable], found: Hashable) -> None:
        """Whether what was found may be."""
        self.looked["facts"] += 1
        if found not in allowed and not (None in allowed and not found):
            self.wrong.append(f"{fact}: {found!r} instead of {sorted(map(str, allowed))}")

    # ---- posts ------------------------------------------------------------------------------------------------------

    async def _posts(self, person: Person) -> None:
        documents = await self._all(person, f"/api/v1/accounts/{person.id}/statuses", exclude_reblogs="true")
        found: dict[str, list[dict[str, Any]]] = {}
        for document in documents:
            for token, _ in TOKEN.findall(document["content"])[:1]:
                found.setdefault(token, []).append(document)
        for post in self.book.posts.values():
            if post.author != person.name:
                continue
            same, fact = found.pop(post.token, []), ("post", post.token)
            if len(same) > 1:
                self.wrong.append(f"{post.token} is there {len(same)} times")
            version = int(TOKEN.findall(same[0]["content"])[0][1]) if same else GONE
            self.hold(fact, self.book.may_be(fact), version)
            if same:
                self._whole(post, same[0])
        self.wrong += [f"{token} was never sent" for token in found]

    def _whole(self, post: Post, document: dict[str, Any]) -> None:
        """All that a post was sent with is with it."""
        if post.id not in ("", document["id"]):
            self.wrong.append(f"{post.token} was acknowledged as {post.id} and is {document['id']}")
        post.id = post.id or document["id"]
        answers = tuple(option["title"] for option in (document["poll"] or {"options": ()})["options"])
        if answers != post.answers:
            self.wrong.append(f"{post.token} asks {answers} instead of {post.answers}")
        if tuple(media["id"] for media in document["media_attachments"]) != post.media:
            self.wrong.append(f"{post.token} has other files than it was sent with")
        for fact, allowed in self.book.facts("description", post.author, post.token):
            self.hold(fact, allowed, document["media_attachments"][0]["description"])
        if post.quotes and not document["quote"]:
            self.wrong.append(f"{post.token} lost its quote")
        if [one["acct"] for one in document["mentions"]] != [self.anchor.name] * post.mentions:
            self.wrong.append(f"{post.token} mentions {document['mentions']}")
        parent = self.book.posts.get(post.replies_to)
        if parent is not None and not self.book.is_gone(parent) and document["in_reply_to_id"] != parent.id:
            self.wrong.append(f"{post.token} is no reply to {parent.token} any more")

    async def _marks(self, person: Person) -> None:
        facts = [found for mark in (*MARKS, "pin", "vote") for found in self.book.facts(mark, person.name)]
        posts = {self.book.posts[str(fact[2])].id: fact[2] for fact, _ in facts}
        documents = await self._by_id(person, [identity for identity in posts if identity])
        shown = {posts[document["id"]]: document for document in documents}
        for fact, allowed in facts:
            document = shown.get(fact[2])
            if document is None:
                if not self.book.is_gone(self.book.posts[str(fact[2])]):
                    self.wrong.append(f"{fact}: the post is not shown")
            elif fact[0] == "vote":
                choices = document["poll"]["own_votes"]
                self.hold(fact, allowed, choices[0] if choices else None)
            else:
                self.hold(fact, allowed, bool(document.get(SHOWN[str(fact[0])])))

    # ---- people and one's own affairs -------------------------------------------------------------------------------

    async def _relations(self, person: Person) -> None:
        facts = [one for kind in ("following", "blocking", "muting", "note") for one in self.book.facts(kind, person.name)]
        ids = sorted({str(fact[2]) for fact, _ in facts})
        answer = await person.get("/api/v1/accounts/relationships", **{"id[]": ids})
        by_id = {row["id"]: row for row in answer.json()}
        for fact, allowed in facts:
            self.hold(fact, allowed, by_id[fact[2]][str(fact[0])])

    async def _own(self, person: Person) -> None:
        name = person.name
        own = (await person.get("/api/v1/accounts/verify_credentials")).json()
        markers = (await person.get("/api/v1/markers", **{"timeline[]": ["home"]})).json()
        tags = {row["name"] for row in (await person.get("/api/v1/followed_tags")).json()}
        for fact, allowed in self.book.facts("name", name):
            self.hold(fact, allowed, own["display_name"])
        for fact, allowed in self.book.facts("avatar", name):
            self.hold(fact, allowed, own["avatar"])
            self.looked["portraits"] += (await person.get(own["avatar"])).is_success
        for fact, allowed in self.book.facts("marker", name):
            self.hold(fact, allowed, markers.get("home", {}).get("last_read_id"))
        for fact, allowed in self.book.facts("tag", name):
            self.hold(fact, allowed, fact[2] in tags)
        await self._kept(person, "list", "/api/v1/lists")
        await self._kept(person, "filter", "/api/v2/filters")
        lists = [fact for fact, allowed in self.book.facts("list", name) if GONE not in allowed]
        for _, _, identity in lists:
            members = {row["id"] for row in (await person.get(f"/api/v1/lists/{identity}/accounts")).json()}
            fact = ("member", name, identity)
            self.hold(fact, self.book.may_be(fact), self.anchor.id in members)
        waiting = Counter(row["params"]["text"] for row in await self._all(person, "/api/v1/scheduled_statuses"))
        for fact, allowed in self.book.facts("scheduled", name):
            self.hold(fact, allowed, {0: None, 1: True}.get(waiting[str(fact[2])], "twice"))

    async def _kept(self, person: Person, kind: str, path: str) -> None:
        """Lists or filters: those known by their ids, and those whose making nobody was told of, once at most."""
        shown = {row["id"]: row["title"] for row in (await person.get(path)).json()}
        for fact, allowed in self.book.facts(kind, person.name):
            self.hold(fact, allowed, shown.pop(str(fact[2]), GONE))
        for title, number in Counter(shown.values()).items():
            if number > 1 or True not in (allowed := self.book.may_be((f"{kind} made", title))) or len(allowed) < 2:
                self.wrong.append(f"a {kind} {title} is there {number} times")

    async def _reports(self) -> None:
        rows = await self._all(self.anchor, "/api/v1/admin/reports", limit=200)
        found = Counter(row["comment"] for row in rows)
        for fact, allowed in self.book.facts("report"):
            self.hold(fact, allowed, {0: None, 1: True}.get(found[str(fact[1])], "twice"))

    async def mentions(self) -> list[str]:
        """Mentions that the one who is mentioned was not told of, or told of twice: at the end, when the tasks are done."""
        rows = await self._all(self.anchor, "/api/v1/notifications", **{"types[]": ["mention"], "limit": 80})
        told = Counter(row["status"]["id"] for row in rows)
        due = [post for post in self.book.posts.values() if post.mentions and post.id and not self.book.is_gone(post)]
        self.looked["mentions"] = len(due)
        return [f"{post.token}: {told[post.id]} notifications" for post in due if told[post.id] != 1]

    async def _files(self) -> None:
        """Each picture is served, byte for byte as it was served first."""
        by_name = {person.name: person for person in self.people}
        urls: dict[str, str] = {}
        for person in self.people:
            ids = [post.id for post in self.book.posts.values() if post.media and post.id and post.author == person.name]
            for document in await self._by_id(person, ids):
                urls |= {media["id"]: media["url"] for media in document["media_attachments"]}
        for identity, (name, digest) in self.book.uploads.items():
            person = by_name[name]
            if identity not in urls:
                answer = await person.get(f"/api/v1/media/{identity}")
                if answer.status_code == 404 and self._went_with_a_post(identity):
                    continue
                if not answer.is_success or not answer.json()["url"]:
                    self.wrong.append(f"upload {identity}: {answer.status_code} {answer.text[:200]}")
                    continue
                urls[identity] = answer.json()["url"]
            found = hashlib.sha256((await person.get(urls[identity])).content).hexdigest()
            self.book.uploads[identity] = (name, digest or found)
            self.looked["files"] += 1
            if digest and found != digest:
                self.wrong.append(f"upload {identity} has other bytes than at first")

    def _went_with_a_post(self, identity: str) -> bool:
        """A post in doubt may have taken it, so that it is not to be seen by itself."""
        return any(identity in post.media for post in self.book.posts.values())

    # ---- asking -----------------------------------------------------------------------------------------------------

    async def _by_id(self, person: Person, ids: Sequence[str]) -> Iterable[dict[str, Any]]:
        documents: list[dict[str, Any]] = []
        for start in range(0, len(ids), AT_ONCE):
            answer = await person.get("/api/v1/statuses", **{"id[]": ids[start : start + AT_ONCE]})
            documents += answer.json()
        return documents

    async def _all(self, person: Person, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Every page of a list."""
        rows: list[dict[str, Any]] = []
        answer = await person.get(path, **{"limit": AT_ONCE} | parameters)
        while answer.json():
            rows += answer.json()
            if "next" not in answer.links:
                break
            answer = await person.get(answer.links["next"]["url"])
        return rows
