"""A workflow's graph becomes the text of an Airflow DAG file; what Airflow cannot express is refused by the step's name.

That real Airflow loads and runs such a file is shown in the acceptance tests.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ostrov import Backoff, task
from ostrov.run.tasks.placement import Placement
from ostrov.run.tasks.task import Task, TaskOptions
from ostrov.run.tasks.workflows.airflow_export import airflow_source
from ostrov.run.tasks.workflows.airflow_plan import NotInAirflow
from ostrov.run.tasks.workflows.graph import Edge, Graph, Node


@task(name="extract", retries=2, backoff=Backoff("fixed", first="1 minute"), timeout="30s", queue="mail", priority=3)
def extract(n: int, run_id: int = 0) -> list[int]:
    """Read the rows."""
    return list(range(n))


@task(name="load", retries=3, concurrency=2)
def load(rows: list[int] | None = None, text: str = "") -> int:
    return 0


@task(name="paced", rate="10/minute")
def paced() -> None: ...


@task(name="softly", soft_timeout="30s")
async def softly() -> None: ...


@task(name="slower", retries=3, backoff="linear")
def slower() -> None: ...


def _hidden() -> Task[Any, Any]:
    @task(name="hidden")
    def inside() -> None: ...

    return inside


TASKS: dict[str, Task[Any, Any]] = {one.name: one for one in (extract, load, paced, softly, slower, _hidden())}
OPTIONS = TaskOptions(name="shop.etl")


def node(
    key: str,
    task: str = "load",
    arguments: dict[str, Any] | None = None,
    edges: list[Edge] | None = None,
    kind: Any = "task",
    **words: Any,
) -> Node:
    return Node(key, kind, task, arguments or {}, edges or [], **words)


def step(key: str) -> dict[str, str]:
    return {"$step": key}


def after(*parents: str | tuple[str, str]) -> list[Edge]:
    return [Edge(parent) if isinstance(parent, str) else Edge(*parent) for parent in parents]


def graph(*nodes: Node, result: Any = None) -> Graph:
    return Graph("shop.etl", "2", {one.key: one for one in nodes}, result)


INNER = graph(node("a"), node("b", arguments={"rows": step("a")}, edges=after("a")), result=step("b"))


def source(*nodes: Node, result: Any = None, options: TaskOptions = OPTIONS) -> str:
    def inner(name: str, arguments: Mapping[str, Any]) -> Graph:
        return INNER

    return airflow_source(graph(*nodes, result=result), options, TASKS.__getitem__, inner)


def flow(text: str) -> list[str]:
    """The lines of the DAG's body."""
    found = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == "shop_etl")
    return [line for node in found.body for line in ast.unparse(node).split("\n")]


def test_a_task_is_a_taskflow_function_that_calls_it_with_its_options() -> None:
    text = source(node("extract", "extract", {"n": 3}), node("again", "extract", {"n": 4, "run_id": 1}), node("load"))
    place = f"{__name__}.extract"
    assert (
        "@task(retries=2, retry_delay=timedelta(seconds=60), execution_timeout=timedelta(seconds=30), queue='mail', "
        "priority_weight=3, weight_rule='absolute')\ndef extract(n, run_id_=LEFT_OUT):\n"
        f'    "Read the rows."\n    return call({place}, n=n, run_id=run_id_)\n' in text
    )
    assert "retry_exponential_backoff=2, max_retry_delay=timedelta(seconds=3600), max_active_tis_per_dag=2" in text
    assert f"import {__name__}\n" in text
    assert flow(text)[:2] == ["extract_step = extract(n=3)", "again_step = extract.override(task_id='again')(n=4, run_id_=1)"]


def test_a_step_of_its_own_placement_overrides_its_task() -> None:
    text = source(node("load", placement=Placement(queue="slow", priority=9, retries=0)))
    assert flow(text) == ["load_step = load.override(queue='slow', priority_weight=9, weight_rule='absolute', retries=0)()"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (TaskOptions(name="x"), "schedule=None, start_date=pendulum.datetime(2024, 1, 1, tz='UTC')"),
        (TaskOptions(name="x", cron="@daily", timezone="Asia/Omsk"), "schedule='0 0 * * *', start_date=pendulum.datetime(2024"),
        (TaskOptions(name="x", cron="@daily", timezone="Asia/Omsk"), "tz='Asia/Omsk'), catchup=False"),
        (TaskOptions(name="x", every=600), "schedule=timedelta(seconds=600)"),
        (TaskOptions(name="x"), "max_active_runs=1"),
    ],
)
def test_a_schedule_is_carried_over(options: TaskOptions, said: str) -> None:
    assert said in source(node("load"), options=options)


def test_data_and_order() -> None:
    text = source(
        node("extract", "extract", {"n": 3}),
        node("load", arguments={"rows": step("extract")}, edges=after("extract")),
        node("then", edges=after("load", "extract")),
    )
    assert flow(text)[1:] == [
        "load_step = load(rows=extract_step)",
        "then_step = load.override(task_id='then')()",
        "[load_step, extract_step] >> then_step",
    ]


def test_a_map_is_an_expansion_and_what_follows_runs_for_an_empty_list_too() -> None:
    text = source(
        node("extract", "extract", {"n": 3}),
        node("each", "load", {"rows": step("extract"), "text": "x"}, after("extract"), "map", mapped="rows"),
        node("all", "load", {"rows": step("each")}, after("each")),
    )
    assert flow(text)[1:] == [
        "each_step = load.override(task_id='each').partial(text='x').expand(rows=extract_step)",
        "all_step = load.override(task_id='all', trigger_rule='none_failed')(rows=each_step)",
    ]


def test_conditions_are_a_branch_and_a_gate_for_each_way() -> None:
    text = source(
        node("load"),
        node("yes", edges=after(("load", "true"))),
        node("no", edges=after(("load", "false"))),
        node("three", edges=after(("load", "equals 3"))),
        node("join", edges=after("yes", "no"), trigger="any"),
    )
    lines = flow(text)
    assert (
        "load_decides_step = branch.override(task_id='load_decides')(load_step, [['true', 'load_true'], "
        "['false', 'load_false'], ['equals 3', 'load_equals_3']])" in lines
    )
    assert "load_true_step = EmptyOperator(task_id='load_true')" in lines
    assert "load_decides_step >> load_equals_3_step" in lines
    assert "load_false_step >> no_step" in lines
    assert "join_step = load.override(task_id='join', trigger_rule='none_failed_min_one_success')()" in lines


def test_edges_of_failure_are_trigger_rules_and_gates_where_edges_differ() -> None:
    lines = flow(
        source(
            node("load"),
            node("mend", edges=after(("load", "failure"))),
            node("close", edges=after(("load", "always"), ("mend", "always"))),
            node("last", edges=after(("load", "failure"), "mend")),
        )
    )
    assert "mend_step = load.override(task_id='mend', trigger_rule='one_failed')()" in lines
    assert "close_step = load.override(task_id='close', trigger_rule='all_done')()" in lines
    assert "load_failed_step = EmptyOperator(task_id='load_failed', trigger_rule='one_failed')" in lines
    assert "[load_failed_step, mend_step] >> last_step" in lines


def test_a_sub_workflow_is_a_group() -> None:
    lines = flow(
        source(
            node("load"),
            node("sub", "inner", {}, after("load"), "workflow"),
            node("end", arguments={"rows": step("sub")}, edges=after("sub")),
        )
    )
    assert lines == [
        "sub_group = TaskGroup('sub')",
        "load_step = load()",
        "with sub_group:",
        "    sub__a_step = load.override(task_id='a')()",
        "    sub__b_step = load.override(task_id='b')(rows=sub__a_step)",
        "end_step = load.override(task_id='end')(rows=sub__b_step)",
        "load_step >> sub__a_step",
    ]


def test_an_approval_is_an_approval() -> None:
    lines = flow(source(node("ok", "ostrov.approval", {"text": "Publish?"}, kind="approval"), node("load", edges=after("ok"))))
    assert lines[0] == "ok_step = ApprovalOperator(task_id='ok', subject='Publish?', fail_on_reject=True)"


def test_a_result_of_several_steps_is_a_step() -> None:
    lines = flow(source(node("load"), node("b"), result={"of": [step("load"), step("b"), 3]}))
    assert lines[-1] == "result_step = result.override(trigger_rule='none_failed')({'of': [load_step, b_step, 3]})"
    lines = flow(source(node("result"), node("b"), result=[step("result")]))
    assert lines[-1].startswith("result_of_workflow_step = result.override(task_id='result_of_workflow'")


def test_text_that_looks_like_a_template_arrives_as_it_is() -> None:
    assert flow(source(node("load", arguments={"text": "{{ ds }}"}))) == ["load_step = load(text='{{ \"{{ ds }}\" }}')"]


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (node("slow", "paced"), "step slow: Airflow has no equal for rate= of task paced"),
        (node("slow", "slower"), "step slow: Airflow knows no linear backoff"),
        (node("it", "hidden"), "step it: task hidden cannot be imported by Airflow"),
        (node("it", placement=Placement(lock_key="x")), "step it: Airflow has no equal for a lock_key"),
        (node("slow", "softly"), "step slow: Airflow has no equal for soft_timeout= of task softly"),
        (node("it", placement=Placement(soft_timeout=3)), "step it: Airflow has no equal for a soft timeout"),
        (node("it", placement=Placement(run_after=3)), "step it: Airflow has no equal for a delay"),
        (node("it", "inner", {"rows": step("first")}, after("first"), "workflow"), "step it: the graph of sub-workflow inner"),
        (node("it", edges=after(("first", "true")), trigger="any"), "step it: it joins branches and has a condition"),
        (node("it", kind="other"), "step it: a step of kind 'other'"),
    ],
)
def test_what_airflow_cannot_express_is_refused_by_the_step(refused: Node, said: str) -> None:
    with pytest.raises(NotInAirflow) as refusal:
        source(node("first"), refused)
    assert said in str(refusal.value)


def test_retries_of_a_workflow_are_refused() -> None:
    with pytest.raises(NotInAirflow, match="Airflow has no equal for retries= of workflow"):
        source(node("first"), options=replace(OPTIONS, retries=2))
