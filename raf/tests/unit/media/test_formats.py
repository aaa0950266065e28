"""A picture is what its bytes say."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from raf.media.formats import picture_type
from raf.media.portraits import NAME, default_avatar, default_header, draw_avatar


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_pictures_are_known_by_their_first_bytes(kind: str) -> None:
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, kind)
    assert picture_type(written.getvalue()[:64]) == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    "head",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"%PDF-1.7", b"MZ", b"GIF88a", b"RIFF....WAVE", b"BM",
     b"....ftypmp42", b"%!PS-Adobe", b"II*\0"],
)  # fmt: skip
def test_what_is_no_picture_is_none_whatever_it_is_called(head: bytes) -> None:
    assert picture_type(head) is None


def test_a_name_always_has_the_same_cup() -> None:
    assert default_avatar("Anna") == default_avatar("anna")
    assert NAME.fullmatch(default_avatar("anna"))
    assert NAME.fullmatch(default_header("анна"))
    assert draw_avatar(7).tobytes() == draw_avatar(7).tobytes()
    assert draw_avatar(7).size == (400, 400)
