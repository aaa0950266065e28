"""`ostrov tasks export` and `ostrov tasks import` through the one door: files are written, and never written over unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, NotFound, Ostrov, UsageError, open_operations, task
from ostrov.core.operations.roles import shell_actor
from ostrov.run.tasks.workflows.airflow_options import NotInOstrov
from ostrov.testing import running

FILE = """
from airflow.sdk import dag, task

@task
def extract() -> int:
    return 3

@dag(schedule="@daily")
def etl():
    extract()
"""


@task(name="sweep")
def sweep() -> None: ...


component = Component(name="demo", tasks=[sweep])
HERE = f"{__name__}:component"


async def do(application: Ostrov, name: str, **arguments: Any) -> Any:
    return (await application.part(open_operations).call(name, arguments, shell_actor("root"), "cli")).result


async def test_a_dag_file_is_imported_once(tmp_path: Path) -> None:
    source, made = tmp_path / "etl.py", tmp_path / "flow.py"
    source.write_text(FILE)
    async with running(tmp_path / "project", [HERE]) as application:
        said = await do(application, "tasks.import", file=str(source), to=str(made))
        assert said == f"{made} is written: {len(made.read_text().splitlines())} lines"
        assert "@workflow(schedule='@daily')\ndef etl():" in made.read_text()
        assert await do(application, "tasks.import", file=str(source)) == made.read_text()
        with pytest.raises(UsageError, match="is there already; nothing was written"):
            await do(application, "tasks.import", file=str(source), to=str(made))
        await do(application, "tasks.import", file=str(source), to=str(made), overwrite=True)


async def test_what_cannot_be_imported_leaves_no_file(tmp_path: Path) -> None:
    source, made = tmp_path / "etl.py", tmp_path / "flow.py"
    source.write_text(FILE.replace("@task", "@task.docker"))
    async with running(tmp_path / "project", [HERE]) as application:
        with pytest.raises(NotInOstrov, match=r"etl\.py, line 5: @task\.docker extract"):
            await do(application, "tasks.import", file=str(source), to=str(made))
        with pytest.raises(UsageError, match="cannot be read"):
            await do(application, "tasks.import", file=str(made))
    assert not made.exists()


async def test_only_a_workflow_with_a_readable_name_and_arguments_is_exported(tmp_path: Path) -> None:
    async with running(tmp_path / "project", [HERE]) as application:
        with pytest.raises(NotFound, match="sweep is a task, not a workflow"):
            await do(application, "tasks.export", workflow="sweep")
        with pytest.raises(NotFound, match="there is no task 'swept'"):
            await do(application, "tasks.export", workflow="swept")
        with pytest.raises(UsageError, match="--arguments is not a JSON object"):
            await do(application, "tasks.export", workflow="sweep", arguments="[3]")
