"""The new module's text: what it imports, its functions, its workflows and its component."""

from __future__ import annotations

import ast
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.run.tasks.workflows.airflow_import import Import

OURS = ("Backoff", "Component", "task", "when", "workflow")


def module(imported: Import, workflows: list[str]) -> str:
    """Put together. Raises NotInOstrov when something of Airflow's is still used."""
    reading = imported.reading
    kept = _used(imported, workflows)
    for _, node in kept:
        _check(imported, node)
    members = [*imported.tasks, *(dag.name for dag in imported.dags)]
    name = re.sub(r"\W", "_", PurePath(reading.file).stem).lower()
    component = f"component = Component(name={name!r}, tasks=[{', '.join(members)}])\n"
    body = "\n\n".join([*(text for text, _ in kept), *workflows, component])
    names = set(re.findall(r"\w+", body))
    ours = [one for one in OURS if one in names]
    lines = [f'"""Imported from the Airflow file {PurePath(reading.file).name}.']
    if reading.left_out:
        lines += ["", "Not carried over:", *(f"- {one}" for one in reading.left_out)]
    lines[-1] += '"""' if len(lines) == 1 else '\n"""'
    imports = [line for node in imported.imports for line in _needed(node, names)]
    imports.sort(key=lambda line: (line.startswith("from"), line))
    return "\n".join([*lines, "", "from __future__ import annotations", "", *imports, *([""] if imports else [])]) + (
        f"\nfrom ostrov import {', '.join(ours)}\n\n\n{body}"
    )


def _used(imported: Import, workflows: list[str]) -> list[tuple[str, ast.stmt]]:
    """Without constants that only said how Airflow should run it."""
    kept = list(imported.kept)
    for text, node in imported.kept:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            others = [other for other, of in kept if of is not node] + workflows
            if not any(re.search(rf"\b{name}\b", other) for other in others):
                kept.remove((text, node))
    return kept


def _check(imported: Import, node: ast.stmt) -> None:
    decorators = {id(one) for top in ast.walk(node) for deco in getattr(top, "decorator_list", []) for one in ast.walk(deco)}
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and id(one) not in decorators and (origin := imported.reading.airflow.get(one.id)):
            raise imported.reading.refused(one, f"{one.id} ({origin}) is Airflow's own", tip="rewrite what uses it by hand")
        if isinstance(one, (ast.Import, ast.ImportFrom)) and "airflow" in ast.unparse(one):
            raise imported.reading.refused(one, f"`{ast.unparse(one)}` inside a function", tip="rewrite what uses it by hand")


def _needed(node: ast.stmt, names: set[str]) -> list[str]:
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return []
    left = [one for one in node.names if (one.asname or one.name.partition(".")[0]) in names]
    if not left:
        return []
    made = ast.ImportFrom(node.module, left, node.level) if isinstance(node, ast.ImportFrom) else ast.Import(left)
    return [ast.unparse(made)]
