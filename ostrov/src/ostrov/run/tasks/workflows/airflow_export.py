"""A workflow as an Airflow DAG file: TaskFlow tasks that call the project's own functions, for Airflow 3.1 and newer.

The graph in it is the one that the given arguments make."""

from __future__ import annotations

import json
import keyword
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ostrov.run.tasks.duration import seconds
from ostrov.run.tasks.rule import NICKNAMES
from ostrov.run.tasks.workflows.airflow_plan import AirflowPlan, AirflowStep, NotInAirflow, airflow_plan
from ostrov.run.tasks.workflows.graph import STEP

if TYPE_CHECKING:
    from ostrov.run.tasks.task import Task, TaskOptions
    from ostrov.run.tasks.workflows.graph import Graph

TAKEN = {"TaskGroup", "EmptyOperator", "ApprovalOperator", "LEFT_OUT", "branch", "call", "dag", "pendulum", "plain", "result"}
TAKEN |= {"sys", "task", "task_instance", "timedelta", "ti", "ways_open", "workflow"}
CONTEXT = {"conn", "dag", "dag_run", "ds", "exception", "inlets", "logical_date", "macros", "outlets", "params", "reason"}
CONTEXT |= {
    "run_id",
    "self",
    "task",
    "task_id",
    "task_instance",
    "templates_dict",
    "test_mode",
    "ti",
    "try_number",
    "ts",
    "var",
}
"""Names of parameters that Airflow gives a meaning of its own."""
CONTEXT_LIKE = ("ds_", "ts_", "prev_", "data_interval_", "partition_", "asset_", "task_", "inlet_", "outlet_", "triggering_")
START = "pendulum.datetime(2024, 1, 1, tz={zone!r})"


IMPORTS = {
    "airflow.providers.standard.operators.empty": ("EmptyOperator",),
    "airflow.providers.standard.operators.hitl": ("ApprovalOperator",),
    "airflow.sdk": ("TaskGroup", "dag", "task"),
    "ostrov.run.tasks.workflows.airflow_runtime": ("LEFT_OUT", "call", "plain", "ways_open"),
}


@dataclass
class _Function:
    """One Airflow function for each task of the project."""

    name: str
    place: str
    task: Task[Any, Any]
    parameters: dict[str, bool]
    """Name to whether some step leaves it out."""


def airflow_source(
    graph: Graph,
    options: TaskOptions,
    task_of: Callable[[str], Task[Any, Any]],
    inner: Callable[[str, Mapping[str, Any]], Graph],
    timezone: str = "UTC",
) -> str:
    """The text of the DAG file.

    `options` are the workflow's own (its schedule), `task_of` finds a task and `inner` a sub-workflow's graph by name. Raises
    NotInAirflow, naming the step.
    """
    if options.retries:
        raise NotInAirflow(f"Airflow has no equal for retries= of workflow {graph.name}", tip="give retries to its tasks")
    plan = airflow_plan(graph, inner)
    functions = _functions(plan, task_of)
    dag_id = _identifier(graph.name.replace(".", "_"))
    flow = "\n".join([*_definitions(plan, functions), *_dag(graph, dag_id, options, timezone), *_body(plan, functions)])
    flow += f'\n\n\n{dag_id}_dag = {dag_id}()\n\nif __name__ == "__main__":\n    {dag_id}_dag.test()\n'
    text = "\n".join([*_head(graph, functions, set(re.findall(r"\w+", flow))), flow])
    compile(text, f"{dag_id}.py", "exec")
    return text


def _functions(plan: AirflowPlan, task_of: Callable[[str], Task[Any, Any]]) -> dict[str, _Function]:
    functions: dict[str, _Function] = {}
    uses: dict[str, list[AirflowStep]] = {}
    for step in plan.steps:
        if step.kind in ("task", "map"):
            uses.setdefault(step.task, []).append(step)
    places = {name: _place(steps[0], task_of(name)) for name, steps in uses.items()}
    taken = TAKEN | {module.split(".", 1)[0] for module, _ in places.values()}
    for name, steps in uses.items():
        task = task_of(name)
        _check(steps[0], task)
        given = dict.fromkeys(parameter for step in steps for parameter in step.arguments)
        left_out = {parameter: any(parameter not in step.arguments for step in steps) for parameter in given}
        module, short = places[name]
        made = _identifier(short)
        while made in taken:
            made += "_"
        taken.add(made)
        functions[name] = _Function(made, f"{module}.{short}", task, left_out)
    return functions


def _check(step: AirflowStep, task: Task[Any, Any]) -> None:
    options = task.options
    if options.limits.starts:
        raise NotInAirflow(f"step {step.short}: Airflow has no equal for rate= of task {task.name}")
    if options.limits.by is not None:
        raise NotInAirflow(f"step {step.short}: Airflow has no equal for limit_by= of task {task.name}", tip="use a pool there")
    if options.soft_timeout is not None:
        raise NotInAirflow(f"step {step.short}: Airflow has no equal for soft_timeout= of task {task.name}")
    if options.retries and options.backoff.kind == "linear":
        raise NotInAirflow(f"step {step.short}: Airflow knows no linear backoff", tip="fixed and exponential can be exported")


def _place(step: AirflowStep, task: Task[Any, Any]) -> tuple[str, str]:
    module = task.function.__module__
    names = [name for name, found in vars(sys.modules.get(module) or object).items() if found is task]
    if module == "__main__" or not names:
        raise NotInAirflow(
            f"step {step.short}: task {task.name} cannot be imported by Airflow",
            cause="it is not a name of a module" if module != "__main__" else "it is in the program that was started",
            tip="define it at the top level of a module",
        )
    return module, names[0]


def _head(graph: Graph, functions: Mapping[str, _Function], names: set[str]) -> list[str]:
    title = f"Workflow {graph.name}" + (f", version {graph.version}" if graph.version else "")
    lines = [
        f'"""{title}, exported from Ostrov for Airflow 3.1 and newer.',
        "",
        "Airflow needs the project and ostrov in its Python path; Ostrov's ledger and its limits are not there. What a step",
        "returns is in Airflow's XCom as plain JSON, typed again by the signature of the function it goes to.",
        '"""',
        "",
        *(["from datetime import timedelta", ""] if "timedelta" in names else []),
        "import pendulum",
    ]
    for module, known in IMPORTS.items():
        if needed := [name for name in known if name in names]:
            lines.append(f"from {module} import {', '.join(needed)}")
    modules = {function.place.rpartition(".")[0] for function in functions.values()}
    return [*lines, "", *(f"import {module}" for module in sorted(modules)), ""]


def _definitions(plan: AirflowPlan, functions: Mapping[str, _Function]) -> list[str]:
    lines: list[str] = []
    for function in functions.values():
        options = _words(_options(function.task.options))
        needed = [_parameter(name) for name, left_out in function.parameters.items() if not left_out]
        others = [f"{_parameter(name)}=LEFT_OUT" for name, left_out in function.parameters.items() if left_out]
        lines += ["", f"@task({options})" if options else "@task", f"def {function.name}({', '.join(needed + others)}):"]
        if said := (function.task.__doc__ or "").strip().split("\n")[0]:
            lines.append(f"    {json.dumps(said, ensure_ascii=False)}")
        given = ", ".join([function.place, *(f"{name}={_parameter(name)}" for name in function.parameters)])
        lines += [f"    return call({given})", ""]
    kinds = {step.kind for step in plan.steps}
    if "branch" in kinds:
        lines += ["", "@task.branch", "def branch(value, ways):"]
        lines += [
            '    """The ids of the ways that are open after a step returned `value`."""',
            "    return ways_open(value, ways)",
            "",
        ]
    if "result" in kinds:
        lines += ["", "@task", "def result(value):", '    """What the workflow returns."""', "    return plain(value)", ""]
    return lines


def _options(options: TaskOptions) -> dict[str, str]:
    said: dict[str, str] = {}
    if options.retries:
        backoff = options.backoff
        said["retries"] = repr(options.retries)
        said["retry_delay"] = _length(seconds(backoff.first))
        if backoff.kind == "exponential":
            said["retry_exponential_backoff"] = f"{float(backoff.factor):g}"
            said["max_retry_delay"] = _length(seconds(backoff.cap))
    if options.timeout is not None:
        said["execution_timeout"] = _length(options.timeout)
    said |= _placed(options.queue if options.queue != "default" else None, options.priority or None)
    if options.limits.concurrency is not None:
        said["max_active_tis_per_dag"] = repr(options.limits.concurrency)
    return said


def _placed(queue: str | None, priority: int | None, retries: int | None = None) -> dict[str, str]:
    said = {}
    if queue is not None:
        said["queue"] = repr(queue)
    if priority is not None:
        said["priority_weight"], said["weight_rule"] = repr(priority), repr("absolute")
    if retries is not None:
        said["retries"] = repr(retries)
    return said


def _dag(graph: Graph, dag_id: str, options: TaskOptions, timezone: str) -> list[str]:
    schedule = "None"
    if options.cron is not None:
        schedule = repr(NICKNAMES.get(options.cron, options.cron))
    elif options.every is not None:
        schedule = _length(options.every)
    said = {"dag_id": repr(graph.name), "schedule": schedule, "start_date": START.format(zone=options.timezone or timezone)}
    said |= {"catchup": "False", "tags": "['ostrov']"}
    if not options.overlap:
        said["max_active_runs"] = "1"
    return ["", f"@dag({', '.join(f'{word}={value}' for word, value in said.items())})", f"def {dag_id}():", ""]


def _body(plan: AirflowPlan, functions: Mapping[str, _Function]) -> list[str]:
    lines = []
    for group in plan.groups:
        outer, _, short = group.rpartition(".")
        parent = f", parent_group={_group(outer)}" if outer else ""
        lines.append(f"    {_group(group)} = TaskGroup({short!r}{parent})")
    last = ""
    for step in plan.steps:
        if step.group and step.group != last:
            lines.append(f"    with {_group(step.group)}:")
        last = step.group
        lines.append(f"{'        ' if step.group else '    '}{_variable(step.id)} = {_made(step, functions)}")
    for step in plan.steps:
        if step.after:
            before = [_variable(one) for one in step.after]
            lines.append(f"    {before[0] if len(before) == 1 else '[' + ', '.join(before) + ']'} >> {_variable(step.id)}")
    return lines or ["    pass"]


def _made(step: AirflowStep, functions: Mapping[str, _Function]) -> str:
    words = {"task_id": repr(step.short)}
    if step.rule != "all_success":
        words["trigger_rule"] = repr(step.rule)
    if step.kind == "gate":
        return f"EmptyOperator({_words(words)})"
    if step.kind == "approval":
        subject = str(next((one for one in step.arguments.values() if isinstance(one, str)), step.text or step.short))
        return f"ApprovalOperator({_words(words)}, subject={_literal(subject)}, fail_on_reject=True)"
    if step.kind == "branch":
        value = _literal(step.arguments["value"])
        return f"branch.override({_words(words)})({value}, {_literal([list(way) for way in step.ways])})"
    if step.kind == "result":
        if step.short == "result":
            del words["task_id"]
        return f"result.override({_words(words)})({_literal(step.arguments['value'])})"
    function, placement = functions[step.task], step.placement
    if placement is not None:
        words |= _placed(placement.queue, placement.priority, placement.retries)
    if step.short == function.name:
        del words["task_id"]
    made = f"{function.name}.override({_words(words)})" if words else function.name
    named = {_parameter(name): _literal(value) for name, value in step.arguments.items()}
    if step.kind == "task":
        return f"{made}({_words(named)})"
    over = _parameter(str(step.mapped))
    if over not in named:
        raise NotInAirflow(f"step {step.short}: there is nothing that it maps over")
    each = named.pop(over)
    return f"{made}{f'.partial({_words(named)})' if named else ''}.expand({over}={each})"


def _literal(value: Any) -> str:
    """Python for a value, with steps as variables. Text that Airflow would read as a Jinja template is quoted as one."""
    if isinstance(value, Mapping) and set(value) == {STEP}:
        return _variable(value[STEP])
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_literal(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_literal(one) for one in value) + "]"
    if isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#")):
        return repr("{{ " + json.dumps(value) + " }}")
    return repr(value)


def _words(named: Mapping[str, str]) -> str:
    return ", ".join(f"{word}={value}" for word, value in named.items())


def _length(length: float) -> str:
    return f"timedelta(seconds={length:g})" if length < 1e6 else f"timedelta(days={length / 86400!r})"


def _parameter(name: str) -> str:
    return f"{name}_" if name in CONTEXT or name.startswith(CONTEXT_LIKE) else name


def _variable(made: str) -> str:
    return f"{made.replace('.', '__')}_step"


def _group(made: str) -> str:
    return f"{made.replace('.', '__')}_group"


def _identifier(name: str) -> str:
    made = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in name)
    return f"{made}_" if not made.isidentifier() or keyword.iskeyword(made) else made
