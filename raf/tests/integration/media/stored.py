"""Pictures to upload, and what a library has made of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from ostrov import Ostrov
from raf.media.library import Library
from raf.testing import file_of


def picture(kind: str = "PNG", size: tuple[int, int] = (320, 200), colour: object = "teal", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind, **options)  # type: ignore[arg-type]
    return written.getvalue()


def files(application: Ostrov) -> list[Path]:
    folder = application.data_dir / "media"
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def stored(library: Library, url: str | None) -> Path:
    assert url is not None
    path = file_of(library, url.removeprefix(library.url))
    assert path is not None
    return path
