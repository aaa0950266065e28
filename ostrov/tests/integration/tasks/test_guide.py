"""The how-to of tasks is true: its code runs as it stands there."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from ostrov.testing import running

GUIDE = Path(__file__).parents[4] / "docs" / "how-to" / "tasks.md"


async def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mailer.py").write_text("\n\n".join(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S)))
    monkeypatch.syspath_prepend(tmp_path)
    module = import_module("mailer")
    try:
        async with running(tmp_path / "project", ["mailer:component"]) as application:
            await module.test_a_post_is_delivered(application)
    finally:
        del sys.modules["mailer"]
