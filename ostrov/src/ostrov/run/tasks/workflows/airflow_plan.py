"""How a workflow's graph lies in Airflow: its steps in order, sub-workflows inlined as groups, gates for the edges that
Airflow's one trigger rule a task cannot say. Pure: a graph in, data out; what has no equal in Airflow is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ostrov.run.tasks.errors import TaskError
from ostrov.run.tasks.workflows.graph import STEP

if TYPE_CHECKING:
    from ostrov.run.tasks.workflows.graph import Graph, Node

WORDS = {"success": "done", "failure": "failed", "always": "over", "true": "true", "false": "false"}
NOT_IN_AIRFLOW = {
    "run_after": "a delay",
    "dedupe_key": "a dedupe_key",
    "lock_key": "a lock_key",
    "soft_timeout": "a soft timeout",
}


class NotInAirflow(TaskError):
    """A workflow has something that Airflow cannot express."""

    exit_code = 2
    status = 400


@dataclass
class AirflowStep:
    """One Airflow task. `id` has the dots of its groups; `after` are ids that go before it without handing it data."""

    id: str
    kind: str
    """task, map, approval, gate, branch or result"""
    task: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    mapped: str | None = None
    after: list[str] = field(default_factory=list)
    rule: str = "all_success"
    placement: Any = None
    ways: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    @property
    def group(self) -> str:
        return self.id.rpartition(".")[0]

    @property
    def short(self) -> str:
        return self.id.rpartition(".")[2]


@dataclass
class AirflowPlan:
    """The steps in an order in which each comes after those it needs, and the groups, outer ones first."""

    steps: list[AirflowStep]
    groups: list[str]


def airflow_plan(graph: Graph, inner: Callable[[str, Mapping[str, Any]], Graph]) -> AirflowPlan:
    """The plan of a graph; `inner(name, arguments)` is the graph of a sub-workflow. Raises NotInAirflow."""
    builder = _Builder(inner)
    result = builder.add(graph, "", [])
    if not _is_step(result) and next(steps_in(result), None) is not None:
        made = "result" if "result" not in builder.steps else "result_of_workflow"
        builder.steps[made] = AirflowStep(made, "result", arguments={"value": result}, rule="none_failed")
    return AirflowPlan(list(builder.steps.values()), builder.groups)


def steps_in(value: Any) -> Iterator[str]:
    """The keys of the steps whose results are part of a value."""
    if _is_step(value):
        yield value[STEP]
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from steps_in(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from steps_in(one)


class _Builder:
    def __init__(self, inner: Callable[[str, Mapping[str, Any]], Graph]) -> None:
        self.inner = inner
        self.steps: dict[str, AirflowStep] = {}
        self.groups: list[str] = []
        self.results: dict[str, Any] = {}
        """What stands for the result of a node: itself, or what its sub-workflow returns."""
        self.ends: dict[str, list[str]] = {}
        """The ids that are over when a node is."""
        self.skippable: set[str] = set()

    def add(self, graph: Graph, prefix: str, before: list[tuple[str, str]]) -> Any:
        """Add a graph's nodes under a prefix, its first ones after (parent id, condition); what its result is made of."""
        ids = {key: self._id(prefix, key) for key in graph.nodes}
        for key in _ordered(graph.nodes):
            self._node(graph.nodes[key], ids[key], ids, before)
        return self._resolved(graph.result, ids)

    def _node(self, node: Node, made: str, ids: Mapping[str, str], before: list[tuple[str, str]]) -> None:
        edges = [(ids[edge.parent], edge.condition) for edge in node.edges] or before
        arguments = {name: self._resolved(value, ids) for name, value in node.arguments.items()}
        placement = node.placement
        for word, what in NOT_IN_AIRFLOW.items():
            if getattr(placement, word, None) is not None:
                raise NotInAirflow(f"step {node.key}: Airflow has no equal for {what} of one step")
        if node.kind == "workflow":
            self._sub_workflow(node, made, arguments, edges)
            return
        if node.kind not in ("task", "map", "approval"):
            raise NotInAirflow(f"step {node.key}: a step of kind {node.kind!r} cannot be exported")
        step = AirflowStep(made, node.kind, node.task, arguments, node.mapped, placement=placement, text=node.doc or "")
        self._wire(step, node, edges)
        self.steps[made] = step
        self.results[made], self.ends[made] = {STEP: made}, [made]

    def _sub_workflow(self, node: Node, made: str, arguments: dict[str, Any], edges: list[tuple[str, str]]) -> None:
        if next(steps_in(arguments), None) is not None:
            raise NotInAirflow(
                f"step {node.key}: the graph of sub-workflow {node.task} depends on the result of a step",
                cause="Airflow has to know the whole graph before the first step runs",
                tip="hand that sub-workflow plain values, or make it a task",
            )
        if getattr(node, "mapped", None):
            raise NotInAirflow(f"step {node.key}: Airflow cannot map over sub-workflow {node.task}")
        if node.trigger != "all":
            raise NotInAirflow(f"step {node.key}: a sub-workflow that joins branches cannot be exported")
        self.groups.append(made)
        there = set(self.steps)
        self.results[made] = self.add(self.inner(node.task, arguments), made, edges)
        new = [one for one in self.steps if one not in there and self.steps[one].kind not in ("gate", "branch")]
        followed = {parent for one in new for parent in self._parents(self.steps[one])}
        self.ends[made] = [one for one in new if one not in followed]

    def _wire(self, step: AirflowStep, node: Node, edges: list[tuple[str, str]]) -> None:
        given = set(steps_in(step.arguments))
        plain = {parent for parent, condition in edges if condition == "success"}
        words = {condition for _, condition in edges}
        if node.trigger == "any":
            if words - {"success"}:
                raise NotInAirflow(
                    f"step {node.key}: it joins branches and has a condition of its own", tip="put a step between them"
                )
            step.rule = "none_failed_min_one_success"
        elif node.trigger != "all":
            raise NotInAirflow(f"step {node.key}: trigger {node.trigger!r} has no equal in Airflow")
        elif words == {"always"}:
            step.rule = "all_done"
        elif words == {"failure"} and len(edges) == 1:
            step.rule = "one_failed"
        parents = []
        for parent, condition in edges:
            if condition == "success" or step.rule in ("all_done", "one_failed"):
                parents += self._over(node.key, parent, condition)
            else:
                parents.append(self._gate(node.key, parent, condition))
        step.after = [parent for parent in dict.fromkeys(parents) if parent not in given]
        if words - {"success", "always"} or ((plain | given) & self.skippable and node.trigger == "all"):
            self.skippable.add(step.id)
        maps = any(self.steps[one].kind == "map" for one in {*parents, *given} if one in self.steps)
        if step.rule == "all_success" and maps and step.id not in self.skippable:
            step.rule = "none_failed"  # Airflow skips a mapped task with nothing to map: what follows still runs here

    def _over(self, key: str, parent: str, condition: str) -> list[str]:
        ends = self.ends[parent]
        if condition == "failure" and ends != [parent]:
            raise NotInAirflow(f"step {key}: it waits for the failure of a sub-workflow", tip="wait for the step that fails")
        return ends

    def _gate(self, key: str, parent: str, condition: str) -> str:
        word, _, wanted = condition.partition(" ")
        name = WORDS.get(condition) or re.sub(r"\W+", "_", f"{word}_{wanted}").strip("_")
        if condition in ("failure", "always"):
            gate = f"{parent}_{name}"
            rule = "one_failed" if condition == "failure" else "all_done"
            self.steps.setdefault(gate, AirflowStep(gate, "gate", rule=rule, after=self._over(key, parent, condition)))
            return gate
        value = self.results[parent]
        if not _is_step(value):
            raise NotInAirflow(f"step {key}: it depends on what sub-workflow {parent} returns", tip="return one step there")
        source = value[STEP]
        if self.steps[source].kind == "approval":
            raise NotInAirflow(
                f"step {key}: Airflow's approval ends the way when it is rejected, it is no condition",
                tip="let the step follow the approval",
            )
        branch, gate = f"{source}_decides", f"{source}_{name}"
        if branch in self.steps and self.steps[branch].kind != "branch":
            raise NotInAirflow(f"step {branch}: the branch after {source} has that name in Airflow", tip="rename the task")
        while gate in self.steps and (condition, gate) not in self.steps[branch].ways:
            gate += "_"  # two conditions that read alike
        deciding = self.steps.setdefault(branch, AirflowStep(branch, "branch", arguments={"value": value}))
        if (condition, gate) not in deciding.ways:
            deciding.ways.append((condition, gate))
            self.steps[gate] = AirflowStep(gate, "gate", after=[branch])
        return gate

    def _resolved(self, value: Any, ids: Mapping[str, str]) -> Any:
        if _is_step(value):
            return self.results[ids[value[STEP]]]
        if isinstance(value, Mapping):
            return {key: self._resolved(one, ids) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._resolved(one, ids) for one in value]
        return value

    def _parents(self, step: AirflowStep) -> list[str]:
        return [*step.after, *steps_in(step.arguments)]

    def _id(self, prefix: str, key: str) -> str:
        made = re.sub(r"[^A-Za-z0-9_]", "_", key)
        return f"{prefix}.{made}" if prefix else made


def _is_step(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {STEP}


def _ordered(nodes: Mapping[str, Node]) -> list[str]:
    """The keys, parents first, else as written."""
    order: dict[str, None] = {}

    def visit(key: str) -> None:
        if key not in order:
            for parent in (*(edge.parent for edge in nodes[key].edges), *steps_in(nodes[key].arguments)):
                visit(parent)
            order[key] = None

    for key in nodes:
        visit(key)
    return list(order)
