"""Lines in memory and in files."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from ostrov.core.supervisor import logbook as module
from ostrov.core.supervisor.logbook import Line, Logbook, LogFile, logged, read_tail, stamped


def test_what_was_written_is_read_back_in_the_order_of_time(tmp_path: Path) -> None:
    book = Logbook(tmp_path, 1 << 20, 3)
    for number in range(300):
        book.write("web" if number % 2 else "worker", [f"line {number}"])
    book.close()
    found = read_tail(tmp_path, ["web", "worker"], 50)
    assert sorted(line.text for line in found) == sorted(f"line {number}" for number in range(250, 300))
    assert [line.at for line in found] == sorted(line.at for line in found)
    assert found == book.tail(["web", "worker"], 50), "memory and files agree to the microsecond"
    assert book.tail(["web"], 2) == [line for line in book.tail(["web", "worker"], 4) if line.process == "web"]
    assert logged(tmp_path) == ["web", "worker"]
    assert read_tail(tmp_path / "nowhere", ["web"], 5) == []


def test_a_stamp_is_the_time_in_utc() -> None:
    assert stamped(Line(0.1230001, "web", "hé")) == "1970-01-01T00:00:00.123000Z hé\n".encode()


def test_files_are_put_aside_by_size_and_the_oldest_goes(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "web.log", limit=100, kept=3)
    for number in range(10):
        file.write([b"%060d\n" % number])
    file.close()
    kept = {path.name: int(path.read_text()) for path in tmp_path.iterdir()}
    assert kept == {"web.log": 9, "web.log.1": 8, "web.log.2": 7}


def test_a_file_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "logs" / "web.log", limit=1000, kept=3)
    file.write([b"one\n"])
    (tmp_path / "logs" / "web.log").unlink()
    (tmp_path / "logs").rmdir()
    file.write([b"two\n"])
    file.close()
    assert (tmp_path / "logs" / "web.log").read_text() == "two\n"


def test_the_last_lines_are_found_in_files_put_aside_too(tmp_path: Path) -> None:
    book = Logbook(tmp_path, limit=200, kept=4)
    for number in range(20):
        book.write("web", [f"line {number}"])
    book.close()
    assert len(list(tmp_path.iterdir())) == 4
    assert [line.text for line in read_tail(tmp_path, ["web"], 12)] == [f"line {number}" for number in range(8, 20)]


def test_a_full_disk_is_told_once_and_the_gap_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Logbook(tmp_path, 1 << 20, 3)
    book.write("web", ["before"])
    full = True
    write = os.write

    def write_unless_full(descriptor: int, data: bytes) -> int:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(module.os, "write", write_unless_full)
    monkeypatch.setattr(module, "RETRY", 0.01)
    for number in range(5):
        book.write("web", [f"lost {number}"])
        time.sleep(0.02)
    full = False
    book.write("web", ["after"])
    book.close()
    told = [line.text for line in book.tail(["supervisor"], 10)]
    assert told == [
        f"{tmp_path / 'web.log'} cannot be written: No space left on device; the project goes on without it",
        f"{tmp_path / 'web.log'} is written again; 5 lines are missing from it",
    ]
    assert [line.text for line in book.tail(["web"], 10)] == ["before", *(f"lost {n}" for n in range(5)), "after"]
    assert [line.text for line in read_tail(tmp_path, ["web"], 10)] == ["before", "after"]
