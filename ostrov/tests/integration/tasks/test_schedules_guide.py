"""The how-to of schedules is true: its code runs as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from ostrov import Component
from ostrov.run.tasks.fluent import BOARD
from ostrov.run.tasks.scheduler import Scheduler
from ostrov.testing import running

GUIDE = Path(__file__).parents[4] / "docs" / "how-to" / "schedules.md"
component = Component(name="slides", tasks=["slide"])


async def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slide, words, test = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S)
    (tmp_path / "slide.py").write_text(slide)
    (tmp_path / "shifts.py").write_text(words + test)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(BOARD, "jobs", [])
    try:
        async with running(tmp_path / "project", [f"{__name__}:component", "shifts:component"]) as application:
            assert len(Scheduler(application).schedules) == 6 + 6
            await sys.modules["shifts"].test_ben_is_greeted_every_day(application)
    finally:
        for name in ("slide", "shifts"):
            sys.modules.pop(name, None)
