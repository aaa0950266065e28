"""Frames of MP3: how long one is by its head, so that nothing that stands between and behind frames is kept (tags, and worse).

ISO/IEC 11172-3 §2.4.1.3 and 13818-3 §2.4.1.3; `2.5` is Fraunhofer's lower half.
"""

from __future__ import annotations

RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples a second by the version's bits: 1, 2, 2.5."""
FIRST = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""Kilobits a second of version 1, Layer III, by the index in the head; 0 is free format."""
LATER = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def frame_length(data: bytes) -> int | None:
    """Bytes of the Layer III frame that begins there; None when none does."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:  # eleven bits of sync, then the layer
        return None
    version, bits, rate = data[1] >> 3 & 3, data[2] >> 4, data[2] >> 2 & 3
    if version not in RATES or bits in (0, 15) or rate == 3:
        return None
    kilobits = (FIRST if version == 3 else LATER)[bits]
    return (144_000 if version == 3 else 72_000) * kilobits // RATES[version][rate] + (data[2] >> 1 & 1)


def only_frame(data: bytes) -> bytes | None:
    """The one frame of a packet without what hangs on to it; None when there is none."""
    length = frame_length(data)
    return data[:length] if length is not None and length <= len(data) else None
