"""Whatever a post's visibility and fate, and whoever asks: no endpoint and no page sends it to whom it is not for.

The endpoints are those of the route table: every GET is asked, with and without ids of the posts, and every action on them. A
new route is tried by itself; one with a parameter that is unknown here fails until it gets a value.
"""

from __future__ import annotations

from typing import Any

import pytest
from raf.tests.security.privacy import FATES, RELATIONS, Post, World, first_lines, may, world
from raf.tests.security.routes import Route, api_routes, page_routes

OF_POST = {"status_id", "poll_id", "post_id"}
UNSAFE = {"GET /log-in/open", "GET /log-in/open/back"}
"""They lead to another place."""
QUERIES: dict[str, tuple[str, ...]] = {
    "/api/v2/search": tuple(f"?q={{word}}&type={kind}&limit=40" for kind in ("", "statuses", "hashtags", "accounts")),
    "/search": tuple(f"?q={{word}}&type={kind}" for kind in ("", "statuses", "hashtags", "accounts")),
    "/api/v1/accounts/search": ("?q={word}",),
    "/api/v1/accounts/{account_id:int}/statuses": (
        *("?limit=40", "?pinned=true", "?only_media=true", "?exclude_replies=true&limit=40", "?tagged={aside}"),
    ),
    "/api/v1/timelines/public": ("?limit=40", "?local=true&limit=40", "?only_media=true"),
    "/api/v1/timelines/home": ("?limit=40",),
    "/api/v1/favourites": ("?limit=40",),
    "/api/v1/bookmarks": ("?limit=40",),
    "/api/v1/notifications": ("?limit=80&include_filtered=true", "?types[]=mention&limit=80", "?account_id={author}"),
    "/api/v2/notifications": ("?limit=80&include_filtered=true", "?grouped_types[]=mention", "?account_id={author}"),
    "/api/v1/statuses": ("?{ids}",),
    "/api/v1/timelines/link": ("?url=https%3A%2F%2Fexample.org%2F{aside}",),
    "/explore/links/posts": ("?url=https%3A%2F%2Fexample.org%2F{aside}",),
    "/report": ("?post={id}", "?account={author}", "?account={author}&post={id}"),
    "/compose": ("?reply={id}", "?quote={id}", "?text={word}"),
    "/api/v1/admin/accounts": ("?username=author",),
}


def readable() -> list[Route]:
    return [route for route in [*api_routes(), *page_routes()] if route.method == "GET" and str(route) not in UNSAFE]


async def leaks_of(place: World, relation: str, values: dict[str, Any], author: str = "") -> list[str]:
    """All that somebody is sent and should not be, of every readable route."""
    hidden = [post for post in place.posts if not may(post, relation, author)]
    every = "&".join(f"id[]={one.id}" for one in hidden[:40])
    found: list[str] = []
    for number, route in enumerate(readable()):
        if relation == "keeper" and ("/admin/" in route.path or route.path.startswith("/moderation")):
            continue  # what was reported is theirs to read
        queries = QUERIES.get(route.path, ("",))
        single = bool(OF_POST & set(route.names)) or any("{id}" in query or "{aside}" in query for query in queries)
        turn = number + RELATIONS.index(relation)
        for post in share(hidden, turn) if single else place.posts[:1]:
            path = route.filled({**values, **dict.fromkeys(OF_POST, post.id), "tag": post.aside, "name": post.aside})
            for query in queries:
                asked = path + query.format(
                    word="warning", aside=post.aside, id=post.id, ids=every, author=values["account_id"]
                )
                answer = await place.fetch(relation, route, asked)
                assert answer.status_code < 500, (relation, asked, answer.text)
                found += [f"{relation} got {one.kind} by {asked}" for one in hidden if one.is_in(answer.text, asked)]
    return found


def share(hidden: list[Post], turn: int) -> list[Post]:
    """Of many posts a third, each time another, so that each fate meets each endpoint and each relation."""
    return hidden if len(hidden) < 12 else [post for place, post in enumerate(hidden) if (place + turn) % 3 == 0]


async def values_for(place: World, relation: str) -> dict[str, Any]:
    """Something for each parameter: the reader's own list with the author in it, their own group of news, and so on."""
    author = place.people["author"]
    numbers = (
        *("list_id", "filter_id", "keyword_id", "filtered_id", "media_id", "notification_id", "request_id", "scheduled_id"),
        *("featured_id", "conversation_id", "report_id", "identity", "import_id", "quoting_id"),
    )
    values: dict[str, Any] = dict.fromkeys(numbers, "1")
    values |= {"account_id": author.id, "handle": "@author", "tab": "posts", "file": "bookmarks.csv", "code": "x"}
    values["date"] = "2026-11-24"
    values["group_key"] = "ungrouped-1"
    if relation == "nobody":
        return values
    mine = place.people[relation]
    listed = next(iter(await mine.get("/api/v1/lists")), None)
    if listed is not None:
        values["list_id"] = listed["id"]
    for talk in (await mine.get("/api/v1/conversations"))[:1]:
        values["conversation_id"] = talk["id"]
    for note in (await mine.get("/api/v1/notifications"))[:1]:
        values["notification_id"] = note["id"]
    for group in (await mine.get("/api/v2/notifications"))["notification_groups"][:1]:
        values["group_key"] = group["group_key"]
    return values


async def check(place: World, author: str = "") -> None:
    """Nothing hidden is sent to anybody, and what may be seen is."""
    found: list[str] = []
    for relation in RELATIONS:
        if relation == "author" and author:
            continue
        found += await leaks_of(place, relation, await values_for(place, relation), author)
        cookie = place.cookies.get(relation, "")
        hidden = [post for post in place.posts if not may(post, relation, author)]
        streams = ["home", "local", *(f"thread:{post.id}" for post in hidden), *(f"tag:{post.aside}" for post in hidden)]
        for stream in streams:
            said = await first_lines(place.app, f"/live?stream={stream}&since=1", cookie)
            found += [f"{relation} got {one.kind} live by {stream}" for one in hidden if one.is_in(said, stream)]
        found += await actions(place, relation, hidden)
        for post in place.posts:
            if post.fate == "scheduled":
                continue
            answer = await place.ask(relation, "GET", f"/api/v1/statuses/{post.id}")
            assert (post.mark in answer.text) == may(post, relation, author), (relation, post, answer.text)
    assert sorted(set(found)) == []


async def actions(place: World, relation: str, hidden: list[Post]) -> list[str]:
    """Nothing can be done to a post one may not see, and trying tells nothing of it."""
    if relation == "nobody":
        return []
    found: list[str] = []
    for turn, route in enumerate(api_routes()):
        if route.method == "GET" or not {"status_id", "poll_id"} & set(route.names):
            continue
        for post in share(hidden, turn + RELATIONS.index(relation)):
            path = route.filled({"status_id": post.id, "poll_id": post.id, "quoting_id": post.id})
            answer = await place.ask(relation, route.method, path, json={"choices": [0], "status": "x"})
            if post.is_in(answer.text) or answer.status_code not in (403, 404, 422):
                found.append(f"{relation} did {route} to {post.kind}: {answer.status_code}")
    return found


async def test_no_endpoint_sends_a_post_to_whom_it_is_not_for(api: Any, picture: bytes) -> None:
    async with api("raf.api.rate_limit=0") as raf, world(raf) as place:
        await place.stand("before")
        await place.stand("after")
        await place.post_all(picture, ("asked",))
        await check(place)


@pytest.mark.long
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_no_endpoint_sends_a_post_of_any_fate_whenever_the_relation_changed(
    api: Any, database: list[str], picture: bytes, moment: str
) -> None:
    """Relations as they were when the posts were written, or changed after people had liked, kept and answered them."""
    async with api("raf.api.rate_limit=0", database) as raf, world(raf) as place:
        await place.stand("before")
        for name in ("follower", "former", "blocked", "blocker", "muter", "outcast"):
            people = await place.people[name].post("/api/v1/lists", json={"title": "Author"})
            ids = {"account_ids": [place.people["author"].id]}
            await place.people[name].post(f"/api/v1/lists/{people['id']}/accounts", json=ids)
        if moment == "before":
            await place.stand("after")
        await place.post_all(picture, FATES)
        await place.react()
        for relation in RELATIONS:  # what is kept in memory is there before anything changes
            await place.ask(relation, "GET", "/api/v1/timelines/home")
            await place.ask(relation, "GET", "/home", page=True)
        if moment == "after":
            await place.stand("after")
        await check(place)
