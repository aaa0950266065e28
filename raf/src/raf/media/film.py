"""Films and sounds, in the decoder's process: what every browser plays (H.264 and AAC in MP4, MP3), nothing else of them.

A file that is so already is only packed anew; any other is encoded again. Names, places and times that the recorder noted are
gone either way. Limits as Mastodon's app/models/media_attachment.rb and lib/paperclip/transcoder.rb.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from raf.media.encoder import BITRATE, MP4, Encoder, Sound, turned_frames
from raf.media.limits import Limits, Wrong, check_length, check_number
from raf.media.mpeg import only_frame

if TYPE_CHECKING:
    from av import AudioStream, VideoStream
    from av.container import InputContainer, OutputContainer
    from PIL import Image

DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/wav": "wav",
}
CODECS = (
    "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,libdav1d,av1,mpeg4,theora,mjpeg,png,gif,webp,"
    "aac,aac_fixed,mp3,mp3float,opus,libopus,vorbis,flac,alac,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le,pcm_u8"
)
LARGEST = 2_073_600
"""Pixels of a frame that are kept (1920 × 1080)."""
FASTEST = 60
"""Frames a second that are kept."""
POSTER_AT = 1.0
"""Seconds into a film, where its poster is taken: the first frame is black too often."""


class Film(NamedTuple):
    """What a film or sound became; sizes in pixels, `duration` in seconds, `bitrate` in bits a second."""

    path: Path
    kind: str
    width: int
    height: int
    duration: float
    frame_rate: Fraction | None
    still: Image.Image | None
    """The poster of a film, the cover of a sound."""


def develop(source: Path, folder: Path, content_type: str, limits: Limits) -> Film:
    """Write `original.mp4` or `original.mp3` into the folder. Raises Wrong, MemoryError, OSError."""
    import av

    av.logging.set_level(None)
    try:
        return _develop(source, folder, content_type, limits)
    except av.error.FFmpegError as problem:
        if (
            isinstance(problem, OSError)
            and problem.errno in (28, 27, 122)
            and not isinstance(problem, av.error.InvalidDataError)
        ):
            raise OSError(problem.errno, "no room") from problem
        if isinstance(problem, MemoryError):
            raise MemoryError from problem
        raise Wrong("is damaged, or of a kind that cannot be played here") from problem
    except (ValueError, IndexError, ZeroDivisionError, OverflowError, StopIteration) as problem:
        raise Wrong("is damaged, or of a kind that cannot be played here") from problem


def _opened(source: Path, content_type: str) -> InputContainer:
    import av

    return av.open(
        str(source),
        format=DEMUXERS[content_type],
        options={"protocol_whitelist": "file", "codec_whitelist": CODECS, "enable_drefs": "0"}
        if DEMUXERS[content_type] == "mov"
        else {"protocol_whitelist": "file", "codec_whitelist": CODECS},
        metadata_errors="ignore",
    )


def _develop(source: Path, folder: Path, content_type: str, limits: Limits) -> Film:
    with _opened(source, content_type) as container:
        video = next((stream for stream in container.streams.video if not _is_cover(stream)), None)
        audio = next(iter(container.streams.audio), None)
        if video is None and audio is None:
            raise Wrong("has neither picture nor sound")
        duration = container.duration / 1_000_000 if container.duration else 0.0
        check_length(duration, limits.sound_seconds if video is None else limits.seconds)
        if video is None:
            assert audio is not None
            cover = next((stream for stream in container.streams.video if _is_cover(stream)), None)
            still = _cover(source, content_type, cover.index) if cover is not None else None
            path = folder / "original.mp3"
            seconds = _sound(container, audio, path, limits)
            return Film(path, "audio", 0, 0, seconds, None, still)
        width, height, rate = video.width, video.height, video.average_rate or video.guessed_rate or Fraction(30)
        if width < 1 or height < 1:
            raise Wrong("is damaged, or of a kind that cannot be played here")
        if width * height > limits.pixels:
            raise Wrong(f"has {width} × {height} pixels; at most {limits.pixels / 1e6:.0f} million are accepted")
        if content_type != "video/webm" and rate > limits.frame_rate:
            raise Wrong(f"has {float(rate):.0f} frames a second; at most {limits.frame_rate} are accepted")
    shape = _shape(source, content_type, duration)
    path = folder / "original.mp4"
    with _opened(source, content_type) as container:
        video = container.streams.video[_place(container)]
        audio = next(iter(container.streams.audio), None)
        if _plays_as_it_is(container, video, audio, shape):
            seconds = _repacked(container, video, audio, path, limits)
            size, rate = (video.width, video.height), rate
        else:
            size = shape.size
            rate = min(rate, Fraction(FASTEST)) if rate > 0 else Fraction(30)
            seconds = _encoded(container, video, audio, path, limits, shape, rate)
    return Film(path, "gifv" if audio is None else "video", *size, seconds, rate, shape.still)


class Shape(NamedTuple):
    """How a film is shown: `turned` is the rotation in degrees that its recorder asks for, `size` has even sides."""

    turned: int
    size: tuple[int, int]
    square: bool
    still: Image.Image


def _place(container: InputContainer) -> int:
    return next(place for place, stream in enumerate(container.streams.video) if not _is_cover(stream))


def _is_cover(stream: VideoStream) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _shape(source: Path, content_type: str, duration: float) -> Shape:
    """Look at the first frames: the poster, and how the film stands."""
    with _opened(source, content_type) as container:
        video = container.streams.video[_place(container)]
        wanted = min(POSTER_AT, duration / 4)
        found = None
        for number, frame in enumerate(container.decode(video)):
            found = frame
            if number >= 150 or (frame.time is not None and frame.time >= wanted):
                break
        if found is None:
            raise Wrong("is damaged, or of a kind that cannot be played here")
        turned = int(found.rotation) % 360
        aspect = video.sample_aspect_ratio or Fraction(1)
        square = aspect in (0, 1)
        width, height = found.width, found.height
        if not square and Fraction(1, 8) < aspect < 8:
            width = max(1, round(width * aspect))
        if turned in (90, 270):
            width, height = height, width
        size = _even(width, height)
        poster: Any = next(turned_frames([found], video, turned, size, None))
        still = poster.to_image().convert("RGB")
        return Shape(turned, size, square, still)


def _even(width: int, height: int) -> tuple[int, int]:
    ratio = min(1.0, (LARGEST / (width * height)) ** 0.5, 4096 / max(width, height))
    return max(2, round(width * ratio / 2) * 2), max(2, round(height * ratio / 2) * 2)


def _plays_as_it_is(container: InputContainer, video: VideoStream, audio: AudioStream | None, shape: Shape) -> bool:
    context = video.codec_context
    return (
        container.format.name.startswith("mov")
        and context.name == "h264"
        and context.pix_fmt in ("yuv420p", "yuvj420p")
        and (audio is None or (audio.codec_context.name in ("aac", "mp3") and audio.codec_context.layout.nb_channels <= 2))
        and shape.turned == 0
        and shape.square
        and (video.width, video.height) == shape.size
        and (video.average_rate or 0) <= FASTEST
        and (container.bit_rate or BITRATE + 1) <= BITRATE
    )


def _repacked(container: InputContainer, video: VideoStream, audio: AudioStream | None, path: Path, limits: Limits) -> float:
    """The same packets in a new MP4; the length in seconds."""
    import av
    from av.bitstream import BitStreamFilterContext

    seconds = 0.0
    with av.open(str(path), "w", format="mp4", options=MP4) as target:
        shown = target.add_stream_from_template(video)
        heard = target.add_stream_from_template(audio) if audio is not None else None
        without_notes = BitStreamFilterContext("filter_units=remove_types=6", video)  # what cameras write between the frames
        for number, packet in enumerate(container.demux([stream for stream in (video, audio) if stream is not None])):
            check_number(number, limits)
            if packet.dts is None:
                continue
            seconds = max(seconds, _end(packet))
            check_length(seconds, limits.seconds)
            if packet.stream is video:
                for cleaned in without_notes.filter(packet):
                    cleaned.stream = shown
                    target.mux(cleaned)
            elif heard is not None:
                packet.stream = heard
                target.mux(packet)
    return seconds


def _end(packet: Any) -> float:
    begin = packet.pts if packet.pts is not None else packet.dts
    return float((begin + (packet.duration or 0)) * packet.time_base)


def _encoded(
    container: InputContainer,
    video: VideoStream,
    audio: AudioStream | None,
    path: Path,
    limits: Limits,
    shape: Shape,
    rate: Fraction,
) -> float:
    """Frames and sound encoded again; the length in seconds."""
    import av

    with av.open(str(path), "w", format="mp4", options=MP4) as target:
        film = Encoder(target, shape.size, rate, audio is not None)
        film.say = Sound(target, film.heard) if film.heard is not None else None
        frames = film.frames(container, video, audio, limits)
        for frame in turned_frames(frames, video, shape.turned, shape.size, rate):
            film.show(frame)
        film.finish()
        return film.seconds


def _sound(container: InputContainer, audio: AudioStream, path: Path, limits: Limits) -> float:
    """An MP3. The length in seconds."""
    import av

    with av.open(str(path), "w", format="mp3", options={"write_xing": "1", "id3v2_version": "0"}) as target:
        if container.format.name == "mp3" and audio.codec_context.name.startswith("mp3"):
            return _only_frames(container, audio, target, limits)
        stream: AudioStream = target.add_stream("libmp3lame", rate=44_100, layout="stereo")
        stream.bit_rate = 192_000
        sound = Sound(target, stream)
        for frame in container.decode(audio):
            if frame.time is not None:  # before the gap to it is filled with silence
                check_length(frame.time, limits.sound_seconds)
            sound.take(frame)
            check_length(sound.samples / stream.rate, limits.sound_seconds)
        sound.finish()
        return sound.samples / stream.rate


def _only_frames(container: InputContainer, audio: AudioStream, target: OutputContainer, limits: Limits) -> float:
    """The frames of an MP3 as they are, without what stands between and behind them; the length in seconds."""
    from av import Packet

    heard, seconds = target.add_stream_from_template(audio), 0.0
    for packet in container.demux(audio):
        if packet.dts is None or (frame := only_frame(bytes(packet))) is None:
            continue
        seconds = max(seconds, _end(packet))
        check_length(seconds, limits.sound_seconds)
        clean = Packet(frame)
        clean.pts, clean.dts, clean.duration, clean.time_base = packet.pts, packet.dts, packet.duration, packet.time_base
        clean.stream = heard
        target.mux(clean)
    if not seconds:
        raise Wrong("is damaged, or of a kind that cannot be played here")
    return seconds


def _cover(source: Path, content_type: str, index: int) -> Image.Image | None:
    """The picture that a sound carries; None when it cannot be read."""
    import av

    try:
        with _opened(source, content_type) as container:
            for decoded in container.decode(container.streams[index]):
                frame: Any = decoded
                image: Image.Image = frame.to_image().convert("RGB")
                return image
    except (av.error.FFmpegError, ValueError):
        return None
    return None
