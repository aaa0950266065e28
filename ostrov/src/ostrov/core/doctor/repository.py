"""What version control says about the project's folder."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Repository:
    """A working copy of git or Mercurial. Every question may stay unanswered (None), as when the tool is not installed."""

    kind: str
    root: Path

    @classmethod
    def of(cls, folder: Path) -> Repository | None:
        """The working copy a folder is in."""
        for above in [folder, *folder.parents]:
            for kind in ("git", "hg"):
                if (above / f".{kind}").exists():
                    return cls(kind, above)
        return None

    def commit(self) -> str | None:
        """What is checked out."""
        found = self._ask(["git", "rev-parse", "--short", "HEAD"] if self.kind == "git" else ["hg", "id", "-i"])
        return None if found is None or found.returncode else found.stdout.strip()

    def changed(self) -> int | None:
        """How many files differ from what is committed."""
        found = self._ask(["git", "status", "--porcelain"] if self.kind == "git" else ["hg", "status"])
        return None if found is None or found.returncode else len(found.stdout.splitlines())

    def ignores(self, path: Path) -> bool | None:
        """Whether a path is left out of it; what lies elsewhere is."""
        if not path.resolve().is_relative_to(self.root.resolve()):
            return True
        if self.kind != "git":
            return None
        found = self._ask(["git", "check-ignore", "-q", str(path)])
        return None if found is None or found.returncode > 1 else found.returncode == 0

    def _ask(self, words: list[str]) -> subprocess.CompletedProcess[str] | None:
        if shutil.which(words[0]) is None:
            return None
        try:
            return subprocess.run(words, cwd=self.root, capture_output=True, text=True, timeout=10, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
