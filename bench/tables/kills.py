"""The README's table of Raf killed in a loop (`bench/raf/kill_loop.py`)."""

from __future__ import annotations

from typing import Any

HEAD = """\
**Raf killed** by SIGKILL in a loop under load (`bench/raf/kill_loop.py`, run by itself): one of two web processes, both, the \
worker, the supervisor, or everything at once, while eight people post, edit, delete, upload, vote, mark, follow and the rest, \
and send again what was not answered. *Wrong* is whatever was acknowledged and is not there, is there by half or twice, has \
other bytes, or differs from what the log says, in any row of any table:

| database | kills | acknowledged | answers lost | asked for again | pictures | wrong | answers again, p50 | at most |
|---|---|---|---|---|---|---|---|---|"""


def table(kills: dict[str, Any]) -> list[str]:
    """Lines of Markdown; `kills` are rows by database."""
    rows = [_row(database, row) for database, row in kills.items()]
    return [HEAD, *rows, "", *(_left(database, row) for database, row in kills.items())]


def _row(database: str, row: dict[str, Any]) -> str:
    killed = ", ".join(f"{number} {what}" for what, number in row["killed"].items())
    lost = f"{row['answers_lost']} and {row['uploads_lost']} uploads"
    return (
        f"| {database} | {row['kills']}: {killed} | {row['acknowledged']:,} | {lost} | {row['facts']:,} facts "
        f"| {row['files']:,} | {row['wrong']} | {row['answers_p50_s']} s | {row['answers_max_s']} s |"
    )


def _left(database: str, row: dict[str, Any]) -> str:
    if row["wrong"]:
        return f"On {database} something was wrong: see what the loop printed."
    return (
        f"On {database} a rebuild from {row['events']:,} events changed no row; {row['orphans']} files that nothing referred "
        f"to (replaced portraits among them) and {row['begun']} half uploads lay beside {row['stored']:,} pictures; a sweep "
        "took exactly those."
    )
