"""An Airflow TaskFlow file as the source of an Ostrov module. The file is read, never run.

Functions keep their text, comments included. What has no equal is refused, with its line and name.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass, field

from ostrov.run.tasks.workflows.airflow_body import ITEM, Body, FoundTask, ways_of
from ostrov.run.tasks.workflows.airflow_operators import OPERATORS, converted
from ostrov.run.tasks.workflows.airflow_options import (
    Reading,
    default_args,
    dotted,
    free_names,
    task_options,
    words_of,
    workflow_options,
)

CONTEXT = {"ti", "task_instance", "ds", "ts", "dag_run", "run_id", "logical_date", "params", "var", "conn", "context", "macros"}
CONTEXT |= {"data_interval_start", "data_interval_end", "dag", "ds_nodash", "ts_nodash"}
KINDS = {"task", "task.branch"}


@dataclass
class _Dag:
    name: str
    arguments: str
    options: dict[str, ast.expr]
    body: list[ast.stmt]
    node: ast.AST
    doc: str
    inner: set[str] = field(default_factory=set)
    """Names that belong to its body alone."""


class Import:
    """One file on its way."""

    def __init__(self, text: str, file: str) -> None:
        self.reading = Reading(file, text)
        self.lines = text.splitlines()
        self.imports: list[ast.stmt] = []
        self.kept: list[tuple[str, ast.stmt]] = []
        """Text of the new module, and the syntax it came from."""
        self.tasks: dict[str, FoundTask] = {}
        self.groups: set[str] = set()
        self.dags: list[_Dag] = []
        self.lifted: dict[str, int] = {}

    def source(self) -> str:
        """The text of the new module. Raises NotInOstrov."""
        try:
            tree = ast.parse(self.reading.text)
        except SyntaxError as problem:
            raise self.reading.refused(problem, f"this is no Python: {problem.msg}") from None  # type: ignore[arg-type]
        self._read_imports(tree)
        for node in tree.body:
            self._constant(node)
        found = [dag for node in tree.body if (dag := self._dag(node)) is not None]
        if not found:
            raise self.reading.refused(
                tree.body[0] if tree.body else tree, "there is no DAG in this file", tip="@dag or with DAG(…)"
            )
        shared = self._shared(tree, found)
        for node in tree.body:
            dag = next((one for one in found if one.node is node), None)
            if dag is None:
                self._top_level(node, shared)
            else:
                dag.body = self._lift(dag, default_args(self.reading, dag.options.get("default_args")))
                self.dags.append(dag)
        workflows = [self._workflow(dag) for dag in self.dags]
        return self._module(workflows)

    def _shared(self, tree: ast.Module, found: list[_Dag]) -> dict[str, ast.expr]:
        """The default_args that hold for tasks at the top level: those of the only DAG."""
        if len(found) == 1:
            return default_args(self.reading, found[0].options.get("default_args"))
        tasks = [
            node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node not in [dag.node for dag in found]
        ]
        for dag in found if tasks else []:
            if "default_args" in dag.options:
                self.reading.left_out.append(f"default_args of {dag.name} for {', '.join(tasks)}, which several DAGs may use")
        return {}

    def _read_imports(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "airflow":
                for one in node.names:
                    self.reading.airflow[one.asname or one.name] = f"{node.module}.{one.name}"
            elif isinstance(node, ast.Import):
                for one in node.names:
                    if one.name.partition(".")[0] == "airflow":
                        self.reading.airflow[one.asname or "airflow"] = one.name if one.asname else "airflow"

    def _constant(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self.reading.constants[node.targets[0].id] = node.value

    def origin(self, node: ast.AST) -> str:
        """`task.branch`, `dag`, `DAG`, `task_group`, or the dotted name in Airflow; empty for what is not Airflow's."""
        if isinstance(node, ast.Call):
            return self.origin(node.func)
        first, _, rest = dotted(node).partition(".")
        if first not in self.reading.airflow:
            return ""
        path = self.reading.airflow[first] + (f".{rest}" if rest else "")
        return re.sub(r"^airflow\.(sdk|decorators|models(\.dag)?|utils\.task_group)\.", "", path).removeprefix("airflow.")

    def _dag(self, node: ast.stmt) -> _Dag | None:
        if isinstance(node, ast.FunctionDef):
            decorator = next((one for one in node.decorator_list if self.origin(one) == "dag"), None)
            if decorator is None:
                return None
            if isinstance(decorator, ast.Call) and decorator.args:
                options = {"dag_id": decorator.args[0], **words_of(decorator)}
            else:
                options = words_of(decorator)
            doc = ast.get_docstring(node) or ""
            inner = {one.arg for one in [*node.args.args, *node.args.kwonlyargs]}
            return _Dag(node.name, ast.unparse(node.args), options, node.body, node, doc, inner)
        if isinstance(node, ast.With) and self.origin(node.items[0].context_expr) == "DAG":
            call = node.items[0].context_expr
            assert isinstance(call, ast.Call)
            options = words_of(call)
            named = call.args[0] if call.args else options.get("dag_id", ast.Constant("dag"))
            name = re.sub(r"\W", "_", str(self.reading.value(named, "dag_id")))
            doc = self.reading.value(options["doc_md"], "doc_md") if isinstance(options.get("doc_md"), ast.Constant) else ""
            inner = {node.items[0].optional_vars.id} if isinstance(node.items[0].optional_vars, ast.Name) else set()
            return _Dag(name, "", options, node.body, node, str(doc), inner)
        return None

    def _top_level(self, node: ast.stmt, shared: dict[str, ast.expr]) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._keep_import(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._function(node, shared)
        elif isinstance(node, ast.If) and dotted(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for one in node.body:
                self._top_level(one, shared)
        elif not self._starts(node) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            self.kept.append((self._verbatim(node), node))

    def _starts(self, statement: ast.stmt) -> bool:
        """`etl()`, `etl().test()`, `if __name__ == "__main__":`."""
        if not isinstance(statement, (ast.Expr, ast.Assign)):
            return isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)
        node = statement.value
        while isinstance(node, (ast.Call, ast.Attribute)):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and any(
            node.id in (dag.name, *dag.inner) for dag in self.dags if isinstance(dag.node, ast.FunctionDef)
        )

    def _keep_import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.ImportFrom):
            if (node.module or "").partition(".")[0] not in ("airflow", "__future__"):
                self.imports.append(node)
        else:
            others = [one for one in node.names if one.name.partition(".")[0] != "airflow"]
            if others:
                self.imports.append(ast.Import(others))

    def _lift(self, dag: _Dag, shared: dict[str, ast.expr]) -> list[ast.stmt]:
        """Functions and imports of a DAG's body go to the top level; what is left is the flow."""
        flow: list[ast.stmt] = []
        for node in dag.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._function(node, shared)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                self._keep_import(node)
            else:
                flow.append(node)
        dag.inner |= {
            one.id for node in flow for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        for node in dag.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for name in sorted(free_names(node) & dag.inner):
                    raise self.reading.refused(
                        node, f"{node.name} uses {name} of {dag.name}", tip=f"make {name} a parameter of it"
                    )
        operators = OPERATORS & {
            self.origin(one).rpartition(".")[2] for node in flow for one in ast.walk(node) if isinstance(one, ast.Call)
        }
        return [converted(self, node, shared) for node in flow] if operators else flow

    def add(self, name: str, text: str, node: ast.stmt | ast.expr, found: FoundTask | None = None) -> None:
        """A function of the new module. Raises NotInOstrov when its name is taken."""
        if name in self.lifted:
            raise self.reading.refused(
                node, f"there is another {name} in line {self.lifted[name]}", tip="give one another name"
            )
        self.lifted[name] = node.lineno
        if found is not None:
            self.tasks[name] = found
        self.kept.append((text, node if isinstance(node, ast.stmt) else ast.Pass()))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, shared: dict[str, ast.expr]) -> None:
        kinds = {self.origin(one): one for one in node.decorator_list if self.origin(one)}
        if "task_group" in kinds:
            self._group(node, shared)
            return
        kind = next((one for one in kinds if one == "task" or one.startswith("task.")), None)
        if kind is None:
            self.add(node.name, self._verbatim(node), node)
            return
        if kind not in KINDS:
            raise self.reading.refused(node, f"@{kind} {node.name} has no equal in Ostrov", tip="write it as a plain @task")
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for one in arguments:
            if one.arg in CONTEXT:
                raise self.reading.refused(
                    one, f"{node.name} takes Airflow's {one.arg}", tip="hand the value over as an argument"
                )
        if node.args.kwarg or node.args.vararg:
            raise self.reading.refused(node, f"{node.name} takes *arguments or Airflow's context", tip="name its parameters")
        given = {**shared, **words_of(kinds[kind])}
        rule = str(self.reading.value(given["trigger_rule"], "trigger_rule")) if "trigger_rule" in given else "all_success"
        task_id = str(self.reading.value(given["task_id"], "task_id")) if "task_id" in given else node.name
        options = task_options(self.reading, given, node.name)
        found = FoundTask(node.name, tuple(one.arg for one in arguments), rule, task_id, kind == "task.branch")
        if found.branch:
            found.ways = ways_of(self.reading, node)
        said = f"@task({', '.join(f'{word}={value}' for word, value in options.items())})" if options else "@task"
        self.add(node.name, f"{said}\n{self._verbatim(node, decorators=False)}", node, found)

    def _group(self, node: ast.FunctionDef | ast.AsyncFunctionDef, shared: dict[str, ast.expr]) -> None:
        """A function that makes steps: in a workflow's body it is called as it stands."""
        dag = _Dag(node.name, ast.unparse(node.args), {}, node.body, node, ast.get_docstring(node) or "")
        dag.inner = {one.arg for one in node.args.args}
        flow = self._lift(dag, shared)
        self.groups.add(node.name)
        returns = f" -> {ast.unparse(node.returns)}" if node.returns and not isinstance(node.returns, ast.Constant) else ""
        lines = [f"def {node.name}({dag.arguments}){returns}:", *self._doc(dag.doc), *self._indented(self._body(flow))]
        self.add(node.name, "\n".join(lines) + "\n", node)
        self.kept[-1] = (self.kept[-1][0], ast.Pass())

    def _body(self, flow: list[ast.stmt]) -> list[str]:
        body = Body(self.reading, self.tasks, self.groups)
        lines = body.lines(flow)
        if body.has_item and "item" not in self.lifted:
            self.lifted["item"] = 0
            self.tasks["item"] = FoundTask("item", ("of", "key"))
            self.kept.append((ITEM, ast.Pass()))
        return lines

    def _workflow(self, dag: _Dag) -> str:
        options = workflow_options(self.reading, dag.options, dag.name)
        said = f"@workflow({', '.join(f'{word}={value}' for word, value in options.items())})" if options else "@workflow"
        body = self._body(dag.body)
        self.lifted.setdefault(dag.name, 0)
        return "\n".join([said, f"def {dag.name}({dag.arguments}):", *self._doc(dag.doc), *self._indented(body), ""])

    def _doc(self, text: str) -> list[str]:
        if not text:
            return []
        lines = text.replace("\\", "\\\\").replace('"""', "'''").split("\n")
        return (
            [*textwrap.indent('"""' + "\n".join(lines), "    ").split("\n"), '    """']
            if len(lines) > 1
            else [f'    """{text}"""']
        )

    def _indented(self, lines: list[str]) -> list[str]:
        return [f"    {line}" for line in lines]

    def _verbatim(self, node: ast.stmt, decorators: bool = True) -> str:
        first = node.lineno
        if decorators and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list:
            first = node.decorator_list[0].lineno
        return textwrap.dedent("\n".join(self.lines[first - 1 : node.end_lineno])) + "\n"

    def _module(self, workflows: list[str]) -> str:
        from ostrov.run.tasks.workflows.airflow_module import module

        return module(self, workflows)


def ostrov_source(text: str, file: str) -> str:
    """The source of an Ostrov module that does what an Airflow file's DAGs do. Raises NotInOstrov, naming the line."""
    made = Import(text, file).source()
    compile(made, file, "exec")
    return made
