"""Files made to harm or to betray: bombs, two files in one, forged times, and what recorders write beside the picture."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, PngImagePlugin

from ostrov import Ostrov
from ostrov.testing import running
from raf.errors import Invalid
from raf.media.library import open_library

ANNA = 7
MARK = b"SECRET-MARK"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>' + MARK + b"</place></x:xmpmeta>"


def kept(application: Ostrov) -> list[bytes]:
    """What lies on the disk after all."""
    folder = application.data_dir / "media"
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def exif() -> Image.Exif:
    """A place, a name and a remark."""
    said = Image.Exif()
    said[0x010E] = said[0x013B] = MARK.decode()
    place = said.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (55.0, 45.0, 21.0), "E", (37.0, 37.0, 2.0)
    place[0x1D] = MARK.decode()
    return said


def stills(count: int = 3, size: tuple[int, int] = (60, 40)) -> list[Image.Image]:
    return [Image.new("RGB", size, (60 * number % 256, 90, 30)) for number in range(count)]


def picture(kind: str, frames: int = 1, **said: Any) -> bytes:
    written = io.BytesIO()
    first, *others = stills(frames)
    more: dict[str, Any] = {"save_all": True, "append_images": others} if others else {}
    first.save(written, kind, **more, **said)
    return written.getvalue()


def png(frames: int = 1) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARK.decode())
    info.add_text("Comment", MARK.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return picture("PNG", frames, pnginfo=info, exif=exif())


TELLING: dict[str, Callable[[], bytes]] = {
    "a JPEG": lambda: picture("JPEG", exif=exif(), xmp=XMP, comment=MARK),
    "a PNG": png,
    "a moving PNG": lambda: png(3),
    "a WebP": lambda: picture("WEBP", exif=exif(), xmp=XMP),
    "a moving WebP": lambda: picture("WEBP", 3, exif=exif(), xmp=XMP),
    "an AVIF": lambda: picture("AVIF", exif=exif(), xmp=XMP),
    "a GIF": lambda: picture("GIF", comment=MARK),
    "a moving GIF": lambda: picture("GIF", 3, comment=MARK),
}


@pytest.mark.parametrize("name", TELLING)
async def test_nothing_that_a_picture_tells_beside_itself_is_kept(tmp_path: Path, name: str) -> None:
    data = TELLING[name]()
    assert MARK in data or b"GPS" in data
    async with running(tmp_path, ["raf"]) as application:
        await application.part(open_library).upload(ANNA, data)
        files = kept(application)
        assert len(files) == 2
        for file in files:
            assert MARK not in file
            assert b"Exif" not in file
            assert b"xmp" not in file.lower()


def sound(form: str, codec: str = "", seconds: float = 0.5, **metadata: str) -> bytes:
    """A tone that is none; the recorder's notes in `metadata`."""
    written = io.BytesIO()
    codecs = {"mp3": "libmp3lame", "wav": "pcm_s16le", "adts": "aac", "flac": "flac", "ogg": "libopus", "ipod": "aac"}
    with av.open(written, "w", format=form) as target:
        target.metadata.update(metadata)
        stream: Any = target.add_stream(codec or codecs[form], rate=48_000, layout="stereo")
        samples = 960 if codecs.get(form) == "libopus" or codec == "libopus" else 1152 if form == "mp3" else 1024
        for number in range(int(48_000 * seconds / samples)):
            frame = av.AudioFrame(format=stream.format.name, layout="stereo", samples=samples)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts, frame.time_base = 48_000, number * samples, Fraction(1, 48_000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return written.getvalue()


def film(form: str = "mp4", frames: int = 10, rate: int = 20, tick: int = 1, **metadata: str) -> bytes:
    written = io.BytesIO()
    with av.open(written, "w", format=form) as target:
        target.metadata.update(metadata)
        codec = "libvpx" if form == "webm" else "libx264"
        stream: Any = target.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate * tick)
        for number in range(frames):
            frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), (number * 9 % 256, 40, 40)))  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, rate * tick)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return written.getvalue()


def ape() -> bytes:
    item = struct.pack("<II", len(MARK), 0) + b"Artist\0" + MARK
    head = struct.pack("<IIII", 2000, len(item) + 32, 1, 0x80000000) + bytes(8)
    return item + b"APETAGEX" + head


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def in_the_middle(data: bytes, what: bytes) -> bytes:
    """Between two MPEG frames."""
    place = data.index(b"\xff\xfb", len(data) // 2)
    return data[:place] + what + data[place:]


def remark() -> bytes:
    """A film whose encoder says something in every stream (SEI, user data unregistered)."""
    data = film()
    note = b"x264 - core"  # the encoder's own remark is such a message
    assert note in data
    return data.replace(note, MARK[: len(note)])


NOTED: dict[str, Callable[[], bytes]] = {
    "an MP3 with tags at both ends": lambda: sound("mp3", artist=MARK.decode()) + ape() + b"TAG" + MARK.ljust(125, b"\0"),
    "an MP3 with words between its frames": lambda: in_the_middle(sound("mp3"), MARK),
    "a WAV": lambda: sound("wav", artist=MARK.decode(), comment=MARK.decode()),
    "an AAC with a tag": lambda: b"ID3\x04\0\0\0\0\0\x20" + MARK.ljust(32, b"\0") + sound("adts"),
    "a FLAC": lambda: sound("flac", artist=MARK.decode()),
    "an Ogg": lambda: sound("ogg", artist=MARK.decode()),
    "an M4A": lambda: sound("ipod", artist=MARK.decode(), location="+55.7558+037.6173/" + MARK.decode()),
    "a film of a phone": lambda: film("mov", title=MARK.decode(), location="+55.7558+037.6173/" + MARK.decode()),
    "a film of the web": lambda: film("webm", title=MARK.decode()),
    "a film with boxes of its own": lambda: film() + box(b"uuid", bytes(16) + XMP) + box(b"free", MARK) + box(b"meta", MARK),
    "a film whose encoder talks": remark,
}


@pytest.mark.parametrize("name", NOTED)
async def test_nothing_that_a_recorder_notes_is_kept(tmp_path: Path, name: str) -> None:
    data = NOTED[name]()
    assert MARK in data or b"SECRET" in data
    async with running(tmp_path, ["raf"]) as application:
        try:
            await application.part(open_library).upload(ANNA, data)
        except Invalid:
            assert name == "an AAC with a tag"  # taken for an MP3, which it is not
        assert all(b"SECRET" not in file for file in kept(application))
        assert all(b"+55.7" not in file for file in kept(application))


TWO_IN_ONE: dict[str, Callable[[], bytes]] = {
    "a GIF that is a script": lambda: picture("GIF", 2).replace(b"GIF89a", b"GIF89a", 1) + b"=1;/*" + MARK + b"*/alert(1)",
    "a picture with a page behind it": lambda: picture("PNG") + b"<html><script>" + MARK + b"</script>",
    "a picture with an archive behind it": lambda: picture("JPEG") + b"PK\x03\x04" + MARK,
    "a picture with a document in it": lambda: picture("JPEG", comment=b"%PDF-1.7\n" + MARK),
    "a WebP with a page in a part of its own": lambda: _with_chunk(picture("WEBP"), b"HTML", b"<script>" + MARK),
    "a film with a page behind it": lambda: film() + b"<html><script>" + MARK,
    "a sound with a program behind it": lambda: sound("mp3") + b"\x7fELF" + MARK,
    "a WAV with an archive in it": lambda: _with_chunk(sound("wav"), b"PKPK", b"PK\x03\x04" + MARK),
}


def _with_chunk(riff: bytes, kind: bytes, data: bytes) -> bytes:
    data += b"\0" * (len(data) % 2)
    whole = riff + kind + struct.pack("<I", len(data)) + data
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


@pytest.mark.parametrize("name", TWO_IN_ONE)
async def test_of_two_files_in_one_the_other_is_not_kept(tmp_path: Path, name: str) -> None:
    data = TWO_IN_ONE[name]()
    assert MARK in data
    async with running(tmp_path, ["raf"]) as application:
        await application.part(open_library).upload(ANNA, data)
        assert all(MARK not in file for file in kept(application))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def stuffed(kind: bytes) -> bytes:
    """A PNG one of whose parts unpacks to 256 MB."""
    plain = picture("PNG")
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    return plain[:33] + chunk(kind, b"a\0\0" + packed) + plain[33:]


def leaping_sound(seconds: float) -> bytes:
    """A second of sound whose second half comes so much later."""
    written = io.BytesIO()
    with av.open(written, "w", format="webm", options={"live": "1"}) as target:
        stream: Any = target.add_stream("libopus", rate=48_000, layout="stereo")
        for number in range(50):
            frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
            for packet in stream.encode(frame):
                if number > 25:
                    packet.pts += int(seconds / packet.time_base)
                    packet.dts = packet.pts
                target.mux(packet)
    return written.getvalue()


def moving(kind: str, frames: int, size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    first, *others = (Image.new("L", size, number % 256) for number in range(frames))
    first.save(written, kind, save_all=True, append_images=others, duration=20)
    return written.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a sound that leaps eleven days": (lambda: leaping_sound(1e6), "longer than"),
    "a film of more frames than its length can hold": (lambda: film("mov", 3000, 20, tick=600), "frames"),
    "a GIF of more frames than are taken": (lambda: moving("GIF", 600, (4, 4)), "600 frames"),
    "a moving picture of too many pixels": (lambda: moving("PNG", 12, (2600, 2000)), "12 frames of 2600 × 2000"),
    "a picture that is one line": (lambda: picture_of((65_000, 600)), "65000 × 600"),
}


def picture_of(size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("1", size).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, name: str) -> None:
    make, words = BOMBS[name]
    limits = ["raf.media.max_film_seconds=2", "raf.media.processing_seconds=20"]
    async with running(tmp_path, ["raf"], limits) as application:
        with pytest.raises(Invalid, match=words):
            await application.part(open_library).upload(ANNA, make())
        assert kept(application) == []


@pytest.mark.long
@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
async def test_a_part_that_unpacks_to_much_takes_no_memory(tmp_path: Path, kind: bytes) -> None:
    async with running(tmp_path, ["raf"]) as application:
        try:
            await application.part(open_library).upload(ANNA, stuffed(kind))
        except Invalid:
            assert kept(application) == []
        else:
            assert sum(len(file) for file in kept(application)) < 20_000


FUZZED: dict[str, Callable[[], bytes]] = {
    "png": png,
    "apng": lambda: png(4),
    "webp": lambda: picture("WEBP", exif=exif()),
    "moving webp": lambda: picture("WEBP", 4),
    "avif": lambda: picture("AVIF"),
    "mov": lambda: film("mov"),
    "m4a": lambda: sound("ipod"),
    "flac": lambda: sound("flac"),
    "wav": lambda: sound("wav", seconds=0.1),
    "aac": lambda: sound("adts"),
}


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Numbers in it made extreme, bytes turned, pieces cut out, doubled or moved: mostly near the head, where it matters."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 2, 8, 40))):
        place = int(len(data) * chance.random() ** 3) if data else 0
        match chance.randrange(5):
            case 0:
                data[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
            case 1:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                del data[place : place + chance.randrange(1, 30)]
            case 3:
                piece = data[place : place + chance.randrange(1, 60)]
                data[place:place] = piece * chance.randrange(1, 20)
            case _:
                other = chance.randrange(max(1, len(data)))
                data[place : place + 16] = data[other : other + 16]
    return whole[:12] + bytes(data[12:])  # it is still taken for what it was


@pytest.mark.long
@pytest.mark.parametrize("name", FUZZED)
async def test_whatever_is_damaged_is_taken_in_or_refused_and_nothing_else(tmp_path: Path, name: str) -> None:
    whole, chance = FUZZED[name](), random.Random(name)
    async with running(
        tmp_path, ["raf"], ["raf.media.uploads_of_account=1000", "raf.media.processing_seconds=20"]
    ) as application:
        library = application.part(open_library)
        refused, in_time = 0, True
        for _ in range(15):
            try:
                identity = await library.upload(ANNA, damaged(whole, chance))
            except Invalid as problem:
                in_time &= "too long to decode" not in problem.error
                refused += 1
                continue
            assert (await library.media(ANNA, identity)).url
        assert not list((application.data_dir / "media" / "scratch").iterdir())
        assert refused > 0
        assert in_time
