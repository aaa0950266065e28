"""What is rendered once and kept: posts by their documents, pages by what is around them."""

from __future__ import annotations

import msgspec
import pytest

from raf import entities
from raf.web.assets import Assets
from raf.web.devices import device_of
from raf.web.fragments import Fragments
from raf.web.frames import Frame, Frames, slot
from raf.web.languages import read_languages
from raf.web.rendering import Rendering, attributes, excerpt

LANGUAGES = read_languages()


def account(number: int = 1) -> entities.Account:
    return entities.Account(
        id=str(number),
        username=f"person{number}",
        acct=f"person{number}",
        created_at="2026-01-02T00:00:00.000Z",
        url="",
        uri="",
        avatar="/a.png",
        avatar_static="/a.png",
        header="/h.png",
        header_static="/h.png",
    )


def document(likes: int = 0, **more: object) -> bytes:
    status = entities.Status(
        id="7", created_at="2026-03-04T05:06:07.000Z", uri="", account=account(), content="<p>raf</p>", favourites_count=likes
    )
    return msgspec.json.encode(msgspec.structs.replace(status, **more))


@pytest.fixture
def fragments() -> Fragments:
    return Fragments(Rendering(Assets()))


def test_a_document_is_rendered_once_for_each_kind_of_reader(fragments: Fragments, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = []
    original = Rendering.fragment

    def counted(self: Rendering, template: str, *rest: object, **context: object) -> object:
        rendered.append(context["kind"])
        return original(self, template, *rest, **context)  # type: ignore[arg-type]

    monkeypatch.setattr(Rendering, "fragment", counted)
    for _ in range(3):
        for viewer in (None, 1, 2, 3):
            fragments.posts([document()], LANGUAGES["en"], viewer)
    assert rendered == ["stranger", "author", "reader"]


def test_a_changed_document_is_another_one(fragments: Fragments) -> None:
    before = fragments.post(document(likes=1), LANGUAGES["en"], 2)
    after = fragments.post(document(likes=2, favourited=True), LANGUAGES["en"], 2)
    assert b"Like: 1" in before
    assert b"Like: 2" in after
    assert b"unfavourite" in after


def test_kept_posts_stay_within_their_budget() -> None:
    fragments = Fragments(Rendering(Assets()), budget=60_000)
    for likes in range(100):
        fragments.post(document(likes), LANGUAGES["en"], 2)
    assert 0 < fragments.size <= 60_000
    assert b"Like: 0" in fragments.post(document(0), LANGUAGES["en"], 2)


def test_a_frame_is_filled_with_what_differs_each_time() -> None:
    frame = Frame(f"<a>{slot('csrf')}</a>{slot('posts')}<b>{slot('csrf')}</b>")
    assert frame.filled({"csrf": b"1", "posts": b"<p>", "more": b""}) == b"<a>1</a><p><b>1</b>"


def test_what_looks_like_a_slot_is_only_text() -> None:
    assert Frame("\ue000csrf\ue000").filled({"csrf": b"secret"}) == "\ue000csrf\ue000".encode()


def test_frames_stay_within_their_budget() -> None:
    frames = Frames(budget=1000)
    for number in range(50):
        frames.keep(number, "x" * 100)
    assert frames.size <= 1000
    assert frames.get(49) is not None
    assert frames.get(0) is None


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>one</p><p>two<br />three</p>", "one two three"),
        ("<p>a &lt;b&gt; c</p>", "a <b> c"),
        ("<p>" + "word " * 60 + "</p>", "word " * 25 + "word…"),
    ],
)
def test_an_excerpt_is_words(html: str, words: str) -> None:
    assert excerpt(html, 135) == words


def test_attributes_are_escaped() -> None:
    assert attributes(pattern='"><x', required=True, disabled=False) == 'pattern="&#34;&gt;&lt;x" required'


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130.0 YaBrowser/24.10 Safari/537", "Yandex Browser · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/130.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.5.0", "curl"),
        ("", "?"),
    ],
)
def test_a_browser_is_told_in_two_words(agent: str, words: str) -> None:
    assert device_of(agent) == words
