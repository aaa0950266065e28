"""Taking pictures in: what is kept, what is refused, and that nothing is left half done."""

from __future__ import annotations

import asyncio
import errno
import io
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from raf.tests.integration.media.stored import files, picture, stored

from ostrov import run_tasks
from ostrov.testing import running
from raf.errors import Invalid, Missing, TooMany
from raf.forms import MediaChange
from raf.media.library import open_library
from raf.media.storage import StorageFull

ANNA, BORIS = 7, 8


def photograph() -> bytes:
    """As a phone takes it: lying on its side, with the place it was taken at."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn to the right
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", (640, 480), exif=exif)


def animation(kind: str = "GIF", frames: int = 5) -> bytes:
    stills = [Image.new("RGB", (64, 48), (40 * number, 100, 0)) for number in range(frames)]
    written = io.BytesIO()
    stills[0].save(written, kind, save_all=True, append_images=stills[1:], duration=80, loop=0)
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "webp"), ("GIF", "png")]
)
async def test_a_picture_is_kept_with_its_preview_and_measures(tmp_path: Path, kind: str, ending: str) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, picture(kind, (1600, 1200)), "a teal wall", (0.5, -0.5))
        shown = await library.media(ANNA, identity)
        assert shown.type == "image"
        assert shown.url is not None
        assert shown.url.endswith(f".{ending}")
        assert shown.description == "a teal wall"
        assert shown.blurhash
        assert shown.meta["original"] == {"width": 1600, "height": 1200, "size": "1600x1200", "aspect": 1600 / 1200}
        assert shown.meta["small"]["width"] * shown.meta["small"]["height"] <= 230_400
        assert shown.meta["focus"] == {"x": 0.5, "y": -0.5}
        with Image.open(stored(library, shown.url)) as opened:
            assert opened.size == (1600, 1200)
        with Image.open(stored(library, shown.preview_url)) as opened:
            assert opened.size == (shown.meta["small"]["width"], shown.meta["small"]["height"])


async def test_a_photograph_stands_upright_and_tells_nothing_of_its_place(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, photograph()))
        assert (shown.meta["original"]["width"], shown.meta["original"]["height"]) == (480, 640)
        for path in files(application):
            assert b"SECRET" not in path.read_bytes()
            with Image.open(path) as opened:
                assert not opened.getexif()


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
async def test_an_animation_goes_on_moving(tmp_path: Path, kind: str) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, animation(kind)))
        with Image.open(stored(library, shown.url)) as opened:
            assert getattr(opened, "n_frames", 1) == 5
        with Image.open(stored(library, shown.preview_url)) as opened:
            assert getattr(opened, "n_frames", 1) == 1


async def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, picture("JPEG", (6000, 5000))))
        assert shown.meta["original"]["width"] * shown.meta["original"]["height"] <= 8_294_400


def png_bomb() -> bytes:
    """A few kilobytes that decode to 3.6 gigabytes."""
    return picture("PNG", (30_000, 30_000), 0)


HOSTILE = {
    "a page with a picture's name": b"<!doctype html><script>alert(1)</script>",
    "a drawing that runs scripts": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "a program": b"MZ" + b"\0" * 500,
    "nothing": b"",
    "a head without a body": picture("JPEG")[:200],
    "noise after a picture's first bytes": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "a picture that ends in the middle": picture("PNG", (800, 800), "red")[:-60],
    "a GIF of nothing": b"GIF89a" + b"\0" * 40,
    "a WebP of nothing": b"RIFF\0\0\0\0WEBPVP8 ",
    "a PostScript file": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_is_no_picture_is_refused_with_a_reason_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        with pytest.raises(Invalid) as caught:
            await library.upload(ANNA, HOSTILE[name])
        assert caught.value.status == 422
        assert "File" in caught.value.error
        assert files(application) == []
        assert await application.store.read(lambda connection: connection.value("SELECT COUNT(*) FROM media")) == 0


@pytest.mark.long
async def test_a_bomb_is_measured_and_not_decoded(tmp_path: Path) -> None:
    bomb = png_bomb()
    async with running(tmp_path, ["raf"]) as application:
        began = time.perf_counter()
        with pytest.raises(Invalid, match="30000 × 30000"):
            await application.part(open_library).upload(ANNA, bomb)
        assert time.perf_counter() - began < 5


async def test_a_decoder_may_not_take_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from raf.media import decoding

    async def starved(self: object, *arguments: str, **options: Any) -> Any:
        program = "import raf.media.decoder as d; d.MEMORY = 150 << 20; d.main()"
        return await original(arguments[0], "-c", program, **options)

    original = asyncio.create_subprocess_exec
    monkeypatch.setattr(
        decoding.asyncio, "create_subprocess_exec", lambda *arguments, **options: starved(None, *arguments, **options)
    )
    async with running(tmp_path, ["raf"]) as application:
        with pytest.raises(Invalid, match=r"memory|decoded"):
            await application.part(open_library).upload(ANNA, picture("PNG", (5000, 5000)))


async def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"], ["raf.media.max_bytes=1000"]) as application:
        with pytest.raises(Invalid, match="too large"):
            await application.part(open_library).upload(ANNA, b"\x89PNG\r\n\x1a\n" + b"x" * 1000)


@pytest.mark.parametrize("focus", [(2.0, 0.0), (0.0, -1.5), (float("nan"), 0.0), (float("inf"), 0.0)])
async def test_a_focus_outside_of_the_picture_is_refused(tmp_path: Path, focus: tuple[float, float]) -> None:
    async with running(tmp_path, ["raf"]) as application:
        with pytest.raises(Invalid):
            await application.part(open_library).upload(ANNA, picture(), None, focus)


async def test_a_full_disk_is_told_and_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from raf.media.storages import local

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        monkeypatch.setattr(local.os, "fsync", full)
        for wait in (True, False):
            with pytest.raises(StorageFull) as caught:
                await library.upload(ANNA, picture(), wait=wait)
            assert caught.value.status == 507
        monkeypatch.undo()
        assert files(application) == []
        assert await application.store.read(lambda connection: connection.value("SELECT COUNT(*) FROM media")) == 0
        assert await library.upload(ANNA, picture())


async def test_an_upload_that_is_acknowledged_is_processed_by_a_worker(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, photograph(), "before", wait=False)
        waiting = await library.media(ANNA, identity)
        assert (waiting.url, waiting.preview_url) == (None, None)
        await library.update(ANNA, identity, MediaChange(description="meanwhile", focus=(0.1, 0.2)))
        assert await run_tasks(application) == 1
        shown = await library.media(ANNA, identity)
        assert shown.url
        assert shown.description == "meanwhile"
        assert shown.meta["focus"] == {"x": 0.1, "y": 0.2}
        assert shown.meta["original"]["width"] == 480
        assert not list((application.data_dir / "media" / "held").iterdir())


async def test_an_upload_that_cannot_be_processed_says_why(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, picture("JPEG")[:200], wait=False)
        await run_tasks(application)
        row = await library.find(ANNA, identity)
        assert row.state == "failed"
        assert row.error
        assert "damaged" in row.error
        assert files(application) == []


async def test_processing_twice_is_processing_once(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, picture(), wait=False)
        held = next((application.data_dir / "media" / "held").iterdir())
        await asyncio.gather(*(library.develop_held(identity, f"held/{held.name}") for _ in range(3)))
        assert (await library.media(ANNA, identity)).url
        assert len(files(application)) == 2


async def test_an_upload_belongs_to_who_uploaded_it(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, ["raf"], database) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, picture())
        with pytest.raises(Missing):
            await library.media(BORIS, identity)
        with pytest.raises(Missing):
            await library.update(BORIS, identity, MediaChange(description="mine"))
        with pytest.raises(Missing):
            await library.discard(BORIS, identity)
        assert (await library.update(ANNA, identity, MediaChange(description="x"))).description == "x"
        assert (await library.update(ANNA, identity, MediaChange(description=None))).description is None


async def test_portraits_are_cut_to_measure(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        for kind, size in (("avatar", (400, 400)), ("header", (1500, 500))):
            name = await library.portrait(ANNA, photograph(), kind)
            with Image.open(stored(library, library.url + name)) as opened:
                assert opened.size == size
                assert not opened.getexif()


async def test_nobody_uploads_without_end(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"], ["raf.media.uploads_of_account=2"]) as application:
        library = application.part(open_library)
        for _ in range(2):
            await library.upload(ANNA, picture(size=(20, 20)))
        with pytest.raises(TooMany):
            await library.upload(ANNA, picture(size=(20, 20)))
        await library.upload(BORIS, picture(size=(20, 20)))
