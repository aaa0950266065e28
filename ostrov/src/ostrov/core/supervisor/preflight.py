"""Before the services start: are the tables of this version? In a fork, so that what it imports is gone afterwards.

`python -m ostrov.core.supervisor.preflight --project DIR` does the same for units of systemd.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError, StoreError

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection


def prepare_database(application: Ostrov) -> list[str]:
    """Bring the tables to this version when `db.migrate` allows it; what was done, a line each.

    Raises StoreNewer when a newer version wrote them, StoreError when they are behind and may not be migrated.
    """
    done: list[str] = in_fork(lambda: prepare_here(application))
    return done


def first_use(application: Ostrov) -> str:
    """A log-in link for the owner while nobody has come in yet, else an empty text. A project starts without it, too."""

    def link() -> str | None:
        from ostrov.core.operations.operators.links import first_link

        return first_link(application)

    try:
        return in_fork(link) or ""
    except OstrovError:
        return ""


def prepare_here(application: Ostrov) -> list[str]:
    """The same in this process, for commands that end soon anyway."""
    from ostrov.core.store.migrations import migrate, pending

    behind = pending(application)
    if not behind:
        return []
    steps = [f"{step.component} {step.have or 'new'} → {step.want}" for step in behind]
    if application.settings.db.migrate == "manual":
        raise StoreError(
            "the tables are behind this version",
            cause=f"{', '.join(steps)}, and db.migrate is manual",
            tip="make a backup, then start once with db.migrate=auto",
        )
    try:
        migrate(application)
    except Exception as problem:
        raise _in_our_words(problem, application) from problem
    return steps


def _in_our_words(problem: Exception, application: Ostrov) -> Exception:
    """The store's error for what a database refused inside a migration; for a faulty script, where its traceback is."""
    if isinstance(problem, OstrovError):
        return problem
    refused = getattr(problem, "orig", None) or problem  # SQLAlchemy wraps the driver's error
    try:
        application.store.read_sync(_refuse, refused)
    except OstrovError as translated:
        return translated
    except Exception as unknown:
        import traceback

        kept = application.data_dir / "logs" / "migration.txt"
        with contextlib.suppress(OSError):
            kept.parent.mkdir(exist_ok=True)
            kept.write_text("".join(traceback.format_exception(problem)), "utf-8")
        cause = f"{type(unknown).__name__}: {unknown}"
        return StoreError("the database cannot be brought to this version", cause=cause, tip=f"the details are in {kept}")
    return problem


def _refuse(_: Connection, problem: Exception) -> None:
    """The store translates what is raised inside it."""
    raise problem


def in_fork(work: Callable[[], Any]) -> Any:
    """What `work()` returns or raises, done in a copy of this process that ends with it. Call it before threads or loops."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer = _outcome(work)
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answer)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    if not data:
        raise StoreError("preparing the database was killed", tip="look for a full memory in the system's log, and try again")
    returned, raised = pickle.loads(data)  # noqa: S301 - from our own fork
    if raised is not None:
        raise raised
    return returned


def _outcome(work: Callable[[], Any]) -> bytes:
    try:
        return pickle.dumps((work(), None))
    except OstrovError as problem:
        problem.__cause__ = None
        return pickle.dumps((None, problem))
    except KeyboardInterrupt:
        return b""  # the parent has it too
    except BaseException as problem:
        cause = f"{type(problem).__name__}: {problem}"
        return pickle.dumps((None, StoreError("the database cannot be prepared", cause=cause)))


def main(words: Sequence[str]) -> int:
    """Prepare a project's database; the exit code."""
    from ostrov.core.application import Ostrov

    try:
        application = Ostrov.open(Path(words[1]) if list(words[:1]) == ["--project"] else None)
        for step in prepare_here(application):
            print(f"tables: {step}")
    except OstrovError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
