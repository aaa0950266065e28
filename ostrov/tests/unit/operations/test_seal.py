"""Secrets that wait are unreadable without the key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ostrov.core.errors import OstrovError
from ostrov.core.operations.seal import Seal, read_key


def test_what_is_sealed_can_be_opened_again_by_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "key"
    sealed = Seal(path).close_up(b"open sesame", "door")
    assert b"sesame" not in sealed
    assert Seal(path).open_up(sealed, "door") == b"open sesame"


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "key"
    Seal(path).fingerprint(b"x")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("spoil", ["context", "bytes", "key"])
def test_another_context_other_bytes_or_another_key_open_nothing(tmp_path: Path, spoil: str) -> None:
    sealed = Seal(tmp_path / "one").close_up(b"open sesame", "door")
    key = tmp_path / ("two" if spoil == "key" else "one")
    if spoil == "bytes":
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with pytest.raises(OstrovError, match="cannot be opened"):
        Seal(key).open_up(sealed, "window" if spoil == "context" else "door")


def test_a_damaged_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(OstrovError, match="damaged"):
        Seal(tmp_path / "key").fingerprint(b"x")


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "key"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: read_key(path), range(64)))
    assert len(keys) == 1


def test_a_fingerprint_tells_nothing_without_the_key(tmp_path: Path) -> None:
    assert Seal(tmp_path / "one").fingerprint(b"1234") != Seal(tmp_path / "two").fingerprint(b"1234")
    assert Seal(tmp_path / "one").fingerprint(b"1234") == Seal(tmp_path / "one").fingerprint(b"1234")
