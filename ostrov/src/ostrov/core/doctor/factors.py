"""The twelve factors (https://12factor.net), each answered for this project with the reason."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ostrov.core.component import Finding
from ostrov.core.doctor.repository import Repository
from ostrov.core.reference import load

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.txt", "locks", "requirements.lock")
DECLARED = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile")


def codebase(application: Ostrov) -> Finding:
    """I. One codebase tracked in revision control, many deploys."""
    repository = Repository.of(application.project.root)
    if repository is None:
        return Finding("warning", "the project is in no version control", "git init && git add . && git commit")
    return Finding("ok", f"one {repository.kind} repository, at {repository.commit() or 'its first commit'}")


def dependencies(application: Ostrov) -> Finding:
    """II. Explicitly declare and isolate dependencies."""
    folders = [application.project.root, application.project.root.parent]
    declared = next((name for name in DECLARED for folder in folders if (folder / name).exists()), "")
    locked = next((name for name in LOCKS for folder in folders if (folder / name).exists()), "")
    if sys.prefix == sys.base_prefix:
        return Finding(
            "warning", "it runs in the machine's own Python, where others install things", "use a virtual environment"
        )
    if not declared:
        return Finding("warning", "no file declares the dependencies", "write them into pyproject.toml")
    if not locked:
        return Finding("warning", f"declared in {declared}, but no lock file pins them", "lock them: pip-compile, uv lock")
    return Finding("ok", f"declared in {declared}, pinned by {locked}, isolated in {sys.prefix}")


def config(application: Ostrov) -> Finding:
    """III. Store config in the environment: apart from the code, secrets above all."""
    shown = application.tree.shown()
    in_code = [row for row in shown if row.masked and row.value not in ('""', "null") and _versioned(row.origin)]
    if in_code:
        places = ", ".join(f"{row.key} ({row.origin})" for row in in_code)
        return Finding(
            "failure", f"secrets stand in files of the code: {places}", "move them to .secrets.toml or to the environment"
        )
    outside = sum(not _versioned(row.origin) and not row.origin.startswith("default") for row in shown)
    some = "1 value comes" if outside == 1 else f"{outside} values come"
    return Finding("ok", f"no secret stands in the code; {some} from outside it, any can (OSTROV_DB__URL=…)")


def backing_services(application: Ostrov) -> Finding:
    """IV. Treat backing services as attached resources."""
    if application.store.dialect == "sqlite":
        return Finding(
            "ok", "the database is embedded (db.path); db.engine and db.url attach PostgreSQL instead, no code changes"
        )
    return Finding("ok", f"PostgreSQL is attached by db.url, from {application.tree.origin('db.url')}")


def build_release_run(application: Ostrov) -> Finding:
    """V. Strictly separate build and run stages."""
    repository = Repository.of(application.project.root)
    changed = repository.changed() if repository else None
    if repository is None or changed is None:
        return Finding("warning", "what runs belongs to no commit that could be named or gone back to", "commit what runs")
    if changed:
        files = "1 file here differs" if changed == 1 else f"{changed} files here differ"
        return Finding(
            "warning",
            f"{files} from commit {repository.commit()}: this release has no name",
            "commit before you release",
        )
    return Finding("ok", f"what runs is commit {repository.commit()}, unchanged")


def processes(application: Ostrov) -> Finding:
    """VI. Execute the app as stateless processes: what must last is in the data folder and the database."""
    repository = Repository.of(application.project.root)
    if repository is not None and repository.ignores(application.data_dir) is False:
        return Finding(
            "warning",
            f"{application.data_dir} is not ignored by {repository.kind}: data would enter the code",
            "add it to .gitignore",
        )
    return Finding(
        "ok", f"all that lasts is in {application.data_dir}{'' if application.store.dialect == 'sqlite' else ' and PostgreSQL'}"
    )


def port_binding(application: Ostrov) -> Finding:
    """VII. Export services via port binding."""
    listening = [
        f"{service.name} on {listen.host}:{listen.port}"
        for component in application.components.values()
        for service in component.services
        if service.listens
        for listen in load(service.listens)(application)
    ]
    return Finding("ok", f"{', '.join(listening)}; no other server is needed" if listening else "no service listens")


def concurrency(application: Ostrov) -> Finding:
    """VIII. Scale out via the process model."""
    from ostrov.core.supervisor.specification import project_processes

    names = [f"{spec.name} ({', '.join(spec.service_names)})" for spec in project_processes(application)]
    return Finding("ok", f"processes: {'; '.join(names) or 'none'}; supervisor.own gives any service its own")


def disposability(application: Ostrov) -> Finding:
    """IX. Fast startup and graceful shutdown; nothing acknowledged is lost by a kill."""
    if application.store.dialect == "sqlite" and application.settings.db.synchronous == "OFF":
        return Finding("warning", "a power cut may lose what was acknowledged: db.synchronous=OFF", "db.synchronous=FULL")
    return Finding("ok", "TERM lets each process finish; a killed one loses nothing that was acknowledged")


def parity(application: Ostrov) -> Finding:
    """X. Keep development, staging and production as similar as possible."""
    public = str(getattr(getattr(application.settings, "web", None), "url", "")).startswith("https://")
    if application.settings.debug and public:
        return Finding(
            "warning", "debug is on at a public address", f"debug=false (now from {application.tree.origin('debug')})"
        )
    engine = application.store.dialect
    return Finding(
        "ok", f"the same code and {engine} everywhere that says so; what differs is settings: ostrov config show --origin"
    )


def logs(application: Ostrov) -> Finding:
    """XI. Treat logs as event streams."""
    folder = application.data_dir / "logs"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
    return Finding("ok", f"processes write to their standard output; the supervisor keeps it, {size / (1 << 20):.1f} MB so far")


def admin_processes(application: Ostrov) -> Finding:
    """XII. Run admin tasks as one-off processes, from the same release with the same settings."""
    from ostrov.core.operations.registry import operations_of

    count = len(operations_of(application.components.values()))
    return Finding("ok", f"{count} operations run from this release with these settings: ostrov --help")


def _versioned(origin: str) -> bool:
    """Whether a value stands in a file that belongs to the code."""
    name = origin.split(":")[0]
    return name.endswith(".toml") and not name.endswith((".local.toml", ".secrets.toml"))
