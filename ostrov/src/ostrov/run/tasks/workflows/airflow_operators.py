"""Classic operators of Airflow that are simple enough to become tasks: PythonOperator, BashOperator, EmptyOperator."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ostrov.run.tasks.workflows.airflow_body import FoundTask
from ostrov.run.tasks.workflows.airflow_options import dotted, task_options, words_of

if TYPE_CHECKING:
    from ostrov.run.tasks.workflows.airflow_import import Import

OPERATORS = {"PythonOperator", "BashOperator", "EmptyOperator", "DummyOperator"}
BASH = '''{options}
def {name}() -> str:
    """{command}"""
    import subprocess

    done = subprocess.run(["bash", "-c", {text}], check=True, capture_output=True, text=True)
    return (done.stdout.rstrip().split("\\n") or [""])[-1]
'''


def converted(imported: Import, node: ast.stmt, shared: dict[str, ast.expr]) -> ast.stmt:
    """A statement with its operators replaced by calls of tasks, which are added to the module. Raises NotInOstrov."""
    changed: ast.stmt = _Operators(imported, shared).visit(node)
    return ast.fix_missing_locations(changed)


class _Operators(ast.NodeTransformer):
    def __init__(self, imported: Import, shared: dict[str, ast.expr]) -> None:
        self.imported = imported
        self.shared = shared

    def visit_Call(self, node: ast.Call) -> ast.expr:
        kind = self.imported.origin(node.func).rpartition(".")[2]
        if kind not in OPERATORS:
            self.generic_visit(node)
            return node
        reading, words = self.imported.reading, words_of(node)
        if "task_id" not in words or node.args:
            raise reading.refused(node, f"{kind} without task_id=")
        task_id = str(reading.value(words.pop("task_id"), "task_id"))
        name = re.sub(r"\W", "_", task_id)
        call = ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [], []), node)
        rule = str(reading.value(words["trigger_rule"], "trigger_rule")) if "trigger_rule" in words else "all_success"
        if kind == "PythonOperator":
            call.keywords = self._arguments(node, words)
            function = words.pop("python_callable", None)
            if function is None or dotted(function) not in self.imported.lifted:
                raise reading.refused(node, f"PythonOperator {task_id}: its python_callable is not a function of this file")
            text = f"{name} = {self._options(words, name, call=True)}({dotted(function)})\n"
            if name == dotted(function):
                raise reading.refused(node, f"PythonOperator {task_id} has the name of its function", tip="rename one of them")
        elif kind == "BashOperator":
            command = words.pop("bash_command", ast.Constant(""))
            said = reading.value(command, f"bash_command of {task_id}")
            if "{{" in said or "{%" in said or str(said).endswith((".sh", ".bash")):
                raise reading.refused(
                    node, f"BashOperator {task_id}: its command is a Jinja template", tip="write it as a @task"
                )
            shown = str(said).strip().split("\n")[0].replace("\\", "\\\\").replace('"""', "'''").replace('"', "'")[:100]
            text = BASH.format(options=f"@{self._options(words, name)}", name=name, command=f"bash: {shown}", text=repr(said))
        else:
            text = f'@{self._options(words, name)}\ndef {name}() -> None:\n    """Nothing: a point that others meet at."""\n'
        self.imported.add(name, text, node, FoundTask(name, rule=rule, task_id=task_id))
        return call

    def _options(self, words: dict[str, ast.expr], name: str, call: bool = False) -> str:
        options = task_options(self.imported.reading, {**self.shared, **words}, name)
        said = ", ".join(f"{word}={value}" for word, value in ({"name": repr(name), **options} if call else options).items())
        return f"task({said})" if said else "task"

    def _arguments(self, node: ast.Call, words: dict[str, ast.expr]) -> list[ast.keyword]:
        if "op_args" in words:
            raise self.imported.reading.refused(node, "op_args= of a PythonOperator", tip="use op_kwargs=")
        given = words.pop("op_kwargs", None)
        if given is None:
            return []
        if not isinstance(given, ast.Dict) or not all(isinstance(key, ast.Constant) for key in given.keys):
            raise self.imported.reading.refused(node, "op_kwargs= of a PythonOperator is not a dict of literals")
        pairs = zip(given.keys, given.values, strict=True)
        return [ast.keyword(str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant)]
