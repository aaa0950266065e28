"""Whatever people write stays words: in the API's HTML, on every page, in what goes out as files."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raf.tests.security.payloads import PAYLOADS, Watch
from raf.tests.security.routes import page_routes

from ostrov import run_tasks
from raf.archive.plain import plain_text
from raf.domain.text import html, one_line, pieces
from raf.identity import open_identity
from raf.moderation import emojis, judging
from raf.moderation.house import drawn as house_text
from raf.moderation.moderation import open_moderation
from raf.web.testing import Site

TAGS = {"p", "br", "a", "span"}
OURS = re.compile(r"(http://raf\.test)?/(?!/)")
CLASSES = {"", "mention", "hashtag", "u-url", "h-card", "invisible", "ellipsis"}
FRAGMENTS = st.sampled_from(
    [
        *PAYLOADS,
        *("<", ">", '"', "'", "&", "&lt;", "&#", ";", "`", "\n", "\n\n", "\r\n", "\t", " ", "\u2028", "\u00a0", "\0"),
        *("http://", "https://", "https://a.example/x", "https://пример.рф/ё?q=<b>", "www.", "//", "@alice", "@nobody"),
        *("@alice@a.example", "#раф", "#", "@", ":soy:", "(", ")", "[", "]", "{{", "}}", "&amp;", "\ue000", "javascript:"),
    ]
)
WRITTEN = st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=12).map("".join)
MARKED_UP = st.lists(
    st.one_of(
        FRAGMENTS,
        st.sampled_from(["<p>", "</p>", "<br>", "<br />", "<ul><li>", "</li></ul>", "<script>", "</script>", "<!--", "-->"]),
        st.sampled_from(
            ['<a href="https://a.example/y">y</a>', '<a href="javascript:zq()">z</a>', '<a class="mention" href="x">']
        ),
        st.text(max_size=10),
    ),
    max_size=10,
).map("".join)


def shown(text: str) -> str:
    return html(text, pieces(text), {"alice": "alice"})


def check_post(markup: str) -> Watch:
    """The HTML of a post is of a few elements with a few attributes, and its links lead to the web or to a page of ours."""
    seen = Watch(markup)
    assert seen.problems == []
    assert seen.tags <= TAGS
    for link in seen.links:
        assert set(link) <= {"href", "class", "rel", "target", "translate"}
        assert set(link.get("class", "").split()) <= CLASSES
        if OURS.match(link["href"]):
            assert re.fullmatch(r"/(@[\w.@-]+|tags/[\w%.~-]+)", OURS.sub("/", link["href"])), link
        else:
            assert link["href"].startswith(("http://", "https://")), link
            assert {"nofollow", "noopener"} <= set(link["rel"].split())
            assert link["target"] == "_blank"
    return seen


@settings(max_examples=400, deadline=None)
@given(WRITTEN)
def test_the_html_of_a_post_is_what_was_typed_and_nothing_else(text: str) -> None:
    seen = check_post(shown(text))
    assert "".join("".join(seen.text).split()) == "".join(text.replace("\r", "\n").split()), "a word was lost or added"


@settings(max_examples=200, deadline=None)
@given(WRITTEN)
def test_a_field_of_a_profile_and_a_text_of_the_house_are_words_too(text: str) -> None:
    check_post(one_line(text, rel_me=True))
    seen = Watch(house_text(text))
    assert seen.problems == []
    assert seen.tags <= TAGS | {"h2", "h3", "h4", "ul", "li"}


@settings(max_examples=400, deadline=None)
@given(MARKED_UP)
def test_html_that_was_imported_becomes_words_and_stays_them(given_html: str) -> None:
    """Of an archive's HTML nothing but its text is kept; drawn and read again it is the same text: no second way in."""
    text = plain_text(given_html, {})
    seen = check_post(shown(text))
    assert "zq" not in "".join(seen.tags)
    again = plain_text(shown(text), {})
    assert "".join(again.split()) == "".join(text.split())
    assert shown(plain_text(shown(again), {})) == shown(again), "it settles at once"


@settings(max_examples=100, deadline=None)
@given(WRITTEN, st.integers(2, 5))
def test_a_text_quoted_again_and_again_stays_words(text: str, times: int) -> None:
    for _ in range(times):
        text = shown(text)
    check_post(text)


async def everything_said(site: Site, payloads: tuple[str, ...]) -> dict[str, str]:
    """Two people write payloads wherever something can be written; their session cookies."""
    raf_ids: dict[str, int] = {}
    cookies: dict[str, str] = {}
    application = site.application
    from raf.filters.filters import open_filters
    from raf.filters.forms import FilterChange, KeywordChange
    from raf.forms import NewPoll, NewPost, ProfileChange
    from raf.lists.forms import ListChange
    from raf.lists.lists import open_lists
    from raf.moderation.reporting import NewReport
    from raf.network import open_raf

    raf = application.part(open_raf)
    for name in ("alice", "vera"):
        await site.member(name)
        raf_ids[name] = await application.store.read(
            lambda connection, name=name: connection.value("SELECT id FROM account WHERE username = ?", (name,))
        )
        cookies[name] = await application.part(open_identity).open_session(raf_ids[name], user_agent=payloads[0])
    alice, vera = raf_ids["alice"], raf_ids["vera"]
    await application.part(open_moderation).write(judging.give_role, 0, vera, "owner")
    await application.store.write(lambda c: emojis.add(c, raf.journal, vera, "soy", "soy.webp", payloads[1]))
    raf.wire.forget_everywhere()
    for number, payload in enumerate(payloads):
        text = payload.replace("\0", "")
        await raf.post(alice, NewPost(text=f"{number} {text} @vera", spoiler_text=text if number % 3 == 0 else ""))
        if number % 4 == 0:
            await raf.post(vera, NewPost(text=text, poll=NewPoll(options=(text[:50], "b" + text[:40]), expires_in=600)))
    said = "".join(payloads[4:7]).replace("\0", "")
    fields = tuple((payload[:100], payload[:100]) for payload in payloads[:4])
    await raf.update_profile(alice, ProfileChange(display_name=payloads[1][:30], note=said[:400], fields=fields))
    await raf.update_profile(vera, ProfileChange(display_name=payloads[3][:30], note=said[:400]))
    await raf.follow(vera, alice)
    await raf.follow(alice, vera)
    await application.part(open_lists).create(alice, ListChange(title=payloads[1][:100]))
    await application.part(open_filters).create(
        alice, FilterChange(title=payloads[2], contexts=("public",), keywords=(KeywordChange(keyword=payloads[0]),))
    )
    await application.part(open_moderation).report(alice, NewReport(target_id=vera, comment=said[:500]))
    await run_tasks(application)
    return cookies


@pytest.mark.long
async def test_no_page_is_broken_by_what_stands_on_it(open_site: Any) -> None:
    """Every page that can be opened, as its author, as a moderator and as a stranger."""
    async with open_site() as site:
        cookies = await everything_said(site, PAYLOADS)
        store = site.application.store
        posts = [row[0] for row in await store.read(lambda c: c.rows("SELECT id FROM status ORDER BY id"))]
        first = await store.read(lambda c: c.value("SELECT id FROM account WHERE username = 'alice'"))
        values: dict[str, Any] = {"account_id": first, "handle": "@alice", "tab": "posts", "tag": "tag", "post_id": posts[0]}
        tables = {"list_id": "people_list", "report_id": "report", "filter_id": "content_filter"}
        for name, table in tables.items():
            values[name] = await store.read(lambda c, table=table: c.value(f"SELECT id FROM {table}"))
            assert values[name], table
        opened = 0
        for route in page_routes():
            if route.method != "GET" or route.path.startswith("/log-in/open"):
                continue
            for ids in [{"post_id": post} for post in posts[::7]] if "post_id" in route.names else [{}]:
                path = route.filled({**dict.fromkeys(route.names, 1), **values, **ids})
                for name in ("alice", "vera", ""):
                    query = "?q=%22%3E%3Czq%3E" if path == "/search" else ""
                    headers = {"cookie": f"raf_session={cookies[name]}"} if name else {}
                    answer = await site.visitor().client.get(path + query, headers=headers)
                    assert answer.status_code < 500, path
                    if answer.headers.get("content-type", "").startswith("text/html") and answer.status_code == 200:
                        opened += 1
                        assert Watch(answer.text).problems == [], (path, name)
        assert opened > 150


async def test_the_api_hands_out_no_markup_of_anybodys(api: Any) -> None:
    """`content`, `note` and fields are ours; what is plain text is told as text, in JSON that no browser takes for a page."""
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna")
        for payload in PAYLOADS:
            said = await anna.says(f"{payload} @anna #tag", spoiler_text=payload[:80])
            check_post(said["content"])
            answer = await anna.ask("GET", f"/api/v1/statuses/{said['id']}")
            assert answer.headers["content-type"].startswith("application/json")
            assert answer.headers["x-content-type-options"] == "nosniff"
            form = {
                "display_name": payload[:30],
                "note": payload,
                "fields_attributes": [{"name": payload[:200], "value": payload[:200]}],
            }
            changed = await anna.ask("PATCH", "/api/v1/accounts/update_credentials", json=form)
            assert changed.status_code in (200, 422)
            me = await anna.get("/api/v1/accounts/verify_credentials")
            check_post(me["note"])
            for field in me["fields"]:
                check_post(field["value"])
