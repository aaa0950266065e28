"""What an Airflow file says of times, tries and clocks, as options of Ostrov. Reads syntax trees; runs nothing."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ostrov.run.tasks.errors import TaskError
from ostrov.run.tasks.rule import NICKNAMES

SILENT = {"task_id", "dag_id", "description", "doc_md", "doc", "multiple_outputs", "owner", "tags", "weight_rule", "dag"}
SILENT |= {"show_return_value_in_logs", "do_xcom_push", "task_display_name", "dag_display_name", "default_view", "start_date"}
SILENT |= {"trigger_rule", "default_args", "map_index_template", "max_active_tasks", "is_paused_upon_creation", "task_group"}
SILENT |= {"email", "fail_fast"}
"""Options that change nothing of what runs when, or that are read elsewhere."""
TOLD = {"end_date", "email_on_failure", "email_on_retry", "sla", "dagrun_timeout", "owner_links", "access_control"}
"""Options that are left out, and said to be, in the new file."""
FIRST_RETRY = timedelta(minutes=5)
"""What Airflow waits when no retry_delay is given."""


class NotInOstrov(TaskError):
    """An Airflow file has something that cannot be imported."""

    exit_code = 2
    status = 400


@dataclass
class Reading:
    """One file: its text, the names it imports from Airflow, its constants, and what is left out."""

    file: str
    text: str
    airflow: dict[str, str] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def refused(self, node: ast.AST, what: str, tip: str = "") -> NotInOstrov:
        """An error that says where in the file it stands."""
        return NotInOstrov(f"{self.file}, line {getattr(node, 'lineno', '?')}: {what}", tip=tip)

    def value(self, node: ast.expr, what: str) -> Any:
        """A literal, a timedelta of literals, or a constant of the module that is one. Raises NotInOstrov."""
        if isinstance(node, ast.Name) and node.id in self.constants:
            return self.value(self.constants[node.id], what)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("timedelta", "duration"):
            words = {one.arg: self.value(one.value, what) for one in node.keywords if one.arg}
            return timedelta(*(self.value(one, what) for one in node.args), **words)
        if (rule := dotted(node)).rpartition(".")[0].endswith("TriggerRule"):
            return rule.rpartition(".")[2].lower()
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError):
            raise self.refused(node, f"{what} is {ast.unparse(node)}", tip="write it as a literal") from None


def dotted(node: ast.AST) -> str:
    """`a.b.c` for names and attributes, an empty text for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (of := dotted(node.value)):
        return f"{of}.{node.attr}"
    return ""


def words_of(call: ast.expr) -> dict[str, ast.expr]:
    """The keyword arguments of a decorator or a call."""
    return {one.arg: one.value for one in call.keywords if one.arg} if isinstance(call, ast.Call) else {}


def default_args(reading: Reading, node: ast.expr | None) -> dict[str, ast.expr]:
    """The entries of a DAG's default_args."""
    if isinstance(node, ast.Name) and node.id in reading.constants:
        node = reading.constants[node.id]
    if node is None:
        return {}
    if isinstance(node, ast.Call) and dotted(node.func) == "dict" and not node.args:
        return words_of(node)
    if not isinstance(node, ast.Dict) or not all(isinstance(key, ast.Constant) for key in node.keys):
        raise reading.refused(node, "default_args is not a dict of literals")
    return {str(key.value): value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)}


def task_options(reading: Reading, given: Mapping[str, ast.expr], name: str) -> dict[str, str]:
    """Keywords for `@task`, as Python text. Raises NotInOstrov for an option that has no equal."""
    said: dict[str, str] = {}
    values = {}
    for word, node in given.items():
        if word in ("retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay", "execution_timeout"):
            values[word] = reading.value(node, f"{word} of {name}")
        elif word == "queue":
            said["queue"] = repr(reading.value(node, word))
        elif word == "priority_weight":
            said["priority"] = repr(reading.value(node, word))
        elif word == "max_active_tis_per_dag":
            said["concurrency"] = repr(reading.value(node, word))
        elif word in ("depends_on_past", "wait_for_downstream") and not reading.value(node, word):
            continue
        else:
            _leave_out(reading, word, node, name)
    if retries := values.get("retries"):
        said["retries"] = repr(retries)
        said["backoff"] = _backoff(values)
    if values.get("execution_timeout") is not None:
        said["timeout"] = repr(length(values["execution_timeout"]))
    return said


def workflow_options(reading: Reading, given: Mapping[str, ast.expr], name: str) -> dict[str, str]:
    """Keywords for `@workflow`: the schedule. Raises NotInOstrov for what is no cron, preset or interval."""
    said: dict[str, str] = {}
    for word, node in given.items():
        if word in ("schedule", "schedule_interval", "timetable"):
            said |= _schedule(reading, node)
        elif word == "catchup":
            if reading.value(node, word):
                reading.left_out.append(f"catchup=True of {name}: runs that were missed are made up for by one")
        elif word == "max_active_runs":
            said |= {} if reading.value(node, word) == 1 else {"overlap": "True"}
        else:
            _leave_out(reading, word, node, name)
    if "overlap" in said and not said.keys() & {"schedule", "every"}:
        del said["overlap"]
    start = given.get("start_date")
    zone = words_of(start).get("tz") if start is not None else None
    if isinstance(zone, ast.Constant) and zone.value != "UTC" and "schedule" in said:
        said.setdefault("timezone", repr(zone.value))
    return said


def free_names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that a function takes from around it."""
    bound = {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)} | set(dir(builtins))
    bound |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)} - bound


def length(value: Any) -> str:
    """A length of time as people write it."""
    total = value.total_seconds() if isinstance(value, timedelta) else float(value)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if total >= size and total % size == 0:
            return f"{total / size:g} {unit}{'' if total == size else 's'}"
    return f"{total:g}s"


def _backoff(values: Mapping[str, Any]) -> str:
    first = length(values.get("retry_delay", FIRST_RETRY))
    grows = values.get("retry_exponential_backoff")
    if not grows:
        return f'Backoff("fixed", first={first!r})'
    factor = 2.0 if grows is True or grows < 1 else float(grows)
    cap = f", cap={length(values['max_retry_delay'])!r}" if values.get("max_retry_delay") else ', cap="1 day"'
    return f'Backoff("exponential", first={first!r}, factor={factor:g}{cap})'


def _schedule(reading: Reading, node: ast.expr) -> dict[str, str]:
    kind = dotted(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    if kind in ("CronTriggerTimetable", "CronDataIntervalTimetable") and isinstance(node, ast.Call):
        words = words_of(node)
        cron = node.args[0] if node.args else words["cron"]
        zone = words.get("timezone", ast.Constant("UTC"))
        return _schedule(reading, cron) | {"timezone": repr(reading.value(zone, "timezone"))}
    if kind not in ("", "timedelta", "duration"):
        raise reading.refused(node, f"schedule {ast.unparse(node)}", tip="a cron text, a preset or a timedelta can be imported")
    value = reading.value(node, "schedule")
    if value is None:
        return {}
    if isinstance(value, timedelta):
        return {"every": repr(length(value))}
    if value == "@quarterly":
        return {"schedule": "'0 0 1 */3 *'"}
    if isinstance(value, str) and (value in NICKNAMES or not value.startswith("@")):
        return {"schedule": repr(value)}
    raise reading.refused(node, f"schedule {value!r} has no equal", tip="a cron text, a preset or a timedelta can be imported")


def _leave_out(reading: Reading, word: str, node: ast.expr, name: str) -> None:
    if word in TOLD:
        reading.left_out.append(f"{word}={ast.unparse(node)} of {name}")
    elif word not in SILENT:
        raise reading.refused(node, f"option {word}= of {name} has no equal in Ostrov", tip="take it out, or write it by hand")
