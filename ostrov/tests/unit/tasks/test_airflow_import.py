"""An Airflow TaskFlow file becomes the source of an Ostrov module, or is refused by name and line."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from ostrov.run.tasks.workflows.airflow_import import ostrov_source
from ostrov.run.tasks.workflows.airflow_options import NotInOstrov

HEAD = """
from datetime import datetime, timedelta
from airflow.sdk import DAG, chain, dag, task, task_group
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.sensors.filesystem import FileSensor
"""


def imported(text: str) -> str:
    """The new source of a DAG file."""
    return ostrov_source(HEAD + dedent(text), "dags/etl.py")


def in_flow(body: str, options: str = "schedule=None") -> str:
    """The new source of a DAG with three tasks and a branch, and this body."""
    return imported(
        f"""
@dag({options})
def flow():
    @task
    def extract(n=3):
        return list(range(n))
    @task
    def double(x, by=2):
        return x * by
    @task
    def load(rows):
        return rows
    @task.branch
    def choose(rows):
        return "load_all" if rows else "nothing"
    @task(task_id="load_all")
    def everything():
        return 1
    @task
    def nothing():
        return 2
    @task(trigger_rule="none_failed_min_one_success")
    def join(a, b):
        return [a, b]
    @task(trigger_rule="all_done")
    def close():
        return "closed"
    @task(trigger_rule="one_failed")
    def mend():
        return "mended"
"""
        + "\n".join(f"    {line}" for line in dedent(body).strip().split("\n"))
        + "\nflow()\n"
    )


def flow_of(source: str) -> list[str]:
    """The lines of the workflow's body."""
    tree = ast.parse(source)
    found = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "flow")
    return [line for node in found.body for line in ast.unparse(node).split("\n")]


def test_tasks_come_out_of_the_dag_with_their_text_and_comments() -> None:
    source = imported(
        '''
        import json
        LIMIT = 3
        @dag(schedule="@daily", start_date=datetime(2024, 1, 1), tags=["x"])
        def etl(url: str = "there"):
            """Load it."""
            @task(multiple_outputs=True)
            def fetch(url: str) -> dict:
                # as the API says
                return json.loads(url)[:LIMIT]
            fetch(url)
        etl()
        '''
    )
    assert "from datetime" not in source
    assert "import json\n\nfrom ostrov import Component, task, workflow\n" in source
    assert "@task\ndef fetch(url: str) -> dict:\n    # as the API says\n    return json.loads(url)[:LIMIT]\n" in source
    assert '@workflow(schedule=\'@daily\')\ndef etl(url: str=\'there\'):\n    """Load it."""\n    fetch(url)\n' in source
    assert "component = Component(name='etl', tasks=[fetch, etl])" in source


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("schedule='@hourly'", "schedule='@hourly'"),
        ("schedule='30 10 * * *'", "schedule='30 10 * * *'"),
        ("schedule=timedelta(minutes=90)", "every='90 minutes'"),
        ("schedule=None", ""),
        ("schedule='@daily', max_active_runs=4", "schedule='@daily', overlap=True"),
        (
            "schedule='@daily', start_date=pendulum.datetime(2024, 1, 1, tz='Asia/Omsk')",
            "schedule='@daily', timezone='Asia/Omsk'",
        ),
        ("schedule=CronTriggerTimetable('0 1 * * *', timezone='Asia/Omsk')", "schedule='0 1 * * *', timezone='Asia/Omsk'"),
    ],
)
def test_a_schedule_is_carried_over(said: str, options: str) -> None:
    source = in_flow("extract()", said)
    assert f"@workflow({options})\n" in source if options else "@workflow\n" in source


def test_default_args_hold_where_a_task_says_nothing() -> None:
    source = imported(
        """
        ARGS = {"owner": "ann", "retries": 2, "retry_delay": timedelta(minutes=3)}
        with DAG("the.flow", default_args=ARGS, catchup=True) as it:
            @task
            def one(): ...
            @task(retries=5, retry_exponential_backoff=True, execution_timeout=timedelta(seconds=30), queue="q")
            def two(): ...
            @task(retries=0, priority_weight=4)
            def three(): ...
            one() >> two()
        """
    )
    assert "@task(retries=2, backoff=Backoff(\"fixed\", first='3 minutes'))\ndef one" in source
    assert 'backoff=Backoff("exponential", first=\'3 minutes\', factor=2, cap="1 day")' in source
    assert "retries=5" in source
    assert "timeout='30s'" in source
    assert "queue='q'" in source
    assert "@task(priority=4)\ndef three" in source
    assert "Not carried over:\n- catchup=True of the_flow" in source
    assert "two_step.after(one_step)" in source
    assert "ARGS" not in source


def test_expand_becomes_map() -> None:
    body = "rows = extract.override(retries=3)(n=4)\nload(double.partial(by=3).expand(x=rows))\ndouble.expand(x=[1, 2])\n"
    body += "double.partial(x=3).expand(by=rows)"
    assert flow_of(in_flow(body)) == [
        "rows = extract.using(retries=3)(n=4)",
        "load(double.map(rows, by=3))",
        "double.map([1, 2])",
        "double.map(rows, x=3)",
    ]


def test_a_key_of_a_result_is_a_step_of_its_own() -> None:
    source = in_flow("rows = extract()\nload(rows['all'])")
    assert flow_of(source) == ["rows = extract()", "load(item(rows, 'all'))"]
    assert "def item(of: dict, key: str):" in source


def test_arrows_become_after() -> None:
    body = "a = extract()\nb = nothing()\na >> b >> [close(), mend()]\nchain(a, nothing())\nb.set_upstream(a)"
    assert flow_of(in_flow(body)) == [
        "a = extract()",
        "b = nothing()",
        "close_step = close()",
        "mend_step = mend()",
        "b.after(a)",
        "close_step.after_any(b)",
        "mend_step.after_failure(b)",
        "nothing_step = nothing()",
        "nothing_step.after(a)",
        "b.after(a)",
    ]


def test_a_branch_becomes_conditions_on_what_it_returns() -> None:
    body = "all_ = everything()\nrest = nothing()\nway = choose(extract())\nway >> [all_, rest]\njoin(all_, rest)"
    assert flow_of(in_flow(body)) == [
        "way = choose(extract())",
        "with when(way, equals='load_all'):",
        "    all_ = everything()",
        "with when(way, equals='nothing'):",
        "    rest = nothing()",
        "join_step = join(all_, rest).trigger('any')",
    ]


def test_simple_operators_become_tasks() -> None:
    source = imported(
        """
        def hello(name):
            return "hello " + name
        with DAG("flow", schedule=None):
            start = EmptyOperator(task_id="start")
            greet = PythonOperator(task_id="greet", python_callable=hello, op_kwargs={"name": "ann"}, retries=1)
            start >> greet >> BashOperator(task_id="list-it", bash_command="ls | wc -l")
        """
    )
    assert "greet = task(name='greet', retries=1, backoff=Backoff(\"fixed\", first='5 minutes'))(hello)" in source
    assert 'subprocess.run(["bash", "-c", \'ls | wc -l\'], check=True' in source
    assert flow_of(source) == [
        "start_step = start()",
        "greet_step = greet(name='ann')",
        "list_it_step = list_it()",
        "greet_step.after(start_step)",
        "list_it_step.after(greet_step)",
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("FileSensor(task_id='f', filepath='x')", "FileSensor (airflow.providers.standard.sensors.filesystem.FileSensor)"),
        ("extract() >> FileSensor(task_id='f')", "FileSensor"),
        ("extract('{{ ds }}')", "Jinja template"),
        ("double.expand(x=[1], by=[2])", "over more than one argument"),
        ("double.expand(by=[1])", "which is not its first free parameter"),
        ("extract.override(pool='p')()", "override(pool=…)"),
        ("while True:\n    extract()", "`while True:`"),
        ("close(extract())", "takes the result of a step"),
    ],
)
def test_what_has_no_equal_in_a_flow_is_refused_by_line(body: str, said: str) -> None:
    with pytest.raises(NotInOstrov, match=r"dags/etl.py, line 38: ") as refusal:
        in_flow(body)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@dag(schedule='@once')\ndef f(): ...", "line 9: schedule '@once' has no equal"),
        ("@dag(on_failure_callback=print)\ndef f(): ...", "line 9: option on_failure_callback= of f"),
        ("@dag\ndef f():\n    @task.docker(image='x')\n    def t(): ...\n    t()", "@task.docker t"),
        ("@dag\ndef f():\n    @task\n    def t(ti=None): ...\n    t()", "t takes Airflow's ti"),
        ("@dag\ndef f():\n    @task\n    def t(**context): ...\n    t()", "t takes *arguments or Airflow's context"),
        ("@dag\ndef f():\n    n = 3\n    @task\n    def t():\n        return n\n    t()", "t uses n of f"),
        ("@task(pool='p')\ndef t(): ...\n@dag\ndef f():\n    t()", "option pool= of t"),
        ("x = 1", "there is no DAG"),
        ("def (", "this is no Python"),
        ("@task\ndef t():\n    from airflow.sdk import Variable\n@dag\ndef f():\n    t()", "line 11: `from airflow.sdk import"),
        ("@task\ndef t():\n    return task.x\n@dag\ndef f():\n    t()", "line 11: task (airflow.sdk.task) is Airflow's own"),
    ],
)
def test_what_has_no_equal_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(NotInOstrov) as refusal:
        imported("\n" + text)
    assert said in str(refusal.value)


def test_the_file_is_never_run() -> None:
    source = imported("raise SystemExit\n@dag\ndef flow(): ...")
    assert "raise SystemExit" in source


def test_default_args_of_several_dags_are_not_lost_in_silence() -> None:
    source = imported(
        """
        @task
        def one(): ...
        with DAG("first", default_args={"retries": 2}):
            one()
        with DAG("second"):
            one()
        """
    )
    assert "Not carried over:\n- default_args of first for one" in source


def test_a_step_named_like_its_task_gets_another_name() -> None:
    assert flow_of(in_flow("extract = extract()\nnothing = nothing()\nextract >> nothing\nload(extract)")) == [
        "extract_step = extract()",
        "nothing_step = nothing()",
        "nothing_step.after(extract_step)",
        "load(extract_step)",
    ]
