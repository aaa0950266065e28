"""What stands in the body of a workflow: calls of tasks become steps, and words say what they wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from ostrov.run.tasks.placement import Placement
from ostrov.run.tasks.workflows.graph import STEP, BadWorkflow, Edge, Graph, Kind, Node, Trigger

if TYPE_CHECKING:
    from ostrov.run.tasks.task import Task

APPROVAL = "ostrov.approval"
building: ContextVar[Builder | None] = ContextVar("ostrov_building_workflow", default=None)
"""The graph that the body under way builds."""


class Step:
    """A step of the workflow under way: what a task's call gives in a body. Its result is not known there."""

    __slots__ = ("_builder", "key", "node")

    def __init__(self, builder: Builder, node: Node) -> None:
        self._builder = builder
        self.key = node.key
        self.node = node

    def __repr__(self) -> str:
        return f"<Step {self.key}>"

    def after(self, *steps: Step) -> Step:
        """Start only when these were successful."""
        return self._wait_for(steps, "success")

    def after_failure(self, *steps: Step) -> Step:
        """Start only when these are dead or cancelled."""
        return self._wait_for(steps, "failure")

    def after_any(self, *steps: Step) -> Step:
        """Start when these are over, however they ended."""
        return self._wait_for(steps, "always")

    def trigger(self, rule: Trigger) -> Step:
        """`all` (every edge must hold, the rule of all steps) or `any`: one step before was successful and none failed; results
        of skipped ones arrive as None. `any` joins branches."""
        if rule not in ("all", "any"):
            raise BadWorkflow(f"step {self.key}: trigger is all or any, not {rule!r}")
        self.node.trigger = rule
        return self

    def _wait_for(self, steps: tuple[Step, ...], condition: str) -> Step:
        for step in steps:
            if not isinstance(step, Step):
                raise BadWorkflow(f"step {self.key} cannot wait for {step!r}", tip="name steps: what a task's call gave")
            self._builder.connect(self.node, step.key, condition)
        return self

    def _unknown(self, *_: Any) -> NoReturn:
        raise BadWorkflow(
            f"the result of step {self.key} is not known while the graph is built",
            tip="branch with `with when(step):`, fan out with task.map(step), or decide in a task",
        )

    __bool__ = __iter__ = __len__ = __getitem__ = __int__ = __float__ = _unknown
    __lt__ = __gt__ = __add__ = __contains__ = _unknown


class Builder:
    """Collects the steps of one call of a body."""

    def __init__(self, name: str, version: str) -> None:
        self.graph = Graph(name, version)
        self._conditions: list[Edge] = []
        self._cases: dict[str, list[str]] = {}

    def call(self, task: Task[Any, Any], placement: Placement, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Step:
        """A step that runs a task, or another workflow."""
        if placement.dedupe_key is not None:
            raise BadWorkflow(f"step {task.__name__}: a step has no dedupe_key", tip="give it to the workflow's own enqueue")
        kind: Kind = "workflow" if task.options.kind == "workflow" else "task"
        node = Node(self._key(task.__name__), kind, task.name, {}, placement=placement, doc=_first_line(task.__doc__))
        node.arguments = self._template(node, task.codec.partial(args, kwargs, self._is_reference))
        return self._add(node)

    def map(self, task: Task[Any, Any], placement: Placement, items: Any, others: Mapping[str, Any]) -> Step:
        """A step that runs a task once for each item of a result (or of a list), and whose result is the list of theirs."""
        first = next((name for name in task.codec.parameters if name not in others), None)
        if first is None:
            raise BadWorkflow(f"{task.name}.map: no parameter is left for the items")
        node = Node(
            *(self._key(task.__name__), "map", task.name, {}),
            mapped=first,
            placement=placement,
            doc=_first_line(task.__doc__),
        )
        given = task.codec.partial((), {**others, first: items}, self._is_reference, mapped=first)
        node.arguments = self._template(node, given)
        return self._add(node)

    def approval(self, text: str) -> Step:
        """A step that waits for a person."""
        return self._add(Node(self._key("approval"), "approval", APPROVAL, {"text": text}, doc=text))

    def connect(self, node: Node, parent: str, condition: str) -> None:
        """Let a step wait for another."""
        if parent not in self.graph.nodes:
            raise BadWorkflow(f"step {node.key} waits for {parent}, which is a step of another workflow")
        edge = Edge(parent, condition)
        if edge not in node.edges:
            node.edges.append(edge)

    @contextmanager
    def only(self, step: Step, condition: str) -> Iterator[None]:
        """Steps made in the block start only when the condition holds."""
        if condition.startswith("equals "):
            self._cases.setdefault(step.key, []).append(condition.removeprefix("equals "))
        elif condition == "false" and step.key in self._cases:
            condition = f"other [{','.join(self._cases[step.key])}]"
        self._conditions.append(Edge(step.key, condition))
        try:
            yield
        finally:
            self._conditions.pop()

    def finish(self, returned: Any) -> Graph:
        """The graph, checked. `returned` is what the body gave back. Raises BadWorkflow."""
        self.graph.result = self._value(returned)
        self.graph.check()
        return self.graph

    def _add(self, node: Node) -> Step:
        self.graph.nodes[node.key] = node
        for edge in self._conditions:
            self.connect(node, edge.parent, edge.condition)
        return Step(self, node)

    def _key(self, name: str) -> str:
        key, number = name, 1
        while key in self.graph.nodes:
            number += 1
            key = f"{name}_{number}"
        return key

    def _is_reference(self, value: Any) -> bool:
        """Whether a step stands in a value."""
        if isinstance(value, Step):
            return True
        if isinstance(value, Mapping):
            return any(map(self._is_reference, value.values()))
        return isinstance(value, list | tuple) and any(map(self._is_reference, value))

    def _template(self, node: Node, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(value, node) for name, value in given.items()}

    def _value(self, value: Any, node: Node | None = None) -> Any:
        if isinstance(value, Step):
            if node is not None:
                self.connect(node, value.key, "success")
            return {STEP: value.key}
        if isinstance(value, Mapping):
            if STEP in value:
                raise BadWorkflow(f"a value may not have the key {STEP}")
            return {str(key): self._value(item, node) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(item, node) for item in value]
        return msgspec.to_builtins(value)


def when(step: Step, *, equals: Any = msgspec.UNSET) -> Any:
    """`with when(step):` steps of the block start when its result is true, or is what `equals` says; else they are skipped."""
    condition = "true" if equals is msgspec.UNSET else f"equals {msgspec.json.encode(equals).decode()}"
    return _builder("when()").only(step, condition)


def otherwise(step: Step) -> Any:
    """`with otherwise(step):` steps of the block start when no `when` of this step before it held."""
    return _builder("otherwise()").only(step, "false")


def approval(text: str) -> Step:
    """A manual step: what waits for it starts when somebody approves it on the console or by `ostrov tasks approve`."""
    return _builder("approval()").approval(text)


def _builder(word: str) -> Builder:
    builder = building.get()
    if builder is None:
        raise BadWorkflow(f"{word} stands outside of a workflow's body")
    return builder


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
