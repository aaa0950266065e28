"""CSV files from one account to another, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov import run_tasks
from raf.archive.archive import Archive, open_archive
from raf.errors import Missing, Refused
from raf.lists.forms import ListChange
from raf.lists.lists import open_lists
from raf.network import Raf
from raf.testing import ALL, network, people, say

KINDS = ("following", "blocking", "muting", "lists", "bookmarks")


async def taken_in(raf: Raf, account_id: int, kind: str, text: str, mode: str = "merge") -> tuple[int, int]:
    """Import a file; how many rows were done and how many of them failed."""
    archive = raf.application.part(open_archive)
    await archive.bring_sheet(account_id, kind, mode, "file.csv", text.encode())
    await run_tasks(raf.application)
    job = (await archive.imports(account_id))[0]
    assert job.state == "done"
    return job.done, job.failed


async def names(raf: Raf, kind: str, account_id: int) -> set[str]:
    found = await getattr(raf, kind)(account_id, ALL)
    return {account.username for account in found.items}


async def test_what_one_account_takes_out_another_takes_in(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        old, new, vera, gleb, zoya = await people(raf, "old", "new", "vera", "gleb", "zoya")
        await raf.follow(old, vera, reblogs=False, notify=True, languages=["ru"])
        await raf.follow(old, gleb)
        await raf.block(old, zoya)
        await raf.mute(old, gleb, notifications=False)
        lists = raf.application.part(open_lists)
        made = await lists.create(old, ListChange(title="Кофейни, и не только"))
        await lists.add(old, made.id, [vera])
        post = await say(raf, vera, "soy and coconut")
        await raf.bookmark(old, post)
        archive: Archive = raf.application.part(open_archive)
        files = {kind: await archive.sheet(old, kind) for kind in KINDS}
        for kind, text in files.items():
            assert (await taken_in(raf, new, kind, text))[1] == 0
        assert {kind: await archive.sheet(new, kind) for kind in KINDS} == files
        assert (await lists.of(new))[0].title == "Кофейни, и не только"


async def test_merging_adds_and_overwriting_takes_away_too(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, *_ = await people(raf, "anna", "vera", "gleb", "zoya")
        for name in ("vera", "gleb"):
            await raf.follow(anna, int((await raf.account_by_name(name)).id))
        await taken_in(raf, anna, "following", "zoya\n")
        assert await names(raf, "following", anna) == {"vera", "gleb", "zoya"}
        await taken_in(raf, anna, "following", "gleb\nzoya\n", "overwrite")
        assert await names(raf, "following", anna) == {"gleb", "zoya"}


async def test_a_row_that_cannot_be_done_hurts_no_other_and_says_why(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera, gleb = await people(raf, "anna", "vera", "gleb")
        await raf.block(gleb, anna)
        text = "nobody\nstranger@elsewhere.example\ngleb\nanna\nvera\n"
        assert await taken_in(raf, anna, "following", text) == (5, 4)
        archive = raf.application.part(open_archive)
        job = (await archive.imports(anna))[0]
        why = [code for _, code in await archive.failures(anna, job.id)]
        assert why == ["ERR_UNKNOWN", "ERR_UNKNOWN", "ERR_BLOCKED", "ERR_UNKNOWN"]
        assert await names(raf, "following", anna) == {"vera"}
        with pytest.raises(Missing):
            await archive.failures(vera, job.id)


async def test_a_bookmark_reveals_no_post_that_one_may_not_see(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await people(raf, "anna", "vera")
        secret = await say(raf, vera, "for my followers", visibility="private")
        await say(raf, vera, "for all")
        uri = f"{raf.url}/users/vera/statuses/"
        assert await taken_in(raf, anna, "bookmarks", f"{uri}{secret}\nhttps://elsewhere.example/@x/1\n{uri}1\n") == (3, 3)


async def test_one_import_at_a_time(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        anna, _ = await people(raf, "anna", "vera")
        archive = raf.application.part(open_archive)
        await archive.bring_sheet(anna, "following", "merge", "a.csv", b"vera\n")
        with pytest.raises(Refused):
            await archive.bring_sheet(anna, "blocking", "merge", "b.csv", b"vera\n")


async def test_a_stopped_import_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with network(tmp_path) as raf:
        anna, *others = await people(raf, "anna", *(f"p{number}" for number in range(60)))
        archive = raf.application.part(open_archive)
        text = "\n".join(f"p{number}" for number in range(60)).encode()
        job = await archive.bring_sheet(anna, "following", "overwrite", "a.csv", text)
        whole = archive._some
        calls = 0

        def killed(*arguments: object) -> int:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise RuntimeError("killed")
            return whole(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(archive, "_some", killed)
        with pytest.raises(RuntimeError):
            await archive.take_in(job)
        monkeypatch.setattr(archive, "_some", whole)
        assert await archive.take_in(job) == 35
        assert len(await names(raf, "following", anna)) == 60
        assert len(others) == 60
