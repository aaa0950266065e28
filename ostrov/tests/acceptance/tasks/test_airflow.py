"""Real Airflow, in a virtual environment of its own, runs what was exported; its own examples are imported."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ostrov import Ostrov, open_operations, run_tasks
from ostrov.core.operations.roles import shell_actor
from ostrov.run.tasks.task import Task, TaskOptions
from ostrov.run.tasks.workflows.airflow_export import airflow_source
from ostrov.run.tasks.workflows.airflow_import import ostrov_source
from ostrov.testing import running

pytestmark = pytest.mark.long
HERE = Path(__file__).parent
TOP = HERE.parents[3]
PINNED = HERE / "airflow.txt"
"""Airflow and what it needs, each with its version."""
BASE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The Python under this virtual environment, which has pip."""
RUN = """
import json, sys
from importlib import import_module
dag = getattr(import_module(sys.argv[1]), sys.argv[1] + "_dag")
run = dag.test()
states, results = {}, {}
for one in sorted(run.get_task_instances(), key=lambda one: one.map_index):
    states.setdefault(one.task_id, []).append(str(one.state))
    if one.state == "success":
        value = one.xcom_pull(task_ids=one.task_id, map_indexes=one.map_index)
        if one.map_index < 0:
            results[one.task_id] = value
        else:
            results.setdefault(one.task_id, []).append(value)
print("ANSWER" + json.dumps({"state": str(run.state), "states": states, "results": results}))
"""


def environment() -> Path:
    """The folder of Airflow's virtual environment, made at its first use."""
    home, wanted = TOP / "var" / "venvs", PINNED.read_text()
    home.mkdir(parents=True, exist_ok=True)
    folder = home / "airflow"
    with (home / "airflow.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "installed"
        if not made.exists() or made.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
            pip: list[Any] = [
                BASE,
                "-m",
                "pip",
                "--python",
                folder / "bin" / "python",
                "install",
                "-q",
                "--no-deps",
                "-r",
                PINNED,
            ]
            subprocess.run(pip, check=True)
            made.write_text(wanted)
    return folder


class Airflow:
    """Airflow with a home, a database and a folder of DAGs of its own."""

    def __init__(self, home: Path) -> None:
        self.folder = environment()
        self.dags = home / "dags"
        self.dags.mkdir(parents=True)
        self._environ = {
            "HOME": str(home),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": ":".join(str(path) for path in (TOP / "ostrov" / "src", HERE, self.dags)),
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
            "LC_ALL": "C.UTF-8",
        }
        self._python("-m", "airflow", "db", "migrate")

    def test(self, module: str) -> dict[str, Any]:
        """`dag.test()` of a file in the folder of DAGs: the run's state, the states and the results of its tasks."""
        said = self._python("-c", RUN, module)
        answer: dict[str, Any] = json.loads(said[said.index("ANSWER") + 6 :].split("\n")[0])
        return answer

    def tasks(self, module: str, dag: str) -> dict[str, str]:
        """The tasks of a DAG file as Airflow loads it, with the names of their operators."""
        show = "import sys; from importlib import import_module; found = import_module(sys.argv[1]); import json; "
        show += "dags = [one for one in vars(found).values() if getattr(one, 'dag_id', '') == sys.argv[2]]; "
        show += "print('ANSWER' + json.dumps({one.task_id: one.task_type for one in dags[0].tasks}))"
        said = self._python("-c", show, module, dag)
        answer: dict[str, str] = json.loads(said[said.index("ANSWER") + 6 :].split("\n")[0])
        return answer

    def example(self, name: str) -> str:
        """The text of one of Airflow's own examples."""
        return next(self.folder.glob(f"lib/*/site-packages/airflow/example_dags/{name}.py")).read_text()

    def _python(self, *arguments: str) -> str:
        program = self.folder / "bin" / "python"
        done = subprocess.run(
            [program, *arguments], capture_output=True, text=True, env=self._environ, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    return Airflow(tmp_path_factory.mktemp("airflow"))


@pytest.fixture
def bakery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the tasks, under the name that Airflow knows it by."""
    monkeypatch.syspath_prepend(HERE)
    yield import_module("bakery")
    del sys.modules["bakery"]


def step(key: str) -> dict[str, str]:
    return {"$step": key}


def node(key: str, task: str = "", *after: str | tuple[str, str], **words: Any) -> SimpleNamespace:
    """A node of a graph: its step, its task, its edges, and what differs from a plain step."""
    edges = [SimpleNamespace(parent=one, condition="success") if isinstance(one, str) else _edge(*one) for one in after]
    plain: dict[str, Any] = {"kind": "task", "arguments": {}, "trigger": "all", "mapped": None, "placement": None, "doc": ""}
    return SimpleNamespace(**{**plain, "key": key, "task": task or f"bakery.{key}", "edges": edges, **words})


def _edge(parent: str, condition: str) -> SimpleNamespace:
    return SimpleNamespace(parent=parent, condition=condition)


def exported(bakery: Any, *nodes: SimpleNamespace, result: Any = None) -> str:
    graph: Any = SimpleNamespace(name="bakery.day", version="1", nodes={one.key: one for one in nodes}, result=result)
    tasks = {task.name: task for task in vars(bakery).values() if isinstance(task, Task)}
    return airflow_source(graph, TaskOptions(name="bakery.day", cron="@daily"), tasks.__getitem__, lambda name, given: graph)


def test_an_exported_workflow_gives_in_airflow_what_its_tasks_give(airflow: Airflow, bakery: Any) -> None:
    text = exported(
        bakery,
        node("bake", arguments={"count": 3}),
        node("weigh", "", "bake", kind="map", mapped="loaf", arguments={"loaf": step("bake"), "times": 3}),
        node("total", "", "weigh", arguments={"loaves": step("weigh")}),
        node("is_heavy", "", "total", arguments={"grams": step("total")}),
        node("by_car", "", "total", ("is_heavy", "true"), arguments={"grams": step("total")}),
        node("by_bike", "", "total", ("is_heavy", "false"), arguments={"grams": step("total")}),
        node("sent", "", "by_car", "by_bike", trigger="any", arguments={"car": step("by_car"), "bike": step("by_bike")}),
        node("burn"),
        node("mend", "", ("burn", "failure"), arguments={"word": "{{ ds }}"}),
        node("close", "", ("burn", "always"), "mend"),
        node("none", "bakery.bake", arguments={"count": 0}),
        node("each", "bakery.weigh", "none", kind="map", mapped="loaf", arguments={"loaf": step("none")}),
        node("nothing", "bakery.total", "each", arguments={"loaves": step("each")}),
        node("rise"),
        result={"sent": step("sent"), "closed": [step("close")], "nothing": step("nothing")},
    )
    (airflow.dags / "bakery_day.py").write_text(text)
    ran = airflow.test("bakery_day")
    loaves = [bakery.Loaf(f"loaf {number}", (500 + number) * 3) for number in range(3)]
    assert ran["state"] == "success"
    assert ran["results"]["weigh"] == [{"name": loaf.name, "grams": loaf.grams} for loaf in loaves]
    assert ran["results"]["mend"] == "mended {{ ds }}"
    assert ran["results"]["rise"] == 2
    assert ran["states"]["burn"] == ["failed"]
    assert ran["states"]["by_bike"] == ["skipped"]
    assert ran["results"]["result"] == {"sent": "sent by car 4509 {{ ds }}", "closed": ["closed"], "nothing": 0}


def test_a_run_whose_failure_nobody_handles_fails_there_too(airflow: Airflow, bakery: Any) -> None:
    (airflow.dags / "bakery_day.py").write_text(exported(bakery, node("burn"), node("close", "", "burn")))
    ran = airflow.test("bakery_day")
    assert (ran["state"], ran["states"]) == ("failed", {"burn": ["failed"], "close": ["upstream_failed"]})


def test_an_approval_is_one_of_airflow(airflow: Airflow, bakery: Any) -> None:
    approval = node("ask", "ostrov.approval", kind="approval", arguments={"text": "Send {{ it }}?"})
    text = exported(bakery, approval, node("close", "", "ask"))
    (airflow.dags / "asked.py").write_text(text.replace("bakery.day", "asked"))
    assert airflow.tasks("asked", "asked") == {"ask": "ApprovalOperator", "close": "_PythonDecoratedOperator"}


async def ran(application: Ostrov, workflow: Any) -> Any:
    """The result of a workflow that Ostrov runs here and now."""
    run = await workflow.enqueue()
    await run_tasks(application, ahead="1 minute")
    assert await run.wait(1) == "successful"
    return run.result


async def test_airflow_gives_what_ostrov_gives(airflow: Airflow, bakery: Any, tmp_path: Path) -> None:
    async with running(tmp_path / "project", ["bakery:component"]) as application:
        export = {"workflow": "bakery.day", "to": str(airflow.dags / "bakery_day.py"), "overwrite": True}
        await application.part(open_operations).call("tasks.export", export, shell_actor("root"), "cli")
        ours = await ran(application, bakery.day)
    there = airflow.test("bakery_day")
    assert there["state"] == "success"
    assert there["results"]["result"] == ours
    assert ours["sent"] == "sent by car 4509 {{ ds }}"


async def test_airflows_own_example_is_imported_and_runs(
    airflow: Airflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ostrov_source(airflow.example("tutorial_taskflow_api"), "tutorial.py")
    assert "    load(item(order_summary, 'total_order_value'))\n" in source
    (tmp_path / "imported_tutorial.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    flow = import_module("imported_tutorial")
    try:
        async with running(tmp_path / "project", ["imported_tutorial:component"]) as application:
            assert await ran(application, flow.tutorial_taskflow_api) is None
            sql = "SELECT step, state, result FROM task_finished_run WHERE step IS NOT NULL"
            rows = await application.store.read(lambda connection: connection.rows(sql))
    finally:
        del sys.modules["imported_tutorial"]
    assert {step: state for step, state, _ in rows} == dict.fromkeys(("extract", "transform", "item", "load"), "successful")
    assert float({step: result for step, _, result in rows}["item"]) == 1236.7
