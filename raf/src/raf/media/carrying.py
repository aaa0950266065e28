"""The move of a house's files from its folder into a bucket."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from raf.media.storages.local import LocalStorage
from raf.media.storages.workshop import Workshop

if TYPE_CHECKING:
    from raf.media.storages.s3 import S3Storage

log = logging.getLogger("raf.media")
TELL = 500
"""Files after which the log says how far it is."""


def carry_all(folder: Path, storage: S3Storage) -> tuple[int, int]:
    """Copy every file; how many were sent and how many were there already. Blocks. Raises StorageAway."""
    source = LocalStorage(Workshop(folder))
    there = set(storage.names(time.time() + 3600))
    sent = known = 0
    for name in source.names(time.time() + 3600):
        path = source.find(name)
        if name in there or path is None:
            known += name in there
            continue
        storage.put_as(name, path)
        sent += 1
        if sent % TELL == 0:
            log.info("%d files are sent", sent)
    return sent, known
