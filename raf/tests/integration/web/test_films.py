"""Films and sounds are posted with a form and played by the browser itself, without scripts."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from ostrov import Ostrov, run_tasks
from raf.web.testing import Page

pytestmark = pytest.mark.usefixtures("database")


def film() -> bytes:
    """Half a second of red, without sound."""
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(10):
            frame = av.VideoFrame.from_image(Image.new("RGB", (160, 120), "red"))  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, 20)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return written.getvalue()


def sound(path: Path) -> bytes:
    """A second of silence."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libmp3lame", rate=48_000, layout="stereo")
        for number in range(40):
            frame = av.AudioFrame(format="fltp", layout="stereo", samples=1152)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 1152, Fraction(1, 48_000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path.read_bytes()


@asynccontextmanager
async def at_work(application: Ostrov) -> AsyncIterator[None]:
    """A worker."""

    async def work() -> None:
        while True:
            await run_tasks(application)
            await asyncio.sleep(0.05)

    working = asyncio.create_task(work())
    try:
        yield
    finally:
        working.cancel()


async def test_a_film_is_posted_and_plays_without_scripts(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("filmmaker")
        compose: Page = await visitor.get("/compose")
        async with at_work(site.application):
            file = ("a.mp4", film(), "video/mp4")
            page = await compose.submit("/compose", {"media_0": file}, text="Look", alt_0="A red wall")
        assert page.status == 200, page.text
        assert '<video src="' in page.html
        assert 'width="160" height="120" controls playsinline preload="none" loop muted aria-label="A red wall"' in page.html
        assert ".mp4" in page.html


async def test_a_sound_is_posted_and_plays_without_scripts(open_site, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("singer")
        compose: Page = await visitor.get("/compose")
        file = ("a.mp3", sound(tmp_path / "a.mp3"), "audio/mpeg")
        async with at_work(site.application):
            page = await compose.submit("/compose", {"media_0": file}, text="Listen", alt_0="Silence")
        assert page.status == 200, page.text
        assert '<audio src="' in page.html
        assert 'aria-label="Silence"' in page.html


async def test_a_film_that_takes_long_keeps_nobody_waiting_and_the_post_goes_out_by_itself(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site("raf.media.wait_seconds=0") as site:
        visitor = await site.member("director")
        compose: Page = await visitor.get("/compose")
        file = ("a.mp4", film(), "video/mp4")
        page = await compose.submit("/compose", {"media_0": file}, text="An epic", alt_0="A red wall")
        assert page.path == "/scheduled"
        assert "The recording is being prepared" in page.text
        assert "An epic" in page.text
        assert "Look again" in page.text
        assert 'src="None"' not in page.html
        assert "An epic" not in (await visitor.get("/@director")).text
        await run_tasks(site.application, ahead=60)
        assert "An epic" not in (await visitor.get("/scheduled")).text
        profile = await visitor.get("/@director")
        assert "An epic" in profile.text
        assert '<video src="' in profile.html


@pytest.mark.parametrize(
    ("language", "words", "advice"),
    [
        ("en", "It could not be published. The file is damaged, or of a kind", "Delete it and write anew"),
        ("ru", "Опубликовать не вышло. Файл повреждён или такого вида", "Удалите пост и напишите заново"),
    ],
)
async def test_a_film_that_turns_out_damaged_leaves_its_post_waiting_with_the_reason(  # type: ignore[no-untyped-def]
    open_site, language: str, words: str, advice: str
) -> None:
    async with open_site("raf.media.wait_seconds=0") as site:
        visitor = await site.member("director", language)
        compose: Page = await visitor.get("/compose")
        page = await compose.submit("/compose", {"media_0": ("a.mp4", film()[:600], "video/mp4")}, text="An epic")
        assert page.path == "/scheduled"
        await run_tasks(site.application, ahead=60)
        waiting = await visitor.get("/scheduled")
        assert words in waiting.text
        assert advice in waiting.text
        assert "scheduled_at" not in waiting.html, "another time would not mend the file"
        assert "An epic" in waiting.text


async def test_a_damaged_film_of_a_post_for_later_is_told_of_before_its_time(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site("raf.media.wait_seconds=0") as site:
        visitor = await site.member("director")
        compose: Page = await visitor.get("/compose")
        when = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
        file = ("a.mp4", film()[:600], "video/mp4")
        page = await compose.submit("/compose", {"media_0": file}, text="An epic", scheduled_at=when)
        assert page.path == "/scheduled"
        assert "It could not be published" not in page.text
        await run_tasks(site.application)
        assert "The file is damaged" in (await visitor.get("/scheduled")).text


async def test_a_damaged_film_is_refused_at_once_when_it_is_found_out_in_time(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("director")
        compose: Page = await visitor.get("/compose")
        async with at_work(site.application):
            page = await compose.submit("/compose", {"media_0": ("a.mp4", film()[:600], "video/mp4")}, text="An epic")
        assert page.status == 422
        assert "This file is no picture, film or sound that can be shown here" in page.text
        assert "An epic" in page.html
