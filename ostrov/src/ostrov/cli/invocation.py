"""What holds for the whole command line: which project, how to answer, and what was opened on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError, UsageError

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.operation import Operation
    from ostrov.core.project import Project


class Invocation:
    """`project` is the folder named by `--project`; `verbose` counts `-v`; `data_dir` is known once a project is open."""

    def __init__(self, project: Path | None = None, as_json: bool = False) -> None:
        self.project = project
        self.as_json = as_json
        self.verbose = 0
        self.data_dir: Path | None = None
        self.problem: OstrovError | None = None
        """Why the project here has no commands, if it has none."""
        self._operations: dict[str, Operation[..., Any]] | None = None

    @classmethod
    def of(cls, words: Sequence[str]) -> Invocation:
        """Read the options that may stand anywhere; click still checks them in their places."""
        words = list(words[: words.index("--")] if "--" in words else words)
        found = cls(as_json="--json" in words)
        for index, word in enumerate(words):
            if word == "--project" and index + 1 < len(words):
                found.project = Path(words[index + 1])
            elif word.startswith("--project="):
                found.project = Path(word.partition("=")[2])
        return found

    def found_project(self) -> Project:
        """The project meant. Raises ProjectError."""
        from ostrov.core.project import find_project

        if self.project is not None and not self.project.is_dir():
            raise UsageError(f"--project {self.project} is not a folder")
        return find_project(self.project)

    def operations(self) -> dict[str, Operation[..., Any]]:
        """The operations of the project here; none, and `problem` says why, when it has no readable project."""
        if self._operations is None:
            from ostrov.core.operations.registry import operations_of

            try:
                found = operations_of(self.found_project().components().values())
                self._operations = {name: operation for name, operation in found.items() if "cli" in operation.surfaces}
            except OstrovError as problem:
                self.problem = problem
                self._operations = {}
        return self._operations

    def open(self, overrides: Sequence[str] = ()) -> Ostrov:
        """The project with its settings."""
        from ostrov.core.application import Ostrov

        check_words(overrides)
        self.found_project()
        application = Ostrov.open(self.project, overrides)
        self.data_dir = application.data_path
        return application

    def open_each(self, overrides: Sequence[str], multirun: bool) -> Iterator[tuple[Ostrov, tuple[str, ...]]]:
        """The project once at each point of a sweep, with the words that make the point."""
        if not multirun:
            yield self.open(overrides), ()
            return
        from ostrov.core.application import Ostrov
        from ostrov.core.settings import sweep

        check_words(overrides)
        project = self.found_project()
        for loaded in sweep(project, overrides):
            application = Ostrov(project, loaded.settings, loaded.tree)
            application.make_current()
            self.data_dir = application.data_path
            yield application, loaded.point


def check_words(words: Sequence[str]) -> None:
    """Raises UsageError for a word that cannot be an override, which the settings would only call not one."""
    for word in words:
        if "=" not in word and not word.startswith("~"):
            raise UsageError(
                f"unexpected word {word!r}",
                cause="after the arguments come settings, each as key=value",
                tip=f"write {word}=VALUE if it is a setting; --help shows the arguments",
            )
