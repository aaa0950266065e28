"""Films and sounds in a browser: they play, can be wound, and look right by day, by night and on a phone."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Page, expect
from raf.tests.acceptance.browser.test_looks import examine
from raf.tests.integration.media.test_films import film

from raf.forms import NewPost
from raf.network import open_raf

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}
LOOKS = [
    pytest.param("desktop", DESKTOP, "light", "en", id="desktop"),
    pytest.param("dark", DESKTOP, "dark", "ru", id="dark"),
    pytest.param("phone", PHONE, "light", "ru", id="phone"),
]


def waves(path: Path, seconds: int = 3) -> Path:
    """A film of waves that roll, in colours of an island, with a quiet tone."""
    with av.open(str(path), "w") as target:
        shown: Any = target.add_stream("libx264", rate=20)
        shown.width, shown.height, shown.pix_fmt = 640, 360, "yuv420p"
        for number in range(seconds * 20):
            still = Image.new("RGB", (640, 360), "#f3dcb5")
            pen = ImageDraw.Draw(still)
            for layer, colour in enumerate(("#cfe6df", "#9cc9bd", "#5f9f93", "#6a4229")):
                top = 130 + layer * 55
                crest = [(x, top + 16 * math.sin(x / (70 - layer * 8) + number / 6 + layer)) for x in range(0, 648, 8)]
                pen.polygon([*crest, (648, 360), (0, 360)], fill=colour)
            target.mux(shown.encode(av.VideoFrame.from_image(still)))  # type: ignore[no-untyped-call]
        target.mux(shown.encode(None))
    return path


def cover() -> bytes:
    still = Image.new("RGB", (600, 600), "#6a4229")
    pen = ImageDraw.Draw(still)
    for radius, colour in ((240, "#f3dcb5"), (200, "#8a5a39"), (120, "#f8ecd8"), (60, "#8a5a39")):
        pen.ellipse((300 - radius, 300 - radius, 300 + radius, 300 + radius), fill=colour)
    written = io.BytesIO()
    still.save(written, "PNG")
    return written.getvalue()


async def furnish(place: Any, folder: Path) -> dict[str, int]:
    """Posts of kokosova with recordings of each kind; their ids."""
    raf, me = place.application.part(open_raf), place.crowd.accounts["kokosova"]
    library = raf._library
    (folder / "cover.png").write_bytes(cover())
    sent = {
        "moving": await raf.upload(me, waves(folder / "waves.mp4"), "Waves roll under the pier"),
        "film": await raf.upload(me, film(folder / "a.webm", "libvpx", "libopus", (320, 240), 60), "A wall turns red"),
        "sound": await library.upload(
            me, film(folder / "a.mp3", None, "libmp3lame", frames=90), "The sea at night", thumbnail=folder / "cover.png"
        ),
        "bare": await raf.upload(me, film(folder / "b.mp3", None, "libmp3lame", frames=90), "Wind in the palms"),
    }
    texts = {
        "moving": "The morning tide",
        "film": "Painted the café",
        "sound": "Recorded from the terrace",
        "bare": "And the wind",
    }
    return {
        kind: await raf.post(me, NewPost(text=texts[kind], media_ids=(media_id,), language="en", sensitive=kind == "film"))
        for kind, media_id in sent.items()
    }


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_recordings_are_shown_without_faults(  # type: ignore[no-untyped-def]
    open_place, tmp_path: Path, look: str, size, theme: str, language: str
) -> None:
    faults: list[str] = []
    async with open_place() as place:
        posts = await furnish(place, tmp_path)
        page = await place.open("/@kokosova", size=size, theme=theme, language=language)
        await page.locator(f"#p{posts['moving']}").scroll_into_view_if_needed()
        faults += await examine(page, f"recordings-{look}", theme)
        await page.locator(f"#p{posts['film']} details.lid > summary").click()
        for kind in ("film", "sound"):
            await page.goto(f"/@kokosova/{posts[kind]}")
            faults += await examine(page, f"recording-{kind}-{look}", theme)
    assert faults == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_recordings_play_and_can_be_wound(open_place, tmp_path: Path, size) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        posts = await furnish(place, tmp_path)
        page = await place.open("/@kokosova", size=size)
        await page.locator(f"#p{posts['film']} details.lid > summary").click()
        for kind, element in (("moving", "video"), ("film", "video"), ("sound", "audio"), ("bare", "audio")):
            player = page.locator(f"#p{posts[kind]} {element}")
            await expect(player).to_have_attribute("preload", "none")
            length = await player.evaluate(PLAYED)
            assert length > 1
            assert await player.evaluate(WOUND) == pytest.approx(length * 0.8, abs=0.2)
            assert (await player.get_attribute("aria-label") or "") != ""


PLAYED = """async (player) => {
  player.muted = true
  await player.play()
  const runs = () => player.currentTime > 0.05
  await new Promise((done) => runs() ? done() : player.addEventListener("timeupdate", () => runs() && done()))
  player.pause()
  return player.duration
}"""
WOUND = """async (player) => {
  const there = new Promise((done) => player.addEventListener("seeked", done, { once: true }))
  player.currentTime = player.duration * 0.8
  await there
  return player.currentTime
}"""


async def test_without_scripts_recordings_have_the_browsers_own_controls(open_place, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        posts = await furnish(place, tmp_path)
        page = await place.open("/@kokosova", scripts=False)
        for kind, element in (("moving", "video"), ("sound", "audio")):
            player = page.locator(f"#p{posts[kind]} {element}")
            await expect(player).to_have_attribute("controls", "")
            await expect(player).to_be_visible()


async def choose(page: Page, path: Path) -> None:
    await page.locator("main [data-pick]").set_input_files(path)
    await expect(page.locator("main .picture video")).to_be_visible()


async def test_a_film_in_the_making_is_told_of_and_goes_out_by_itself(open_place, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source = film(tmp_path / "a.webm", "libvpx", "libopus", (320, 240), 40)
    async with open_place(settings=["raf.media.wait_seconds=0"]) as place:
        page = await place.member("kokosova", "/compose")
        await page.fill("main [data-text]", "An epic of the pier")
        await choose(page, source)
        await page.fill("main .picture textarea", "The wall turns red")
        await page.click("main [type=submit]")
        await page.wait_for_url("**/scheduled")
        await expect(page.locator("[data-preparing]")).to_have_count(0, timeout=30_000)
        await page.goto("/@kokosova")
        player = page.locator(".post", has_text="An epic of the pier").locator("video")
        await expect(player).to_have_attribute("aria-label", "The wall turns red")


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_the_page_of_what_is_being_prepared_has_no_faults(  # type: ignore[no-untyped-def]
    open_place, tmp_path: Path, look: str, size, theme: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raf.media.library.Library.develop_held", _never)
    source = film(tmp_path / "a.webm", "libvpx", "libopus", (320, 240), 10)
    async with open_place(settings=["raf.media.wait_seconds=0"]) as place:
        page = await place.member("kokosova", "/compose", size=size, theme=theme, language=language)
        await page.fill("main [data-text]", "An epic of the pier")
        await choose(page, source)
        faults = await examine(page, f"compose-film-{look}", theme)
        await page.click("main [type=submit]")
        await page.wait_for_url("**/scheduled")
        await expect(page.locator("[data-preparing]")).to_be_visible()
        faults += await examine(page, f"preparing-{look}", theme)
    assert faults == []


async def _never(library: object, identity: int, held: str) -> None:
    """A film that takes for ever."""
