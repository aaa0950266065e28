"""What is looked at in an upload before anything is done with it."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path

from raf.errors import Invalid
from raf.media.formats import ACCEPTED, ACCEPTED_PICTURES, picture_type
from raf.media.storage import FULL, StorageFull


def checked_type(data: bytes | Path, type_of: Callable[[bytes], str | None]) -> str:
    """The type that the first bytes are of. Raises Invalid."""
    if isinstance(data, bytes):
        head = data[:64]
    else:
        with data.open("rb") as file:
            head = file.read(64)
    if not head:
        raise Invalid({"file": [("ERR_BLANK", "can't be blank")]})
    found = type_of(head)
    if found is None:
        kinds = ACCEPTED_PICTURES if type_of is picture_type else ACCEPTED
        raise Invalid({"file": [("ERR_INVALID", f"is not a picture that can be shown here ({kinds})")]})
    return found


def copy_to(data: bytes | Path, target: Path) -> None:
    """Write the upload to `target`. Raises StorageFull."""
    try:
        if isinstance(data, bytes):
            target.write_bytes(data)
        else:
            shutil.copyfile(data, target)
    except OSError as problem:
        if problem.errno in FULL:
            raise StorageFull from problem
        raise


def check_focus(focus: tuple[float, float] | None) -> None:
    if focus is not None and not all(math.isfinite(value) and -1 <= value <= 1 for value in focus):
        raise Invalid({"focus": [("ERR_INVALID", "must be two numbers from -1 to 1")]})
