"""A project with a component of its own, and the `ostrov` command run on it as a person does."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import textwrap
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov
from ostrov.core.store.testing import make_tables
from ostrov.testing import make_project

COMPONENT = '''
from __future__ import annotations
import os, time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from ostrov import Call, Component, Check, Finding, operation
from ostrov.core.errors import Conflict
if TYPE_CHECKING:
    from ostrov import Ostrov

def plan_sinking(application: Ostrov, name: str) -> list[dict[str, str]]:
    return [{"ship": name, "then": "it sinks"}]

@operation("ships.list", permission="ships.view", audited=False)
def listed() -> list[dict[str, object]]:
    """List the ships."""
    return [{"name": "aurora", "masts": 3}, {"name": "boreas", "masts": 12}]

@operation("ships.add", permission="ships.manage")
async def add(
    application: Ostrov, name: Annotated[str, "what it is called"], masts: int = 1,
    rig: Literal["square", "gaff"] = "square", wait: timedelta = timedelta(0), flags: list[str] = [], armed: bool = False,
) -> dict[str, object]:
    """Let a ship in. Then close the gate."""
    return {"name": name, "masts": masts, "rig": rig, "wait": wait, "flags": flags, "armed": armed}

@operation("ships.sink", permission="ships.manage", plan=plan_sinking, destructive=True)
def sink(name: str) -> str:
    """Sink a ship."""
    return f"{name} is gone"

@operation("ships.fire", permission="ships.manage", plan=plan_sinking, approvals=1)
def fire(name: str) -> str:
    """Fire at a ship, when somebody else agrees."""
    return f"fired at {name}"

@operation("ships.login", permission="ships.manage", secret=("password",))
def login(host: str, password: str) -> str:
    """Log in."""
    return f"{host}: {len(password)} characters"

@operation("ships.refuse", permission="ships.manage")
def refuse() -> None:
    """Refuse."""
    raise Conflict("the harbour is closed", cause="storm", tip="wait")

@operation("ships.crash", permission="ships.manage")
def crash() -> None:
    """Crash."""
    raise ZeroDivisionError("of masts")

@operation("ships.wait", permission="ships.manage")
async def wait(application: Ostrov) -> None:
    """Wait for ever."""
    import asyncio
    (application.data_dir / "waiting").touch()
    await asyncio.sleep(1000)

@operation("fleet.signals.hoist", permission="ships.manage", surfaces=("cli",))
def hoist(names: list[str]) -> str:
    """Hoist some flags."""
    return " ".join(names)

@operation("ships.chat", permission="ships.view", surfaces=("chat",))
def chat() -> None:
    """Not for the shell."""

def tide(application: Ostrov) -> list[Finding]:
    level = os.environ.get("TIDE", "ok")
    if level == "crash":
        raise ValueError("no water")
    return [Finding(level, f"the tide is {level}", "wait")]

component = Component(
    "ships", operations=[listed, add, sink, fire, login, refuse, crash, wait, hoist, chat], checks=[Check("tide", tide)]
)
'''


@dataclass
class Answer:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs `python -m ostrov` in a project's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
        self.environ = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(folder.parent), "COLUMNS": "100"}
        self.environ.pop("OSTROV_PROJECT", None)
        self.environ.pop("OSTROV_OVERRIDES", None)

    def __call__(self, *words: str, given: str = "", **environ: str) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "ostrov", *words],
            cwd=self.folder,
            env={**self.environ, **environ},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def ostrov(tmp_path: Path) -> Shell:
    """`ostrov("ships", "list")` in a fresh project."""
    folder = tmp_path / "project"
    module = f"ships_{uuid.uuid4().hex[:8]}"
    make_project(folder, [f"{module}:component"], name="harbour")
    (folder / f"{module}.py").write_text(textwrap.dedent(COMPONENT))
    return Shell(folder)


@pytest.fixture
def tables(ostrov: Shell) -> None:
    """The project has its tables already: the first command that needs them makes them, which takes half a second."""
    empty = make_project(ostrov.folder.parent / "empty", name="harbour")
    application = Ostrov.open(empty, [f"data_dir={ostrov.folder / 'var'}"], environ={})
    make_tables(application)
    asyncio.run(application.close())
