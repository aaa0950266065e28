"""The cache of pieces: within its budget, the least recently used goes first, never anything but what was put."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from raf.media.cache import Cache, Piece

KILO = 1000


def piece(number: int = 0, size: int = KILO) -> Piece:
    return Piece(size * 3, bytes([number % 251]) * size)


def age(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    for path in folder.glob("??/*"):
        os.utime(path, (path.stat().st_atime, min(path.stat().st_mtime, then)))


def test_what_was_put_is_there_and_nothing_else(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 10 * KILO)
    cache.put("a", 0, piece(1))
    assert cache.get("a", 0) == piece(1)
    assert cache.get("a", 1) is None
    assert cache.get("b", 0) is None
    cache.forget("a")
    assert cache.get("a", 0) is None


def test_the_budget_holds_and_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 20 * KILO)
    for number in range(10):
        cache.put(f"old {number}", 0, piece(number))
    age(tmp_path, 3600)
    assert cache.get("old 3", 0) == piece(3)  # used again just now
    for number in range(100):
        cache.put(f"new {number}", 0, piece(number))
        assert cache.usage().bytes <= 20 * KILO
    assert cache.get("old 4", 0) is None
    assert cache.get("new 99", 0) == piece(99)
    assert cache.usage().pieces > 10


def test_a_piece_that_is_used_stays_while_others_go(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 20 * KILO)
    for number in range(15):
        cache.put(f"old {number}", 0, piece(number))
    age(tmp_path, 3600)
    assert cache.get("old 3", 0)
    for number in range(8):
        cache.put(f"new {number}", 0, piece(number))
    assert cache.get("old 3", 0) == piece(3)
    assert [number for number in range(15) if cache.get(f"old {number}", 0)] != list(range(15))


@pytest.mark.parametrize("spoil", ["cut", "changed", "emptied", "another's"])
def test_a_spoiled_piece_is_not_shown_and_makes_room_for_a_good_one(tmp_path: Path, spoil: str) -> None:
    cache = Cache(tmp_path, 100 * KILO)
    cache.put("a", 0, piece(1))
    path = next(tmp_path.glob("??/*.0"))
    cache.put("b", 0, piece(2))
    other = next(found for found in tmp_path.glob("??/*.0") if found != path)
    data = path.read_bytes()
    path.write_bytes(
        {"cut": data[:-5], "changed": data[:-1] + b"x", "emptied": bytes(len(data)), "another's": other.read_bytes()}[spoil]
    )
    assert cache.get("a", 0) is None
    cache.put("a", 0, piece(1))
    assert cache.get("a", 0) == piece(1)


def test_no_budget_keeps_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 0)
    cache.put("a", 0, piece(1))
    assert cache.get("a", 0) is None
    assert cache.usage() == (0, 0)


def test_a_disk_without_room_fails_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(tmp_path / "file" / "cache", 10 * KILO)
    cache.put("a", 0, piece(1))
    assert cache.get("a", 0) is None


def test_what_a_killed_process_left_half_written_goes(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 10 * KILO)
    cache.put("a", 0, piece(1))
    part = next(tmp_path.glob("??/*.0")).with_name("part-0123")
    part.write_bytes(b"half")
    cache.trim()
    assert part.exists()  # somebody may be writing it
    age(tmp_path, 7200)
    cache.trim()
    assert not part.exists()


PROCESS = """
import random, sys
from pathlib import Path
from raf.media.cache import Cache, Piece
folder, seed = Path(sys.argv[1]), int(sys.argv[2])
cache, rng = Cache(folder, 400_000), random.Random(seed)
for _ in range(400):
    number = rng.randrange(200)
    right = Piece(4000, bytes([number]) * 4000)
    found = cache.get(f"file {number}", 0)
    assert found in (None, right), number
    if found is None:
        cache.put(f"file {number}", 0, right)
    elif rng.random() < 0.1:
        cache.forget(f"file {number}")
print(sum(cache.get(f"file {number}", 0) is not None for number in range(200)))
"""


def test_several_processes_share_it_and_hold_the_budget_together(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path), str(seed)], stdout=subprocess.PIPE) for seed in range(3)
    ]
    for process in running:
        said, _ = process.communicate(timeout=100)
        assert process.returncode == 0
        assert int(said) > 20
    assert Cache(tmp_path, 400_000).usage().bytes <= 400_000
