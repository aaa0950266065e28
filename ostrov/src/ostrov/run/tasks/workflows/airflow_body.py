"""The body of a DAG as the body of a workflow: calls stay calls, arrows become `after`, branches become `with when(…)`."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ostrov.run.tasks.workflows.airflow_options import Reading, dotted, words_of

ITEM = '''@task
def item(of: dict, key: str):
    """One value of what another step returned."""
    return of[key]
'''
ANY = "none_failed_min_one_success"
USING = {"queue": "queue", "priority_weight": "priority", "retries": "retries"}


@dataclass
class FoundTask:
    """A task of the file: its name, its parameters, its trigger rule, and for a branch the ids that it returns."""

    name: str
    parameters: tuple[str, ...] = ()
    rule: str = "all_success"
    task_id: str = ""
    branch: bool = False
    ways: dict[str, str] = field(default_factory=dict)
    """Task id to the Python text of what the branch returns for it."""


@dataclass
class Item:
    """Lines of the new body: what they define, what they need, and the condition they stand under."""

    lines: list[str]
    defines: str = ""
    needs: set[str] = field(default_factory=set)
    when: str = ""


class Body:
    """Reads one body; `made` are the classic operators that became tasks."""

    def __init__(self, reading: Reading, tasks: dict[str, FoundTask], groups: set[str]) -> None:
        self.reading = reading
        self.tasks = tasks
        self.groups = groups
        self.steps: dict[str, FoundTask] = {}
        self.renamed: dict[str, str] = {}
        """Names that a function of the module has too: a step of that name gets another."""
        self.has_item = False
        self.failing: dict[str, int] = {}
        self.data: set[str] = set()

    def lines(self, statements: Iterable[ast.stmt]) -> list[str]:
        """The new body."""
        items = self._items(statements)
        if any(item.when for item in items):
            items = _ordered(items)
        lines = [line for item in items for line in _shown(item)]
        return lines or ["pass"]

    def _items(self, statements: Iterable[ast.stmt]) -> list[Item]:
        items: list[Item] = []
        for statement in statements:
            self._statement(statement, items)
        return items

    def _statement(self, node: ast.stmt, items: list[Item]) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self._define(node.targets[0].id, node.value, items)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        elif isinstance(node, ast.Expr):
            self._expression(node.value, items)
        elif isinstance(node, ast.With) and all(self._is_group(one.context_expr) for one in node.items):
            for one in node.items:
                if isinstance(one.optional_vars, ast.Name):
                    self.groups.add(one.optional_vars.id)
            for inner in node.body:
                self._statement(inner, items)
        elif isinstance(node, (ast.For, ast.If)):
            self._compound(node, items)
        elif isinstance(node, ast.Return):
            items.append(self._item(f"return {self._text(node.value)}" if node.value else "return", node))
        elif not isinstance(node, ast.Pass):
            raise self.reading.refused(node, f"`{ast.unparse(node).splitlines()[0]}` in a DAG cannot be imported")

    def _compound(self, node: ast.For | ast.If, items: list[Item]) -> None:
        if isinstance(node, ast.For):
            head, other = f"for {ast.unparse(node.target)} in {self._text(node.iter)}:", "else:"
        else:
            head, other = f"if {self._text(node.test)}:", "else:"
        lines = [head, *textwrap.indent("\n".join(self.lines(node.body)), "    ").split("\n")]
        if node.orelse:
            lines += [other, *textwrap.indent("\n".join(self.lines(node.orelse)), "    ").split("\n")]
        items.append(Item(lines, needs=self._names(node)))

    def _define(self, name: str, value: ast.expr, items: list[Item]) -> None:
        if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.RShift, ast.LShift)):
            raise self.reading.refused(value, "a name for a chain of arrows", tip="write the chain on a line of its own")
        text = self._text(value)
        found = self.task_of(value)
        if name in self.tasks or name in self.groups:
            self.renamed[name] = name = f"{name}_step"
        if found is not None:
            self.steps[name] = found
            if self._names(value) & self.steps.keys() - {name} or any(self.task_of(one) for one in _inside(value)):
                self.data.add(name)
            if found.rule == ANY:
                text += '.trigger("any")'
            elif found.rule != "all_success" and name in self.data:
                raise self.reading.refused(value, f"{found.name} has trigger_rule {found.rule} and takes the result of a step")
        items.append(self._item(f"{name} = {text}", value, name))

    def _expression(self, node: ast.expr, items: list[Item]) -> None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.RShift, ast.LShift)):
            self._chain(self._operands(node), items)
        elif isinstance(node, ast.Call) and self._origin(node.func).endswith(".chain"):
            self._chain(node.args, items)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith((".set_downstream", ".set_upstream")):
            assert isinstance(node.func, ast.Attribute)
            pair = [node.func.value, node.args[0]]
            self._chain(pair if node.func.attr == "set_downstream" else pair[::-1], items)
        elif (found := self.task_of(node)) is not None and found.rule != "all_success":
            self._define(self._free(node), node, items)
        else:
            items.append(self._item(self._text(node), node))

    def _operands(self, node: ast.expr) -> list[ast.expr]:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
            return [*self._operands(node.left), *self._operands(node.right)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift):
            return [*self._operands(node.right), *self._operands(node.left)]
        return [node]

    def _chain(self, operands: Sequence[ast.expr], items: list[Item]) -> None:
        sets = [self._names_of(operand, items) for operand in operands]
        for parents, children in pairwise(sets):
            for child in children:
                for parent in parents:
                    self._edge(operands[0], parent, child, items)

    def _names_of(self, operand: ast.expr, items: list[Item]) -> list[str]:
        if isinstance(operand, (ast.List, ast.Tuple)):
            return [name for one in operand.elts for name in self._names_of(one, items)]
        if isinstance(operand, ast.Name) and self.name(operand.id) in self.steps:
            return [self.name(operand.id)]
        if self.task_of(operand) is not None:
            name = self._free(operand)
            self._define(name, operand, items)
            return [name]
        raise self.reading.refused(
            operand, f"an arrow at {ast.unparse(operand)}, which is no step", tip="draw arrows between single tasks"
        )

    def _edge(self, where: ast.expr, parent: str, child: str, items: list[Item]) -> None:
        before, after = self.steps[parent], self.steps[child]
        if before.branch:
            if after.rule == ANY:
                raise self.reading.refused(where, f"{child} follows the branch {parent} and joins others")
            if (way := before.ways.get(after.task_id or after.name)) is None:
                raise self.reading.refused(where, f"branch {before.name} never returns the id of {after.task_id or after.name}")
            for item in items:
                if item.defines == child:
                    if item.when:
                        raise self.reading.refused(where, f"{child} stands under two branches")
                    item.when = f"when({parent}, equals={way})"
                    item.needs.add(parent)
            return
        verb = {"all_success": "after", ANY: "after", "all_done": "after_any", "all_failed": "after_failure"}.get(after.rule)
        if after.rule == "one_failed":
            self.failing[child] = self.failing.get(child, 0) + 1
            verb = "after_failure" if self.failing[child] == 1 else None
        if verb is None:
            raise self.reading.refused(where, f"trigger_rule {after.rule} of {after.name}, with these arrows, has no equal")
        items.append(Item([f"{child}.{verb}({parent})"], needs={parent, child}))

    def task_of(self, node: ast.AST) -> FoundTask | None:
        """The task that a call calls, mapped or overridden or plain."""
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                return self.tasks.get(node.func.id)
            if isinstance(node.func, ast.Call):
                return self.task_of(node.func)
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("expand", "partial", "override", "expand_kwargs"):
                of = node.func.value
                return self.tasks.get(of.id) if isinstance(of, ast.Name) else self.task_of(of)
        return None

    def _is_group(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._origin(node.func).endswith(".TaskGroup")

    def _origin(self, node: ast.expr) -> str:
        first, _, rest = dotted(node).partition(".")
        return self.reading.airflow.get(first, "") + (f".{rest}" if rest else "")

    def _free(self, node: ast.AST) -> str:
        found = self.task_of(node)
        base = f"{found.name}_step" if found else "step"
        made, number = base, 1
        while made in self.steps:
            number += 1
            made = f"{base}_{number}"
        return made

    def name(self, name: str) -> str:
        """What a name of the file is called in the new body."""
        return self.renamed.get(name, name)

    def _names(self, node: ast.AST) -> set[str]:
        return {self.name(one.id) for one in ast.walk(node) if isinstance(one, ast.Name)}

    def _item(self, line: str, node: ast.AST, defines: str = "") -> Item:
        return Item([line], defines, self._names(node))

    def _text(self, node: ast.expr) -> str:
        from ostrov.run.tasks.workflows.airflow_calls import Calls

        calls = Calls(self)
        return ast.unparse(ast.fix_missing_locations(calls.visit(node)))

    def using(self, override: ast.Call) -> list[ast.keyword]:
        """`override(…)` as the words of `using(…)`."""
        said = []
        for word, value in words_of(override).items():
            if word in USING:
                said.append(ast.keyword(USING[word], value))
            elif word not in ("task_id", "doc_md", "task_display_name"):
                raise self.reading.refused(override, f"override({word}=…) has no equal in Ostrov")
        return said


def ways_of(reading: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """The ids that a branch returns, and the Python text of what it returns for each. Raises NotInOstrov for a computed one."""
    ways: dict[str, str] = {}
    left = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
    while left:
        value = left.pop(0)
        if isinstance(value, ast.IfExp):
            left += [value.body, value.orelse]
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            ways[value.value] = repr(value.value)
        elif isinstance(value, ast.List) and len(value.elts) == 1 and isinstance(value.elts[0], ast.Constant):
            ways[str(value.elts[0].value)] = ast.unparse(value)
        elif not (isinstance(value, ast.Constant) and value.value is None):
            raise reading.refused(value, f"branch {node.name} returns {ast.unparse(value)}", tip="return one id as text")
    return ways


def _inside(call: ast.expr) -> Iterator[ast.AST]:
    """What the arguments of a call are made of."""
    if isinstance(call, ast.Call):
        for one in (*call.args, *call.keywords):
            yield from ast.walk(one)


def _shown(item: Item) -> list[str]:
    return [f"with {item.when}:", *(f"    {line}" for line in item.lines)] if item.when else item.lines


def _ordered(items: list[Item]) -> list[Item]:
    """Each after what it needs, else as written: what stands under a branch comes after it."""
    left, done, defined = list(items), [], {item.defines for item in items if item.defines}
    while left:
        later = {item.defines for item in left} & defined
        ready = next((item for item in left if not (item.needs - {item.defines}) & later), left[0])
        left.remove(ready)
        done.append(ready)
    return done
