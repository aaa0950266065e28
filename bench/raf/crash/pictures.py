"""Pictures that differ from each other, and the form that carries one."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator

from PIL import Image

BOUNDARY = "crash"


def picture(number: int) -> bytes:
    """A small PNG of its own."""
    dice = random.Random(number)
    out = io.BytesIO()
    image = Image.effect_noise((120, 90), 60)
    image.paste(dice.randrange(255), (10, 10, 10 + dice.randrange(60), 60))
    image.save(out, "PNG")
    return out.getvalue()


def form(data: bytes, field: str = "file") -> bytes:
    """A multipart body with the picture in a field."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="one.png"\r\n\r\n'
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


async def slowly(body: bytes, seconds: float, parts: int = 8) -> AsyncIterator[bytes]:
    """The same piece by piece, as from a phone on a train."""
    step = len(body) // parts + 1
    for start in range(0, len(body), step):
        yield body[start : start + step]
        await asyncio.sleep(seconds / parts)
