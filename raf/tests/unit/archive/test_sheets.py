"""Mastodon's CSV files: written as it writes them, read however they come."""

from __future__ import annotations

import pytest

from raf.archive.sheets import read, recognised, written
from raf.errors import Invalid


def test_a_file_is_as_mastodon_writes_it() -> None:
    rows = [("anna@raf.example", "true", "false", "ru, en")]
    assert written("following", rows) == (
        'Account address,Show boosts,Notify on new posts,Languages\nanna@raf.example,true,false,"ru, en"\n'
    )
    assert written("blocking", [("x@y.example",)]) == "x@y.example\n"


@pytest.mark.parametrize("kind", ["following", "blocking", "muting", "lists", "bookmarks", "domain_blocking"])
def test_what_is_written_is_read_again(kind: str) -> None:
    width = {"following": 4, "muting": 2, "lists": 2}.get(kind, 1)
    rows = [tuple(f"{place}, «{column}»" for column in range(width)) for place in range(3)]
    assert read(kind, written(kind, rows).encode()) == rows


def test_columns_are_found_by_their_names_and_missing_ones_are_empty() -> None:
    data = b"\xef\xbb\xbfAccount address,Languages,Show boosts\r\nanna@raf.example,ru,false\r\n\r\n"
    assert read("following", data) == [("anna@raf.example", "false", "", "ru")]


def test_a_file_of_addresses_alone_will_do() -> None:
    assert read("following", b"anna\nvera@x.example\nanna\n") == [("anna", "", "", ""), ("vera@x.example", "", "", "")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe\x00", "ERR_UNREADABLE"),
        (b"", "ERR_EMPTY"),
        (b"Account address,Show boosts\n", "ERR_EMPTY"),
        (b"\n\n,,\n", "ERR_EMPTY"),
        (b"a" * (20 * 1024 * 1024 + 1), "ERR_TOO_LONG"),
        (b"\n".join(b"p%d@x.example" % number for number in range(100_001)), "ERR_TOO_LONG"),
        (b'"' + b"x" * 200_000, "ERR_UNREADABLE"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read("following", data)
    assert caught.value.details["file"][0][0] == code


def test_a_file_is_known_by_its_name() -> None:
    assert recognised("blocked_domains.csv") == "domain_blocking"
    assert recognised("x/Following_Accounts.csv") == "following"
    assert recognised("notes.txt") is None
