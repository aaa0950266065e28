"""Lines with names before them, for a reader that may be slow or gone."""

from __future__ import annotations

import io
import os

from ostrov.core.supervisor.logbook import Line
from ostrov.core.supervisor.terminal import WAITING, Terminal


def test_lines_carry_the_name_of_their_process_in_one_column() -> None:
    out = io.StringIO()
    terminal = Terminal(out, ["web", "a-longer-name"])
    terminal.line(Line(0, "web", "hello \x1b[31mred\x1b[0m \x1b]0;title\x07 \x00"))
    terminal.line(Line(0, "supervisor", "said"))
    terminal.close()
    assert out.getvalue() == "web           │ hello \x1b[31mred\x1b[0m ]0;title \nsupervisor    │ said\n"


def test_a_reader_that_does_not_read_costs_lines_and_not_time() -> None:
    reading, writing = os.pipe()
    terminal = Terminal(os.fdopen(writing, "w", closefd=False), ["web"])
    for _ in range(WAITING * 2):
        terminal.line(Line(0, "web", "x" * 100))
    terminal.close(0.1)
    assert terminal._thread.is_alive(), "it is the thread that waits for the reader"
    os.close(reading)
    terminal.close(5)
    assert not terminal._thread.is_alive()
    os.close(writing)


def test_a_reader_that_has_gone_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    terminal = Terminal(os.fdopen(writing, "w", closefd=False), ["web"])
    terminal.line(Line(0, "web", "to nobody"))
    terminal.line(Line(0, "web", "to nobody"))
    terminal.close()
    assert not terminal._thread.is_alive()
    os.close(writing)
