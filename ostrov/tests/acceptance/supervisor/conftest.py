"""A project in a temporary folder whose services the test writes, run by a supervisor of its own process."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ostrov.core.application import Ostrov
from ostrov.core.project import BUILT_IN
from ostrov.core.reference import load
from ostrov.core.supervisor import commands
from ostrov.core.supervisor.lock import holder
from ostrov.core.supervisor.row import ProcessRow
from ostrov.testing import make_project

DRIVER = """
import os, resource, sys
from pathlib import Path
from ostrov.core.errors import OstrovError
from ostrov.core.supervisor import up as module
from ostrov.core.supervisor.up import up
if limit := int(os.environ["FILE_LIMIT"]):
    def run(self, *arguments, before=module.Prepared._run):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        return before(self, *arguments)
    module.Prepared._run = run
try:
    code = up(Path(sys.argv[1]), sys.argv[3:], in_background=sys.argv[2] == "background")
except OstrovError as problem:
    print(problem, file=sys.stderr)
    code = problem.exit_code
sys.exit(code)
"""
BUILT_IN_SERVICES = [service.name for reference in BUILT_IN for service in load(reference).services]
ONLY_OURS = f"supervisor.without=[{','.join(BUILT_IN_SERVICES)}]"
QUICK = ("supervisor.backoff=0.05", "supervisor.backoff_longest=0.2")


class SampleProject:
    """A project with one component of the test's own."""

    def __init__(self, folder: Path, module: str) -> None:
        self.folder = folder
        self.module = module
        self.only_ours = ONLY_OURS
        self.output = folder / "output.txt"
        self.environ = {**os.environ, "PYTHONPATH": str(folder)}
        self.environ.pop("OSTROV_PROJECT", None)
        self._started: list[subprocess.Popen[bytes]] = []
        make_project(folder, [f"{module}:component"], name="sample")

    @staticmethod
    def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
        """Wait for a condition, fail when it does not come true."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come true in time"
            time.sleep(0.02)

    @staticmethod
    def alive(pid: int) -> bool:
        """Whether a process runs (a zombie does not)."""
        try:
            return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return False

    def component(self, source: str) -> None:
        """Write the component's module."""
        head = "import asyncio, os, signal, subprocess, sys\nfrom pathlib import Path\n"
        head += f"from ostrov import Component, Mount, Service\nHERE = Path({str(self.folder)!r})\n"
        (self.folder / f"{self.module}.py").write_text(head + textwrap.dedent(source))

    def launch(
        self,
        *overrides: str,
        how: str = "front",
        only_ours: bool = True,
        quick: bool = True,
        output: int | None = None,
        file_limit: int = 0,
    ) -> subprocess.Popen[bytes]:
        """Start `up` and do not wait. `file_limit` is how large the supervisor's files may grow, in bytes."""
        words = [*overrides, *([ONLY_OURS] if only_ours else []), *(QUICK if quick else ())]
        with self.output.open("ab") as terminal:
            process = subprocess.Popen(
                [sys.executable, "-c", DRIVER, str(self.folder), how, *words],
                env={**self.environ, "FILE_LIMIT": str(file_limit)},
                stdin=subprocess.DEVNULL,
                stdout=terminal if output is None else output,
                stderr=terminal if output is None else output,
                cwd="/",
            )
        self._started.append(process)
        return process

    def on_terminal(self, *overrides: str) -> tuple[int, int]:
        """Start `up` on a terminal of its own; its process id, and our end of the terminal."""
        words = [sys.executable, "-c", DRIVER, str(self.folder), "front", *overrides, ONLY_OURS]
        pid, ours = pty.fork()
        if pid == 0:
            os.execve(sys.executable, words, {**self.environ, "FILE_LIMIT": "0"})
        self.until(lambda: holder(self.application(*overrides).run_dir))
        commands.wait(self.application(*overrides), timeout=20)
        return pid, ours

    def up(self, *overrides: str, **options: object) -> subprocess.Popen[bytes]:
        """Start `up` and wait until every process is ready."""
        process = self.launch(*overrides, **options)
        self.until(lambda: process.poll() is not None or holder(self.application(*overrides).run_dir))
        assert process.poll() is None, self.said()
        try:
            commands.wait(self.application(*overrides), timeout=20)
        except BaseException:
            print(self.said())
            raise
        return process

    def application(self, *overrides: str) -> Ostrov:
        return Ostrov.open(self.folder, overrides, environ={})

    def rows(self, *overrides: str) -> dict[str, ProcessRow]:
        return {row.name: row for row in commands.status(self.application(*overrides)).processes}

    def said(self) -> str:
        """Everything on the terminal."""
        return self.output.read_text() if self.output.exists() else ""

    def file(self, name: str) -> Path:
        return self.folder / name

    def number(self, name: str) -> int:
        """The number a service wrote into a file, once it is there."""
        self.until(lambda: self.file(name).exists() and self.file(name).read_text().strip())
        return int(self.file(name).read_text())

    def close(self) -> None:
        with contextlib.suppress(Exception):
            commands.down(self.application(), timeout=10)
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleProject]:
    module = f"sample_{uuid.uuid4().hex[:8]}"
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("OSTROV_PROJECT", raising=False)
    project = SampleProject(tmp_path, module)
    yield project
    project.close()
