"""What `/metrics` shows of Raf."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from ostrov import Ostrov
from ostrov.run.web.metrics import metrics
from ostrov.testing import running
from raf import figures
from raf.media.cache import Cache, Piece

FAR = [
    "raf.media.storage=s3",
    "raf.media.cache_budget=4_000_000",
    *(f"raf.media.s3.{name}=never-asked" for name in ("bucket", "key", "secret")),
]
LINK = "INSERT INTO link_preview (id, url, state, created_at) VALUES (?, ?, ?, 0)"


async def scraped(application: Ostrov) -> dict[str, float]:
    """The figures of Raf, by name with its labels."""
    transport = httpx.ASGITransport(metrics(application)["/metrics"])
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if line.startswith("raf_")]
    return {name: float(value) for name, value in lines}


async def test_the_cache_of_a_far_bucket_tells_how_full_it_is(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"], FAR) as application:
        cache = Cache(application.data_dir / "media" / "cache", 4_000_000)
        for number in range(3):
            cache.put("aa/picture.png", number, Piece(3000, b"x" * 1000))
        found = await scraped(application)
        assert found["raf_media_cache_pieces"] == 3
        assert 3000 < found["raf_media_cache_bytes"] == cache.usage().bytes
        assert found["raf_media_cache_budget_bytes"] == 4_000_000


async def test_a_house_that_keeps_its_own_files_has_no_cache_to_tell_of(tmp_path: Path) -> None:
    async with running(tmp_path, ["raf"]) as application:
        assert not any("cache" in name for name in await scraped(application))


async def test_links_are_counted_by_what_became_of_them_the_newest_only(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "NEWEST", 5)
    async with running(tmp_path, ["raf"], database) as application:
        for number, state in enumerate(["failed", "failed", "ready", "ready", "none", "failed", "ready"]):
            await application.store.write(
                lambda connection, number=number, state=state: connection.execute(
                    LINK, (number, f"https://{number}.example", state)
                )
            )
        found = await scraped(application)
        counted = {state: found[f'raf_link_previews{{state="{state}"}}'] for state in figures.STATES}
        assert counted == {"waiting": 0, "ready": 3, "none": 1, "failed": 1}


async def test_whoever_asks_often_makes_nobody_count_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, ["raf"]) as application:
        before = await scraped(application)
        await application.store.write(lambda connection: connection.execute(LINK, (1, "https://one.example", "ready")))
        assert await scraped(application) == before
        monkeypatch.setattr(figures, "FRESH", 0.0)
        application.part(figures.open_figures)._until = 0.0
        assert await scraped(application) != before
