"""`/media/…`: names that the storage makes, and no other path."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image

from ostrov import OstrovError
from ostrov.testing import running
from raf.media.application import build
from raf.media.library import open_library
from raf.testing import file_of


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, str, bytes]]:
    """A client, the path of a picture, and what is in it."""
    async with running(folder, ["raf"]) as application:
        library = application.part(open_library)
        written = io.BytesIO()
        Image.effect_noise((300, 200), 80).save(written, "PNG")
        shown = await library.media(7, await library.upload(7, written.getvalue()))
        assert shown.url is not None
        name = shown.url.removeprefix(library.url)
        path = file_of(library, name)
        assert path is not None
        transport = httpx.ASGITransport(build(application))
        async with httpx.AsyncClient(transport=transport, base_url="http://raf.test") as client:
            yield client, f"/media/{name}", path.read_bytes()


async def test_a_picture_is_served_for_ever_and_cannot_run(tmp_path: Path) -> None:
    async with served(tmp_path) as (client, path, data):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.content == data
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-length"] == str(len(data))
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["access-control-allow-origin"] == "*"
        again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = await client.head(path)
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(data)))


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-999999999", 206, slice(0, None)),
        ("bytes=999999999-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=5-2", 200, slice(0, None)),
        ("bytes=0-1,3-4", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
    ],
)
async def test_ranges_are_served_as_rfc_9110_has_them(tmp_path: Path, asked: str, status: int, part: slice | None) -> None:
    async with served(tmp_path) as (client, path, data):
        answer = await client.get(path, headers={"range": asked})
        assert answer.status_code == status
        if part is not None:
            assert answer.content == data[part]
        if status == 206 and part is not None:
            begin = len(data) + part.start if part.start < 0 else part.start
            assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(answer.content) - 1}/{len(data)}"
        if status == 416:
            assert answer.headers["content-range"] == f"bytes */{len(data)}"


@pytest.mark.parametrize(
    "path",
    [
        "/media/../ostrov.toml",
        "/media/..%2f..%2fostrov.toml",
        "/media/%2e%2e/%2e%2e/etc/passwd",
        "/media//etc/passwd",
        "/media/held/0123456789abcdef0123456789abcdef",
        "/media/scratch/",
        "/media/",
        "/media/ab/cd/" + "0" * 60 + ".html",
        "/media/ab/cd/" + "0" * 60 + ".png%00.html",
        "/media/ab/cd/" + "0" * 60 + ".png",
        "/media/default/avatar-zz.png",
        "/media/default/header-ff.png",
        "/media/default/../../ostrov.toml",
    ],
)
async def test_no_path_leads_out_of_the_storage(tmp_path: Path, path: str) -> None:
    async with served(tmp_path) as (client, _, _):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_file_that_is_still_held_is_not_served(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        library = application.part(open_library)
        written = io.BytesIO()
        Image.new("RGB", (9, 9)).save(written, "PNG")
        await library.upload(7, written.getvalue(), wait=False)
        held = next((application.data_dir / "media" / "held").iterdir())
        transport = httpx.ASGITransport(build(application))
        async with httpx.AsyncClient(transport=transport, base_url="http://raf.test") as client:
            assert (await client.get(f"/media/held/{held.name}")).status_code == 404


async def test_who_has_no_picture_has_a_cup(tmp_path: Path) -> None:
    async with served(tmp_path) as (client, _, _):
        for name, size in (("avatar-07", (400, 400)), ("header-01", (1500, 500))):
            answer = await client.get(f"/media/default/{name}.png")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "image/png"
            with Image.open(io.BytesIO(answer.content)) as opened:
                assert opened.size == size


async def test_files_are_only_read(tmp_path: Path) -> None:
    async with served(tmp_path) as (client, path, _):
        for method in ("POST", "PUT", "DELETE"):
            assert (await client.request(method, path)).status_code == 405


@pytest.mark.parametrize("folder", ["/proc/raf", "ostrov.toml/media"])
async def test_a_folder_that_cannot_keep_pictures_is_named_at_the_start(tmp_path: Path, folder: str) -> None:
    async with running(tmp_path, ["raf"], overrides=[f"raf.media.folder={folder}"]) as application:
        (application.data_dir / "ostrov.toml").write_text("")
        with pytest.raises(OstrovError, match=f"pictures cannot be kept in .*{folder}") as refusal:
            build(application)
        assert refusal.value.tip == "give this user the folder, or set raf.media.folder"
