"""The guide to metrics names what there is, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from ostrov.run.tasks.families import families
from ostrov.run.tasks.telemetry import VERBS
from ostrov.testing import running

GUIDE = (Path(__file__).parents[4] / "docs" / "how-to" / "metrics.md").read_text()


async def test_every_metric_is_in_the_guide_with_its_kind(tmp_path: Path) -> None:
    async with running(tmp_path) as application:
        found = {(family.name, family.kind) for family in await families(application)}
    assert set(re.findall(r"^\| `(ostrov_\w+)` \| (\w+) \|", GUIDE, re.MULTILINE)) == found


def test_every_event_is_in_the_guide() -> None:
    table = GUIDE.partition("## The events")[2].partition("Listen in")[0]
    assert sorted(re.findall(r"`(\w+)`", table)) == sorted(VERBS)


def test_alerts_ask_for_metrics_there_are() -> None:
    rows = set(re.findall(r"^\| `(ostrov_\w+)`", GUIDE, re.MULTILINE))
    alerts = GUIDE.partition("Three alerts")[2].partition("Counts are kept")[0]
    assert set(re.findall(r"ostrov_\w+", alerts)) <= rows
