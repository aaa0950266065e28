"""How processes are shown to a person at a terminal: text from values, nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from ostrov.core.supervisor.logbook import Line
from ostrov.core.supervisor.row import ASKED, REPLACED, ProcessRow

MEGABYTE = 1 << 20


def banner(
    name: str,
    *,
    url: str,
    console: bool,
    data_dir: Path,
    seconds: float,
    rows: Sequence[ProcessRow],
    link: str = "",
    in_background: bool = False,
) -> str:
    """What `ostrov up` says when the project is ready."""
    memory = sum(row.pss or row.rss for row in rows) / MEGABYTE
    lines = [f"{name} is up at {url}" if url else f"{name} is up"]
    lines[0] += f", after {seconds:.1f} s"
    if url and console:
        lines.append(f"  console   {url}/console")
    if link:
        lines.append(f"  first use {link}")
    lines.append(f"  data      {data_dir}")
    lines.append(f"  processes {', '.join(row.name for row in rows)}; {memory:.0f} MB in all")
    lines.append("  stop      `ostrov down`" if in_background else "  stop      Ctrl-C here, or `ostrov down`")
    return "\n".join(lines)


def listing(rows: Iterable[ProcessRow]) -> list[dict[str, str]]:
    """The table of `ostrov ps`, a column by its name."""
    return [_columns(row) for row in rows]


def _columns(row: ProcessRow) -> dict[str, str]:
    services = [name for name in row.services if name != row.name]
    return {
        "process": row.name,
        "state": row.state,
        "pid": str(row.pid or ""),
        "up": duration(row.uptime) if row.pid else "",
        "restarts": str(row.restarts) if row.services else "",
        "memory": f"{(row.pss or row.rss) / MEGABYTE:.0f} MB" if row.pid else "",
        "cpu": f"{row.cpu_percent:.0f} %" if row.pid else "",
        "listens": " ".join(row.listens),
        "status": row.status
        or (f"last: {row.last_exit}" if row.last_exit not in ("", ASKED, REPLACED) else "")
        or (f"runs {', '.join(services)}" if services else ""),
    }


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `3 h 12 min`."""
    whole = int(seconds)
    for size, unit, below, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // below} {smaller}"
    return f"{whole} s"


def log_line(line: Line, width: int = 0) -> str:
    """A logged line with its local time and process."""
    moment = time.strftime("%H:%M:%S", time.localtime(line.at))
    return f"{moment} {line.process:<{width}} │ {line.text}"
