"""Workflows to and from Airflow, at the command line: both work with files of the person who asks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from ostrov.core.errors import NotFound, UsageError
from ostrov.core.operations.operation import operation

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

Over = Annotated[bool, "write over a file that is there"]


@operation("tasks.export", permission="tasks.view", surfaces=("cli",), audited=False, offline=True)
def export_workflow(
    application: Ostrov,
    workflow: Annotated[str, "the name of a workflow"],
    to: Annotated[str, "the DAG file to write; without it the text is shown"] = "",
    arguments: Annotated[str, "the workflow's arguments as a JSON object: the graph is built with them"] = "{}",
    overwrite: Over = False,
) -> str:
    """Write a workflow as an Airflow DAG file, which calls the project's own functions."""
    from ostrov.run.tasks.tasks import open_tasks
    from ostrov.run.tasks.workflows.airflow_export import airflow_source

    registry = application.part(open_tasks).registry

    def graph(name: str, given: Mapping[str, Any]) -> Any:
        found = application.part(open_tasks).get(name)
        if not hasattr(found, "graph"):
            known = ", ".join(sorted(one for one, task in registry.items() if hasattr(task, "graph"))) or "none"
            raise NotFound(f"{name} is a task, not a workflow", tip=f"workflows: {known}")
        return found.graph(**found.codec.decode(msgspec.json.encode(given).decode()))

    try:
        given = msgspec.json.decode(arguments, type=dict[str, Any])
    except msgspec.MsgspecError as problem:
        raise UsageError(
            "--arguments is not a JSON object", cause=str(problem), tip="""as --arguments '{"day": 3}'"""
        ) from None
    made = graph(workflow, given)
    options = application.part(open_tasks).get(workflow).options
    text = airflow_source(made, options, application.part(open_tasks).get, graph, application.settings.tasks.timezone)
    return _written(to, text, overwrite)


@operation("tasks.import", permission="tasks.view", surfaces=("cli",), audited=False, offline=True)
def import_workflow(
    file: Annotated[str, "an Airflow file, written with TaskFlow"],
    to: Annotated[str, "the Python module to write; without it the text is shown"] = "",
    overwrite: Over = False,
) -> str:
    """Write the workflows and tasks of an Airflow TaskFlow file as an Ostrov module. The file is read, never run."""
    from ostrov.run.tasks.workflows.airflow_import import ostrov_source

    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} cannot be read", cause=str(problem)) from None
    return _written(to, ostrov_source(text, file), overwrite)


def _written(to: str, text: str, overwrite: bool) -> str:
    if not to:
        return text
    try:
        with Path(to).open("w" if overwrite else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{to} is there already; nothing was written", tip="choose another file, or say --overwrite") from None
    except OSError as problem:
        raise UsageError(f"{to} cannot be written", cause=str(problem)) from None
    return f"{to} is written: {text.count(chr(10))} lines"
