"""Calls of Airflow's TaskFlow inside a DAG's body as calls of Ostrov: expand, partial, override, and keys of a result."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.run.tasks.workflows.airflow_body import Body


class Calls(ast.NodeTransformer):
    """Rewrites one expression. Raises NotInOstrov where there is no equal."""

    def __init__(self, body: Body) -> None:
        self.body = body

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str) and any(mark in node.value for mark in ("{{", "{%")):
            raise self.body.reading.refused(node, f"the Jinja template {node.value!r:.60}", tip="hand the value over")
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if origin := self.body.reading.airflow.get(node.id):
            raise self.body.reading.refused(node, f"{node.id} ({origin}) cannot be imported", tip="make it a @task, by hand")
        return ast.copy_location(ast.Name(self.body.name(node.id), node.ctx), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if node.attr == "output" and isinstance(node.value, ast.Name) and self.body.name(node.value.id) in self.body.steps:
            return self.visit_Name(node.value)
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        is_step = isinstance(node.value, ast.Name) and self.body.name(node.value.id) in self.body.steps
        if not is_step and self.body.task_of(node.value) is None:
            self.generic_visit(node)
            return node
        self.body.has_item = True
        return ast.Call(ast.Name("item"), [self.visit(node.value), self.visit(node.slice)], [])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        task = self.body.task_of(node)
        if task is None:
            if isinstance(node.func, ast.Name) and node.func.id in self.body.groups:
                self.generic_visit(node)
                return node
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("expand", "partial", "override", "expand_kwargs"):
                raise self.body.reading.refused(node, f"{ast.unparse(node.func)}(…) of something that is no task")
            self.generic_visit(node)
            return node
        partial: list[ast.keyword] = []
        using: list[ast.keyword] = []
        called = "call"
        inner: ast.expr = node
        last = node
        while isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Attribute):
                if inner.func.attr == "override":
                    using += self.body.using(inner)
                elif inner.func.attr == "partial":
                    partial += inner.keywords
                else:
                    called, last = inner.func.attr, inner
                inner = inner.func.value
            else:
                last = inner if isinstance(inner.func, ast.Name) or called == "call" else last
                inner = inner.func
        target: ast.expr = ast.Name(task.name)
        if using:
            target = ast.Call(ast.Attribute(target, "using"), [], using)
        if called == "call":
            return ast.Call(target, [self.visit(one) for one in node.args], [self._word(one) for one in node.keywords])
        if called == "expand_kwargs" or len(last.keywords) != 1 or last.args:
            raise self.body.reading.refused(
                node, f"{called} of {task.name} over more than one argument", tip="map over one list"
            )
        over = last.keywords[0]
        given = {one.arg for one in partial}
        if over.arg != next((one for one in task.parameters if one not in given), None):
            raise self.body.reading.refused(
                node,
                f"{task.name} is expanded over {over.arg!r}, which is not its first free parameter",
                tip=f"put {over.arg} first in def {task.name}(…)",
            )
        return ast.Call(ast.Attribute(target, "map"), [self.visit(over.value)], [self._word(one) for one in partial])

    def _word(self, one: ast.keyword) -> ast.keyword:
        return ast.keyword(one.arg, self.visit(one.value))
