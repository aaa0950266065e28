"""The graph of a workflow: steps and what they wait for. Pure data, the same whether it is run, drawn or exported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ostrov.run.tasks.errors import TaskError
from ostrov.run.tasks.placement import Placement

STEP = "$step"
"""`{"$step": "load"}` in arguments stands for the result of the step `load`."""
Trigger = Literal["all", "any"]
Kind = Literal["task", "map", "approval", "workflow"]


class BadWorkflow(TaskError):
    """A body that does not build a graph that can run."""

    exit_code = 2
    status = 400


@dataclass(frozen=True)
class Edge:
    """`condition` on how the parent ended: success, failure, always; or on its result: true, false, `equals JSON`,
    `other JSON` (none of a list)."""

    parent: str
    condition: str = "success"


@dataclass
class Node:
    """A step. `arguments` are JSON values with references; of a map, `mapped` names the argument whose items are fanned out."""

    key: str
    kind: Kind
    task: str
    arguments: dict[str, Any] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    trigger: Trigger = "all"
    mapped: str | None = None
    placement: Placement = field(default_factory=Placement)
    doc: str = ""


@dataclass
class Graph:
    """A workflow as one call of its body built it. `result` is a JSON value with references."""

    name: str
    version: str
    nodes: dict[str, Node] = field(default_factory=dict)
    result: Any = None

    def check(self) -> None:
        """Raises BadWorkflow for steps that wait for each other, naming them."""
        seen: dict[str, bool] = {}

        def visit(key: str, path: tuple[str, ...]) -> None:
            if key in path:
                circle = " → ".join([*path[path.index(key) :], key][::-1])
                raise BadWorkflow(
                    f"workflow {self.name} has a cycle: {circle}", tip="let one of these steps not wait for the other"
                )
            if key in seen:
                return
            for edge in self.nodes[key].edges:
                visit(edge.parent, (*path, key))
            seen[key] = True

        for key in self.nodes:
            visit(key, ())


def references(value: Any) -> Iterator[str]:
    """The keys of the steps whose results stand in a value."""
    if isinstance(value, dict):
        if value.keys() == {STEP}:
            yield value[STEP]
        else:
            for item in value.values():
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolved(value: Any, results: dict[str, Any]) -> Any:
    """A value with results in the place of references."""
    if isinstance(value, dict):
        if value.keys() == {STEP}:
            return results.get(value[STEP])
        return {key: resolved(item, results) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, results) for item in value]
    return value
