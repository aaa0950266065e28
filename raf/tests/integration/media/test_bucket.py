"""Media in a bucket of a real S3 server: through the library and the pages, and when the server is away."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import obstore
import pytest
from PIL import Image

from ostrov import Ostrov, OstrovError, run_tasks
from ostrov.testing import running
from raf.archive.archive import open_archive
from raf.media.application import build
from raf.media.cache import PIECE
from raf.media.checks import storage as checked
from raf.media.library import Library, open_library
from raf.media.operations import carry
from raf.media.storage import StorageAway, open_storage
from raf.testing import network, person, say

from raf.tests.integration.media.buckets import keys, new_bucket, settings_of, store_of  # isort: skip

pytestmark = pytest.mark.server("s3")
ANNA = 7


def picture(colour: str = "teal") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(written, "PNG")
    return written.getvalue()


@asynccontextmanager
async def client_of(application: Ostrov) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(await asyncio.to_thread(build, application))  # the door is of this thread
    async with httpx.AsyncClient(transport=transport, base_url="http://raf.test") as client:
        yield client


async def path_of(library: Library, identity: int) -> str:
    url = (await library.media(ANNA, identity)).url
    assert url is not None
    return urlsplit(url).path


class Door:
    """A way to the S3 server that can be shut."""

    def __init__(self) -> None:
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: list[asyncio.StreamWriter] = []

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = urlsplit(os.environ["OSTROV_TEST_S3"])
        far, away = await asyncio.open_connection(address.hostname, address.port)
        self._open += [writer, away]

        async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
            target.close()

        await asyncio.gather(carry(reader, away), carry(far, writer), return_exceptions=True)


@contextmanager
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No rest after a store that did not answer."""
    monkeypatch.setattr("raf.media.storages.s3.REST", 0.0)
    yield


async def test_a_picture_lies_in_the_bucket_and_is_served_by_raf(tmp_path: Path) -> None:
    bucket = new_bucket()
    async with running(tmp_path, ["raf"], settings_of(bucket)) as application, client_of(application) as client:
        library = application.part(open_library)
        path = await path_of(library, await library.upload(ANNA, picture()))
        found = keys(bucket)
        assert len(found) == 2
        assert path.removeprefix("/media/") in found
        head = obstore.head(store_of(bucket), found[0])
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        with Image.open(io.BytesIO(answer.content)) as opened:
            assert opened.size == (320, 200)
        assert head["size"] > 0
        stored = obstore.get(store_of(bucket), path.removeprefix("/media/"))
        assert stored.attributes["Content-Type"] == "image/png"
        assert stored.bytes().to_bytes() == answer.content


async def test_a_film_is_served_by_ranges_and_only_the_parts_asked_for_are_fetched(tmp_path: Path) -> None:
    bucket = new_bucket()
    async with running(tmp_path, ["raf"], settings_of(bucket)) as application, client_of(application) as client:
        storage = application.part(open_storage)
        made = storage.scratch() / "made"
        data = os.urandom(PIECE) * 6 + b"end"
        made.write_bytes(data)
        name = storage.put(made, "mp4")
        for asked, part in (
            ("bytes=0-99", slice(0, 100)),
            (f"bytes={5 * PIECE}-{5 * PIECE + 9}", slice(5 * PIECE, 5 * PIECE + 10)),
        ):
            answer = await client.get(f"/media/{name}", headers={"range": asked})
            assert answer.status_code == 206
            assert answer.content == data[part]
        assert sum(path.stat().st_size for path in (tmp_path.rglob("cache/*/*"))) < 3 * PIECE
        assert (await client.get(f"/media/{name}")).content == data


async def test_the_same_picture_twice_has_two_names_that_say_nothing_of_it(tmp_path: Path) -> None:
    bucket = new_bucket()
    async with running(tmp_path, ["raf"], settings_of(bucket)) as application:
        library = application.part(open_library)
        first, second = [await path_of(library, await library.upload(ANNA, picture())) for _ in range(2)]
        assert first != second
        assert len(keys(bucket)) == 4


async def test_a_house_that_moves_to_a_bucket_takes_its_files_along(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, picture())
        path = await path_of(library, identity)
        folder = application.data_dir / "media"
        before = (folder / path.removeprefix("/media/")).read_bytes()
        with pytest.raises(OstrovError, match="the media lie in a folder"):
            await carry.function(application)
    bucket = new_bucket()
    async with running(tmp_path, ["raf"], settings_of(bucket)) as application, client_of(application) as client:
        library = application.part(open_library)
        assert (await client.get(path)).status_code == 404
        assert await carry.function(application) == "sent 2 files; 0 were there already"
        assert await carry.function(application) == "sent 0 files; 2 were there already"
        assert (await client.get(path)).content == before
        assert len(keys(bucket)) == 2
        await library.discard(ANNA, identity)
        assert keys(bucket) == []


async def test_an_archive_holds_the_files_of_the_bucket(tmp_path: Path) -> None:
    bucket = new_bucket()
    async with network(tmp_path, settings_of(bucket)) as raf:
        anna = await person(raf, "anna")
        await say(raf, anna, "A wall", media_ids=(await raf.upload(anna, picture()),))
        archive = raf.application.part(open_archive)
        await archive.order(anna)
        await run_tasks(raf.application)
        with zipfile.ZipFile(await archive.packed(anna)) as box:
            (name,) = [name for name in box.namelist() if name.endswith(".png")]
            inside = box.read(name)
        (key,) = [key for key in keys(bucket) if key.endswith(".png")]
        assert inside == obstore.get(store_of(bucket), key).bytes().to_bytes()


async def test_houses_with_prefixes_share_a_bucket(tmp_path: Path) -> None:
    bucket = new_bucket()
    for house in ("one", "two"):
        async with running(tmp_path / house, ["raf"], settings_of(bucket, prefix=house)) as application:
            library = application.part(open_library)
            await library.upload(ANNA, picture())
            assert len(list(library.storage.names(2e10))) == 2
    assert {key.partition("/")[0] for key in keys(bucket)} == {"one", "two"}


async def test_a_picture_is_served_from_the_cache_and_the_cache_keeps_its_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, bucket = Door(), new_bucket()
    await door.open()
    there = settings_of(bucket, endpoint=f"http://127.0.0.1:{door.port}")
    with impatient(monkeypatch):
        async with running(tmp_path, ["raf"], there) as application, client_of(application) as client:
            library = application.part(open_library)
            path = await path_of(library, await library.upload(ANNA, picture("red")))
            other = await path_of(library, await library.upload(ANNA, picture("blue")))
            first = await client.get(path)
            await door.shut()
            again = await client.get(path)
            assert (again.status_code, again.content) == (200, first.content)
            away = await client.get(other)
            assert away.status_code == 503
            assert int(away.headers["retry-after"]) > 0
            assert away.headers["cache-control"] == "no-store"
            await door.open()
            assert (await client.get(other)).status_code == 200
            await door.shut()


async def test_while_the_bucket_is_away_an_upload_is_refused_or_waits_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, bucket = Door(), new_bucket()
    await door.open()
    there = settings_of(bucket, endpoint=f"http://127.0.0.1:{door.port}")
    with impatient(monkeypatch):
        async with running(tmp_path, ["raf"], there) as application:
            library = application.part(open_library)
            await door.shut()
            with pytest.raises(StorageAway) as refusal:
                await library.upload(ANNA, picture())
            assert refusal.value.status == 503
            waiting = await library.upload(ANNA, picture(), wait=False)
            await run_tasks(application)
            assert (await library.find(ANNA, waiting)).state == "waiting"
            await door.open()
            await due(application)
            await run_tasks(application)
            assert (await library.find(ANNA, waiting)).state == "ready"
            assert len(keys(bucket)) == 2
            await door.shut()


async def test_what_is_deleted_while_the_bucket_is_away_is_deleted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, bucket = Door(), new_bucket()
    await door.open()
    there = settings_of(bucket, endpoint=f"http://127.0.0.1:{door.port}")
    with impatient(monkeypatch):
        async with running(tmp_path, ["raf"], there) as application:
            library = application.part(open_library)
            identity = await library.upload(ANNA, picture())
            name = (await path_of(library, identity)).removeprefix("/media/")
            assert await asyncio.to_thread(library.storage.open, name)
            assert len(keys(bucket)) == 2
            await door.shut()
            await library.discard(ANNA, identity)
            with pytest.raises(StorageAway):
                await asyncio.to_thread(library.storage.open, name)  # it is not shown out of the cache
            await due(application)
            await run_tasks(application)  # still away
            assert len(keys(bucket)) == 2
            await door.open()
            await due(application)
            await run_tasks(application)
            assert keys(bucket) == []
            await door.shut()


async def due(application: Ostrov) -> None:
    """What is scheduled for later becomes due now."""
    await application.store.write(
        lambda connection: connection.execute("UPDATE task_run SET run_after = 0 WHERE state = 'scheduled'")
    )


async def test_orphans_in_the_bucket_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = new_bucket()
    async with running(tmp_path, ["raf"], settings_of(bucket)) as application:
        library = application.part(open_library)
        identity = await library.upload(ANNA, picture())
        lost = library.storage.scratch() / "lost"
        lost.write_bytes(b"x")
        library.storage.put(lost, "png")
        assert await library.sweep() == 0
        monkeypatch.setattr("raf.media.library.GRACE", -60.0)
        assert await library.sweep() == 1
        assert len(keys(bucket)) == 2
        assert (await library.media(ANNA, identity)).url


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"bucket": "there-is-none"}, "there is no bucket there-is-none"),
        ({"secret": "wrong"}, "the key is not known, or its secret is another"),
        ({"key": "nobody"}, "the key is not known, or its secret is another"),
    ],
)
async def test_wrong_settings_are_named_at_the_start_and_by_the_doctor(
    tmp_path: Path, wrong: dict[str, str], cause: str
) -> None:
    there = settings_of(wrong.get("bucket") or new_bucket(), **{name: wrong[name] for name in wrong if name != "bucket"})
    async with running(tmp_path, ["raf"], there) as application:
        with pytest.raises(OstrovError) as refusal:
            build(application)
        assert refusal.value.cause == cause
        assert "raf.media.s3." in refusal.value.tip
        (finding,) = await asyncio.to_thread(checked, application)
        assert finding.level == "failure"
        assert cause in finding.message


async def test_a_bucket_that_is_away_keeps_nobody_from_starting(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"], settings_of("any", endpoint="http://127.0.0.1:1")) as application:
        build(application)
        (finding,) = await asyncio.to_thread(checked, application)
        assert finding.level == "failure"
        assert "uploads are refused" in finding.tip


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["raf.media.storage=s3"], "raf.media.s3.bucket and raf.media.s3.key and raf.media.s3.secret is empty"),
        (settings_of("b", endpoint="s3.example.org") if "OSTROV_TEST_S3" in os.environ else [], "is no address"),
    ],
)
async def test_settings_that_are_missing_are_named(tmp_path: Path, overrides: list[str], words: str) -> None:
    async with running(tmp_path, ["raf"], overrides) as application:
        with pytest.raises(OstrovError, match=words):
            application.part(open_storage)


def test_the_client_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, raf.media.application, raf.media.library, raf.media.storage; print('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"
