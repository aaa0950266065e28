"""Films and sounds: whatever comes in, what is kept is what every browser plays, and says nothing of who recorded it."""

from __future__ import annotations

import io
import math
import random
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from ostrov import run_tasks
from ostrov.testing import running
from raf.errors import Invalid
from raf.media.library import Library, open_library
from raf.testing import file_of

ANNA = 7
RATE = 48_000


def film(
    path: Path,
    video: str | None = "libx264",
    audio: str | None = "aac",
    size: tuple[int, int] = (320, 240),
    frames: int = 30,
    rate: int = 25,
    pixels: str = "yuv420p",
    form: str | None = None,
) -> Path:
    """A film of so many frames that turn from black to red, with a tone; its recorder noted a name and a place."""
    with av.open(str(path), "w", format=form) as target:
        target.metadata.update({"title": "SECRET-NAME", "location": "+55.7558+037.6173/", "artist": "SECRET-NAME"})
        shown: Any = target.add_stream(video, rate=rate) if video else None
        heard: Any = target.add_stream(audio, rate=RATE, layout="stereo") if audio else None
        if shown is not None:
            shown.width, shown.height, shown.pix_fmt = *size, pixels
            for number in range(frames):
                frame = av.VideoFrame.from_image(Image.new("RGB", size, (min(255, number * 10), 60, 40)))
                frame.pts, frame.time_base = number, Fraction(1, rate)
                target.mux(shown.encode(frame))
            target.mux(shown.encode(None))
        if heard is not None:
            sound = av.AudioFrame(format="s16", layout="stereo", samples=frames * RATE // rate)
            tone = (int(9000 * math.sin(place / 20)) for place in range(sound.samples))
            sound.planes[0].update(b"".join(struct.pack("<hh", value, value) for value in tone))
            sound.sample_rate, sound.pts, sound.time_base = RATE, 0, Fraction(1, RATE)
            resampler = av.AudioResampler(format=heard.format, layout="stereo", rate=RATE, frame_size=1024)
            for piece in [*resampler.resample(sound), *resampler.resample(None)]:
                target.mux(heard.encode(piece))
            target.mux(heard.encode(None))
    return path


def picture(size: tuple[int, int] = (400, 300), colour: object = "teal") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")  # type: ignore[arg-type]
    return written.getvalue()


def kept(library: Library, url: str | None) -> Path:
    assert url is not None
    path = file_of(library, url.removeprefix(library.url))
    assert path is not None
    return path


def streams(path: Path) -> dict[str, Any]:
    with av.open(str(path)) as container:
        return {stream.type: stream.codec_context.name for stream in container.streams}


FILMS = {
    "a film of a phone": {"name": "a.mp4"},
    "a film of a telephone of another make": {"name": "a.mov", "size": (333, 201), "pixels": "yuv444p"},
    "a film of the web": {"name": "a.webm", "video": "libvpx", "audio": "libopus"},
    "a film in Matroska": {"name": "a.mkv", "video": "libx264", "audio": "flac"},
    "a film of old": {"name": "a.mp4", "video": "mpeg4", "audio": "libmp3lame"},
}


@pytest.mark.parametrize("case", FILMS)
async def test_a_film_becomes_what_every_browser_plays(tmp_path: Path, case: str) -> None:
    options = dict(FILMS[case])
    source = film(tmp_path / str(options.pop("name")), **options)  # type: ignore[arg-type]
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, source, "a red wall", (0.5, 0.5)))
        assert shown.type == "video"
        assert shown.description == "a red wall"
        assert shown.url is not None
        assert shown.url.endswith(".mp4")
        assert shown.blurhash
        original, small = shown.meta["original"], shown.meta["small"]
        assert (original["width"] % 2, original["height"] % 2) == (0, 0)
        assert original["duration"] == pytest.approx(1.2, abs=0.1)
        assert original["frame_rate"] == "25/1"
        assert original["bitrate"] > 0
        assert small["aspect"] == pytest.approx(original["width"] / original["height"], rel=0.02)
        assert shown.meta["focus"] == {"x": 0.5, "y": 0.5}
        path = kept(library, shown.url)
        sound = {"aac"} if case != "a film of old" else {"aac", "mp3float"}
        assert streams(path)["video"] == "h264"
        assert streams(path)["audio"] in sound
        assert path.read_bytes()[4:8] == b"ftyp"
        assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat"), "it plays before it is loaded whole"
        with Image.open(kept(library, shown.preview_url)) as poster:
            assert poster.size == (small["width"], small["height"])
            assert poster.getpixel((5, 5))[0] > 40, "the poster is not the black first frame"  # type: ignore[index]


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.webm", "a.mp3", "a.m4a", "a.ogg", "a.flac"])
async def test_nothing_of_who_recorded_it_is_kept(tmp_path: Path, name: str) -> None:
    codecs = {"webm": ("libvpx", "libopus"), "mp3": (None, "libmp3lame"), "m4a": (None, "aac"), "ogg": (None, "libopus")}
    video, audio = codecs.get(name[2:], (None, "flac") if name == "a.flac" else ("libx264", "aac"))
    source = film(tmp_path / name, video, audio, form="mp4" if name == "a.m4a" else None)
    assert b"SECRET" in source.read_bytes()
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        path = kept(library, (await library.media(ANNA, await library.upload(ANNA, source))).url)
        assert b"SECRET" not in path.read_bytes()
        assert b"037" not in path.read_bytes()


SOUNDS = {
    "a.mp3": "libmp3lame",
    "a.ogg": "libopus",
    "a.m4b": "alac",
    "a.flac": "flac",
    "a.wav": "pcm_s16le",
    "a.m4a": "aac",
    "a.aac": "aac",
}


@pytest.mark.parametrize("name", SOUNDS)
async def test_a_sound_becomes_an_mp3(tmp_path: Path, name: str) -> None:
    source = film(tmp_path / name, None, SOUNDS[name], form={"a.m4a": "ipod", "a.m4b": "ipod", "a.aac": "adts"}.get(name))
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, source))
        assert shown.type == "audio"
        assert shown.url is not None
        assert shown.url.endswith(".mp3")
        assert shown.preview_url is None
        assert shown.blurhash is None
        assert shown.meta["original"]["duration"] == pytest.approx(1.2, abs=0.1)
        assert "width" not in shown.meta["original"]
        assert "small" not in shown.meta
        assert streams(kept(library, shown.url)) == {"audio": "mp3float"}


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
async def test_a_film_without_sound_is_a_moving_picture(tmp_path: Path, name: str) -> None:
    source = film(tmp_path / name, "libvpx" if name == "a.webm" else "libx264", None)
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, source))
        assert shown.type == "gifv"
        assert streams(kept(library, shown.url)) == {"video": "h264"}


async def test_a_gif_is_a_moving_picture_of_the_same_length(tmp_path: Path) -> None:
    stills = [Image.new("RGB", (65, 49), (50 * number, 100, 0)) for number in range(5)]
    written = io.BytesIO()
    stills[0].save(written, "GIF", save_all=True, append_images=stills[1:], duration=[100, 300, 100, 300, 200], loop=0)
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, written.getvalue()))
        assert shown.type == "gifv"
        assert shown.meta["original"]["duration"] == 1.0
        path = kept(library, shown.url)
        assert streams(path) == {"video": "h264"}
        with av.open(str(path)) as container:
            assert container.duration / 1e6 == pytest.approx(1.0, abs=0.1)  # type: ignore[operator]


async def test_a_gif_that_is_seen_through_stays_so(tmp_path: Path) -> None:
    stills = [Image.new("RGBA", (64, 48), (0, 0, 0, 0)) for _ in range(3)]
    for number, still in enumerate(stills):
        still.paste((255, 60 * number, 0, 255), (number * 10, 0, 30 + number * 10, 30))
    written = io.BytesIO()
    stills[0].save(written, "GIF", save_all=True, append_images=stills[1:], duration=80, disposal=2)
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, written.getvalue()))
        assert shown.type == "image"
        with Image.open(kept(library, shown.url)) as opened:
            assert (opened.format, getattr(opened, "n_frames", 1)) == ("WEBP", 3)


async def test_a_thumbnail_of_ones_own_stands_for_film_and_sound(tmp_path: Path, database: list[str]) -> None:
    chosen = tmp_path / "thumbnail"
    chosen.write_bytes(picture())
    for source, wait in (
        (film(tmp_path / "a.mp4"), True),
        (film(tmp_path / "b.mp4"), False),
        (film(tmp_path / "c.mp3", None, "libmp3lame"), False),
    ):
        async with running(tmp_path / source.stem, ["raf"], database) as application:
            library = application.part(open_library)
            identity = await library.upload(ANNA, source, thumbnail=chosen, wait=wait)
            await run_tasks(application)
            shown = await library.media(ANNA, identity)
            assert (shown.meta["small"]["width"], shown.meta["small"]["height"]) == (400, 300)
            assert shown.blurhash
            with Image.open(kept(library, shown.preview_url)) as opened:
                assert opened.size == (400, 300)
            chosen.write_bytes(picture((300, 300), "red"))
            await library.choose_thumbnail(ANNA, identity, chosen)
            assert (await library.media(ANNA, identity)).meta["small"]["width"] == 300
            chosen.write_bytes(picture())


async def test_a_film_is_encoded_by_a_worker_and_says_meanwhile_what_it_is(tmp_path: Path, database: list[str]) -> None:
    source = film(tmp_path / "a.webm", "libvpx", "libopus")
    async with running(tmp_path, ["raf"], database) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, source, wait=False)
        waiting = await library.media(ANNA, identity)
        assert (waiting.type, waiting.url, waiting.preview_url) == ("video", None, None)
        await run_tasks(application)
        assert (await library.media(ANNA, identity)).url


async def test_a_film_held_upside_down_stands_upright(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", size=(320, 240))
    turned = source.read_bytes()
    one, none, whole = 0x10000, 0, 0x40000000
    straight = struct.pack(">9i", one, none, none, none, one, none, none, none, whole)
    aside = struct.pack(">9i", none, one, none, -one, none, none, 240 << 16, none, whole)
    place = turned.index(straight, turned.index(b"tkhd"))  # of the track: the movie has one of its own before
    source.write_bytes(turned[:place] + aside + turned[place + 36 :])
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, source))
        assert (shown.meta["original"]["width"], shown.meta["original"]["height"]) == (240, 320)
        assert (shown.meta["small"]["width"], shown.meta["small"]["height"]) == (240, 320)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("raf.media.max_film_pixels=70000", "320 × 240"),
        ("raf.media.max_frame_rate=20", "frames a second"),
        ("raf.media.max_film_seconds=1", "longer"),
        ("raf.media.max_film_bytes=2000", "too large"),
    ],
)
async def test_a_film_beyond_the_limits_is_refused_with_a_reason(tmp_path: Path, setting: str, words: str) -> None:
    source = film(tmp_path / "a.mp4")
    async with running(tmp_path, ["raf"], [setting]) as application:
        with pytest.raises(Invalid, match=words):
            await application.part(open_library).upload(ANNA, source)


async def test_a_film_that_is_large_is_kept_smaller(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", audio=None, size=(2560, 1440), frames=3)
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        shown = await library.media(ANNA, await library.upload(ANNA, source))
        assert (shown.meta["original"]["width"], shown.meta["original"]["height"]) == (1920, 1080)


HEADS = {
    "an MP4 of nothing": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 200,
    "a WebM of nothing": b"\x1a\x45\xdf\xa3" + b"\0" * 200,
    "an Ogg of nothing": b"OggS" + b"\0" * 200,
    "an MP3 of nothing": b"ID3\x04\0\0\0\0\0\0" + b"\0" * 2000,
    "a FLAC of nothing": b"fLaC" + b"\0" * 200,
    "a WAV of nothing": b"RIFF\0\0\0\0WAVE" + b"\0" * 200,
    "a playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "an FFmpeg script": b"ffconcat version 1.0\nfile /etc/passwd\n",
}


@pytest.mark.parametrize("name", HEADS)
async def test_what_is_no_film_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    async with running(tmp_path, ["raf"]) as application:
        with pytest.raises(Invalid):
            await application.part(open_library).upload(ANNA, HEADS[name])
        assert not [path for path in (application.data_dir / "media").rglob("*") if path.is_file()]


@pytest.mark.long
@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.ogg", "a.mp3", "a.gif", "a.jpg"])
async def test_damaged_files_are_taken_in_or_refused_and_nothing_else(tmp_path: Path, name: str) -> None:
    """Bytes turned, pieces cut out, ends cut off: 25 of each kind, by a fixed seed."""
    if name == "a.gif":
        frames = [Image.effect_noise((60, 40), 90 + n).convert("P") for n in range(4)]
        written = io.BytesIO()
        frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
        whole = written.getvalue()
    elif name == "a.jpg":
        written = io.BytesIO()
        Image.effect_noise((90, 60), 90).convert("RGB").save(written, "JPEG")
        whole = written.getvalue()
    else:
        codecs = {"webm": ("libvpx", "libopus"), "mp3": (None, "libmp3lame"), "ogg": (None, "libopus")}
        whole = film(tmp_path / name, *codecs.get(name[2:], ("libx264", "aac")), size=(64, 48), frames=10).read_bytes()
    chance = random.Random(name)
    async with running(tmp_path / "raf", ["raf"], ["raf.media.uploads_of_account=1000"]) as application:
        library = application.part(open_library)
        taken = 0
        for _ in range(25):
            damaged = bytearray(whole)
            for _ in range(chance.choice((1, 3, 20, 200))):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            if chance.random() < 0.3:
                begin = chance.randrange(len(damaged))
                del damaged[begin : begin + chance.randrange(len(damaged))]
            try:
                identity = await library.upload(ANNA, bytes(damaged))
            except Invalid:
                continue
            taken += 1
            assert (await library.media(ANNA, identity)).url
        scratch = application.data_dir / "media" / "scratch"
        assert not list(scratch.iterdir())
        assert taken < 25
