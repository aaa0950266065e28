"""Static files: one digest for all, kept for good, found by name only."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from raf.web.assets import FOLDER, Assets


async def fetch(assets: Assets, path: str, encodings: str = "") -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept-encoding", encodings.encode())]}
    await assets(scope, None, send)  # type: ignore[arg-type]
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


async def test_a_file_is_served_for_good_at_the_digest_of_all() -> None:
    assets = Assets()
    status, headers, body = await fetch(assets, assets.url("raf.css"))
    assert status == 200
    assert headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in headers["cache-control"]
    assert b"--coconut" in body


async def test_text_is_packed_for_browsers_that_take_it_so() -> None:
    assets = Assets()
    _, plain, body = await fetch(assets, assets.url("raf.css"))
    _, headers, packed = await fetch(assets, assets.url("raf.css"), "br, gzip")
    assert "content-encoding" not in plain
    assert headers["content-encoding"] == "gzip"
    assert plain["vary"] == headers["vary"] == "accept-encoding", "a cache in between keeps both apart"
    assert int(headers["content-length"]) == len(packed) < len(body) / 4
    assert gzip.decompress(packed) == body
    _, picture, _ = await fetch(assets, assets.url("images/icon-192.png"), "gzip")
    assert "content-encoding" not in picture


async def test_a_page_from_before_an_upgrade_still_finds_its_files() -> None:
    status, headers, _ = await fetch(Assets(), "/static/0123456789ab/js/raf.js")
    assert status == 200
    assert "immutable" not in headers["cache-control"]


@pytest.mark.parametrize("name", ["", "x", "../assets.py", "css/../../assets.py", "js/", "%2e%2e/assets.py"])
async def test_nothing_but_the_files_is_served(name: str) -> None:
    status, _, body = await fetch(Assets(), f"/static/0123456789ab/{name}")
    assert (status, body) == (404, b"")


def test_a_changed_file_changes_every_address(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    shutil.copytree(FOLDER, folder)
    before = Assets(folder).digest
    (folder / "js" / "times.js").write_text("// other")
    assert Assets(folder).digest != before


def test_styles_and_scripts_refer_only_to_what_is_there() -> None:
    assets = Assets()
    for name, asset in assets.files.items():
        text = asset.content.decode("utf-8", "replace")
        if name == "raf.css":
            for reference in re.findall(r"url\(([^)]+)\)", text):
                assert reference in assets.files
        elif name.endswith(".js"):
            for reference in re.findall(r'from "\./([^"]+)"', text):
                assert f"js/{reference}" in assets.files


def test_an_unknown_name_has_no_address() -> None:
    with pytest.raises(KeyError):
        Assets().url("raf.exe")
