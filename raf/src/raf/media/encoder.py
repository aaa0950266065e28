"""Encodes pictures and sound: frames upright and of one size, samples without gaps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raf.media.limits import Limits, Wrong, check_length, check_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av import AudioStream, VideoFrame, VideoStream
    from av.container import InputContainer, OutputContainer
    from PIL import Image

BITRATE = 5_000_000
"""Bits a second of a film that is packed anew without encoding, and the most that encoding makes."""
SOUND_BITRATE = 128_000
GAP = 0.1
"""Seconds that sound may be behind its picture before silence fills in."""
MP4 = {"movflags": "+faststart"}


def turned_frames(
    frames: Iterable[VideoFrame], video: VideoStream, turned: int, size: tuple[int, int], rate: Fraction | None
) -> Iterator[VideoFrame]:
    """Frames upright, of this size, as many a second."""
    from av.error import BlockingIOError as Hungry
    from av.error import EOFError as Ended
    from av.filter import Graph

    steps: list[tuple[str, str]] = []
    if turned == 90:
        steps.append(("transpose", "cclock"))
    elif turned == 180:
        steps += [("hflip", ""), ("vflip", "")]
    elif turned == 270:
        steps.append(("transpose", "clock"))
    steps += [("scale", f"{size[0]}:{size[1]}"), ("setsar", "1")]
    if rate is not None:
        steps.append(("fps", f"{rate.numerator}/{rate.denominator}"))
    steps.append(("format", "yuv420p"))
    graph: Graph | None = None
    layout: tuple[int, int, str] | None = None
    for frame in frames:
        seen = (frame.width, frame.height, frame.format.name)
        if graph is None or seen != layout:
            if graph is not None and rate is not None:
                raise Wrong("changes its size in the middle")
            graph, layout = _graph(frame, video, steps), seen
        graph.push(frame)
        while True:
            try:
                yield graph.pull()  # type: ignore[misc]
            except (Hungry, Ended):
                break
    if graph is None:
        return
    graph.push(None)
    while True:
        try:
            yield graph.pull()  # type: ignore[misc]
        except (Hungry, Ended):
            return


def _graph(frame: VideoFrame, video: VideoStream, steps: list[tuple[str, str]]) -> Any:
    from av.filter import Graph

    graph = Graph()
    last = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or video.time_base
    )
    for name, arguments in steps:
        step = graph.add(name, arguments)
        last.link_to(step)
        last = step
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def moving_picture(stills: Iterator[Image.Image], durations: list[int], size: tuple[int, int], path: Path) -> Fraction:
    """Write pictures, each shown for so many milliseconds, as a film without sound; its frames a second."""
    import av
    from av import VideoFrame

    rate = Fraction(max(5, min(50, round(1000 / min(durations)))))

    def frames() -> Iterator[VideoFrame]:
        at = 0
        for still, lasting in zip(stills, durations, strict=True):
            for begin in (at, at + lasting - 1):
                frame = VideoFrame.from_image(still)  # type: ignore[no-untyped-call]
                frame.pts, frame.time_base = begin, Fraction(1, 1000)
                yield frame
            at += lasting

    with av.open(str(path), "w", format="mp4", options=MP4) as target:
        film = Encoder(target, size, rate, sounding=False)
        for frame in turned_frames(frames(), film.shown, 0, size, rate):
            film.show(frame)
        film.finish()
    return rate


class Encoder:
    """A film in the making."""

    def __init__(self, target: OutputContainer, size: tuple[int, int], rate: Fraction, sounding: bool) -> None:
        self.target = target
        self.seconds = 0.0
        self.shown: VideoStream = target.add_stream(  #
            "libx264",
            rate=rate,
            options={"preset": "veryfast", "crf": "23", "maxrate": str(BITRATE), "bufsize": str(2 * BITRATE), "threads": "2"},
        )
        self.shown.width, self.shown.height = size
        self.shown.pix_fmt = "yuv420p"
        self.heard: AudioStream | None = None
        if sounding:
            self.heard = target.add_stream("aac", rate=48_000, layout="stereo")
            self.heard.bit_rate = SOUND_BITRATE
        self.say: Sound | None = None

    def frames(
        self, container: InputContainer, video: VideoStream, audio: AudioStream | None, limits: Limits
    ) -> Iterator[VideoFrame]:
        """The frames of the film; its sound is encoded on the way."""
        for number, packet in enumerate(container.demux([stream for stream in (video, audio) if stream is not None])):
            check_number(number, limits)
            for decoded in packet.decode():
                frame: Any = decoded
                if frame.time is not None:
                    self.seconds = max(self.seconds, frame.time)
                    check_length(self.seconds, limits.seconds)
                if packet.stream is video:
                    yield frame
                elif self.say is not None:
                    self.say.take(frame)

    def show(self, frame: VideoFrame) -> None:
        from av.video.frame import PictureType

        frame.pict_type = PictureType.NONE
        self.target.mux(self.shown.encode(frame))

    def finish(self) -> None:
        self.target.mux(self.shown.encode(None))
        if self.say is not None:
            self.say.finish()


class Sound:
    """Sound in the making: any samples in, `stream`'s kind out, without gaps in its time."""

    def __init__(self, target: OutputContainer, stream: AudioStream) -> None:
        from av.audio.resampler import AudioResampler

        self.target = target
        self.stream = stream
        self.samples = 0
        self._resampler = AudioResampler(format="fltp", layout="stereo", rate=stream.rate)

    def take(self, frame: Any) -> None:
        if frame.time is not None:
            self._keep_silent(int(frame.time * self.stream.rate) - self.samples)
        for samples in self._resampler.resample(frame):
            self._encode(samples)

    def finish(self) -> None:
        for samples in self._resampler.resample(None):
            self._encode(samples)
        self.target.mux(self.stream.encode(None))

    def _keep_silent(self, missing: int) -> None:
        """Fill a gap that one would hear as a loss of step with the picture."""
        from av import AudioFrame

        while missing > self.stream.rate * GAP:
            silence = AudioFrame(format="fltp", layout="stereo", samples=min(missing, self.stream.rate))
            silence.sample_rate = self.stream.rate
            for plane in silence.planes:
                plane.update(bytes(plane.buffer_size))
            missing -= silence.samples
            self._encode(silence)

    def _encode(self, samples: Any) -> None:
        samples.pts = self.samples
        samples.time_base = Fraction(1, self.stream.rate)
        self.samples += samples.samples
        self.target.mux(self.stream.encode(samples))
