"""The how-to of workflows is true: its code runs as it stands there."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from ostrov import run_tasks
from ostrov.run.tasks.workflows.history import graph_of
from ostrov.testing import running

GUIDE = Path(__file__).parents[4] / "docs" / "how-to" / "workflows.md"


async def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.py").write_text("\n\n".join(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S)))
    monkeypatch.syspath_prepend(tmp_path)
    module = import_module("shop")
    try:
        async with running(tmp_path / "project", ["shop:component"]) as application:
            run = await module.use(application)
            await run_tasks(application)
            await run.refresh()
            assert (run.status, run.result) == ("successful", 9.0)
            graph = await application.store.read(graph_of, run.id)
            assert {step.step: step.state for step in graph.steps if "[" not in step.step} == {
                **dict.fromkeys(("extract", "price", "total", "is_large", "pay_2", "tell"), "successful"),
                **dict.fromkeys(("approval", "pay", "tell_2"), "skipped"),
            }
    finally:
        del sys.modules["shop"]
