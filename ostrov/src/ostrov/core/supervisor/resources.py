"""What a process uses, read from /proc."""

from __future__ import annotations

import os
from typing import NamedTuple

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """Memory in bytes: `pss` counts a page shared by n processes as 1/n, and is 0 when unreadable. CPU seconds so far."""

    rss: int
    pss: int
    cpu: float


def usage(pid: int) -> Usage | None:
    """The usage of a process; None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()  # the name may hold spaces and brackets
    except OSError:
        return None
    return Usage(int(fields[21]) * PAGE, _pss(pid), (int(fields[11]) + int(fields[12])) / TICKS)


def _pss(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
