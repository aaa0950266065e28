"""Which servers are shut out is found whatever people write into links."""

from __future__ import annotations

from pathlib import Path

import pytest

from raf.moderation import blocking
from raf.moderation.blocking import DomainForm
from raf.moderation.moderation import open_moderation
from raf.moderation.servers import LONGEST, Doors, above, doors
from raf.testing import network


def test_an_ideographic_full_stop_at_the_end_lets_nobody_past() -> None:
    shut = Doors(frozenset({"bad.example"}))
    for host in ("bad.example", "bad.example.", "bad.example\u3002", "bad\u3002example\uff0e"):
        assert shut.shut(host), host


@pytest.mark.parametrize("host", ["a." * 1000 + "example", "x" * 2000, "." * 5000])
def test_what_is_too_long_for_a_name_is_no_servers(host: str) -> None:
    assert above(host) == []


async def test_many_hosts_of_many_labels_are_asked_about_at_once(tmp_path: Path, database: list[str]) -> None:
    longest = "a." * ((LONGEST - len("bad.example")) // 2)
    hosts = [f"{number}.{longest[len(str(number)) + 1 :]}bad.example" for number in range(400)]
    assert sum(len(above(host)) for host in hosts) > 40_000, "more than a statement of SQLite may look for"
    async with network(tmp_path, database) as raf:
        blocked = DomainForm(domain="bad.example", severity="suspend")
        await raf.application.part(open_moderation).block(blocking.block_domain, 0, blocked)
        found = await raf.store.read(doors, [*hosts, "good.example"])
    assert all(found.shut(host) for host in hosts)
    assert not found.shut("good.example")
