"""The one `Ostrov` object a process builds at its start: settings, store, channel, and parts that live as long as it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ostrov.core.errors import DataUnwritable, OstrovError
from ostrov.core.project import Project, find_project

if TYPE_CHECKING:
    from ostrov.core.channel import Channel
    from ostrov.core.settings import SettingsTree
    from ostrov.core.store import Store

Part = TypeVar("Part")
_current: Ostrov | None = None


class Ostrov:
    """A project opened with its settings. Store, channel and parts open at first use and close with `close()`.

    `settings` is the typed tree (`application.settings.web.port`); `tree` knows where each value came from.
    """

    def __init__(self, project: Project, settings: Any, tree: SettingsTree) -> None:
        self.project = project
        self.components = project.components()
        self.settings = settings
        self.tree = tree
        self._parts: dict[Any, Any] = {}
        self._closing: list[Callable[[], Any]] = []

    @classmethod
    def open(
        cls,
        root: Path | None = None,
        overrides: Iterable[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> Self:
        """Find the project, load its settings, and make this the process's current application."""
        from ostrov.core.settings import load_settings

        project = find_project(root)
        loaded = load_settings(project, overrides, environ)
        application = cls(project, loaded.settings, loaded.tree)
        application.make_current()
        return application

    @property
    def data_path(self) -> Path:
        """Where `data_dir` is, made or not. Relative paths are from the project's root, `~` is the user's home."""
        return self.project.root / Path(self.settings.data_dir).expanduser()

    @property
    def data_dir(self) -> Path:
        """The folder of everything this project writes, made at first use. Raises DataUnwritable."""
        return _made(self.data_path, self.data_path, parents=True, mode=0o700)

    @property
    def run_dir(self) -> Path:
        """Sockets, locks and process ids of the running project. Raises DataUnwritable."""
        return _made(self.data_dir / "run", self.data_path, mode=0o700)

    @property
    def store(self) -> Store:
        """The project's database."""
        from ostrov.core.store import open_store

        return self.part(open_store)

    @property
    def channel(self) -> Channel:
        """The live channel between this project's processes."""
        from ostrov.core.channel import open_channel

        return self.part(open_channel)

    def part(self, build: Callable[[Ostrov], Part]) -> Part:
        """The single object of this process that `build(application)` makes, made at first use."""
        if build not in self._parts:
            self._parts[build] = build(self)
        part: Part = self._parts[build]
        return part

    def replace_part(self, build: Callable[[Ostrov], Part], part: Part) -> None:
        """Put `part` where `part(build)` looks for it (another implementation of the same contract)."""
        self._parts[build] = part

    def on_close(self, callback: Callable[[], Awaitable[None] | None]) -> None:
        """Call this at `close()`, last registered first."""
        self._closing.append(callback)

    async def close(self) -> None:
        """Close what was opened, newest first."""
        while self._closing:
            outcome = self._closing.pop()()
            if inspect.isawaitable(outcome):
                await outcome
        self._parts.clear()
        global _current
        if _current is self:
            _current = None

    def make_current(self) -> None:
        """Let `current()` answer with this application."""
        global _current
        _current = self


def current() -> Ostrov:
    """The application of this process. Raises OstrovError when none was opened."""
    if _current is None:
        raise OstrovError("no Ostrov application is open in this process", tip="call Ostrov.open() first")
    return _current


def _made(folder: Path, data_dir: Path, **how: Any) -> Path:
    try:
        folder.mkdir(exist_ok=True, **how)
    except OSError as problem:
        raise unwritable(data_dir, problem) from problem
    return folder


def unwritable(data_dir: Path, problem: OSError) -> DataUnwritable:
    """The error of a `data_dir` that is not ours to use."""
    return DataUnwritable(
        f"data_dir {data_dir} cannot be used",
        cause=problem.strerror or str(problem),
        tip="give this user the folder, or choose another with data_dir=DIR",
    )
