"""The contract of a storage, held by the folder and by a real S3 server alike."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from ostrov import Ostrov
from ostrov.testing import running
from raf.media.cache import PIECE
from raf.media.storage import Storage, Stored, open_storage

from raf.tests.integration.media.buckets import new_bucket, settings_of  # isort: skip


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.server("s3"))])
def where(request: pytest.FixtureRequest) -> list[str]:
    """The settings of a storage that is empty."""
    return [] if request.param == "folder" else settings_of(new_bucket())


def source(application: Ostrov, data: bytes) -> Path:
    path = application.part(open_storage).scratch() / "made"
    path.write_bytes(data)
    return path


def whole(found: Stored | None) -> bytes:
    assert found is not None
    data = b""
    while len(data) < found.size:
        data += found.read(len(data), 100_000)
    found.close()
    return data


def every(storage: Storage) -> set[str]:
    return set(storage.names(time.time() + 60))


async def test_what_is_put_is_read_whole_and_in_parts(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        data = os.urandom(2 * PIECE + 1000)
        made = source(application, data)
        name = storage.put(made, "mp4")
        assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}\.mp4", name)
        assert not made.exists()
        assert whole(storage.open(name)) == data
        found = storage.open(name)
        assert found is not None
        assert found.size == len(data)
        for start in (0, 5, PIECE - 3, PIECE, 2 * PIECE + 999):
            part = found.read(start, 100)
            assert part
            assert part == data[start : start + len(part)]


async def test_a_large_file_arrives_whole(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        data = os.urandom(PIECE) * 19 + b"end"
        assert whole(storage.open(storage.put(source(application, data), "mp4"))) == data


async def test_what_is_not_there_is_none(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        assert storage.open("ab/cd/" + "0" * 60 + ".png") is None
        assert every(storage) == set()


async def test_what_is_deleted_is_gone_and_the_rest_stays(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        names = [storage.put(source(application, b"%d" % number), "png") for number in range(3)]
        assert [whole(storage.open(name)) for name in names] == [b"0", b"1", b"2"]
        storage.delete([names[0], "ab/cd/" + "0" * 60 + ".png"])
        storage.delete([names[0]])
        assert storage.open(names[0]) is None
        assert every(storage) == set(names[1:])
        assert whole(storage.open(names[1])) == b"1"


async def test_names_are_asked_for_by_age_and_nothing_else_is_among_them(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        name = storage.put(source(application, b"x"), "png")
        storage.hold(source(application, b"y"))
        whole(storage.open(name))
        assert every(storage) == {name}
        assert set(storage.names(time.time() - 3600)) == set()


async def test_what_is_held_is_never_served_and_is_there_until_it_is_dropped(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        held = storage.hold(source(application, b"a film"))
        path = storage.held(held)
        assert path is not None
        assert path.read_bytes() == b"a film"
        assert storage.held("held/../../ostrov.toml") is None
        storage.drop(held)
        assert storage.held(held) is None


async def test_what_a_killed_process_left_behind_goes(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        kept = storage.put(source(application, b"kept"), "png")
        held = storage.hold(source(application, b"left behind"))
        folder = storage.scratch()
        assert storage.prune(time.time() - 3600) == 0
        assert storage.prune(time.time() + 60) >= 2
        assert not folder.exists()
        assert storage.held(held) is None
        assert whole(storage.open(kept)) == b"kept"


async def test_it_says_that_it_works(tmp_path: Path, where: list[str]) -> None:
    async with running(tmp_path, ["raf"], where) as application:
        storage = application.part(open_storage)
        storage.reach()
        storage.check()
        assert every(storage) == set(), "and leaves nothing behind"
