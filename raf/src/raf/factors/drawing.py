"""A text as a QR code (ISO/IEC 18004), drawn as one SVG path."""

from __future__ import annotations

from typing import NamedTuple

QUIET = 4
"""Modules of white around the code that readers need."""


class Drawing(NamedTuple):
    """`path` is for a square of `size` units."""

    size: int
    path: str


def qr_code(text: str) -> Drawing:
    """The code of a text: dark modules as rows of rectangles."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    modules = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark)
    return Drawing(len(modules), path)
