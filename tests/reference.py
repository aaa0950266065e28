"""The lists of the reference that are made from the code: every setting, every operation. Run it to write them anew."""

from __future__ import annotations

import ast
import inspect
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ostrov import Ostrov
from ostrov.core.operations.registry import operations_of
from ostrov.core.settings.declared import declared
from ostrov.core.settings.schema import settings_type
from ostrov.testing import make_project

FOLDER = Path(__file__).parent.parent / "docs/reference"
MADE = "Made from the code by `python tests/reference.py`; a test says when it is out of date."


class Setting(NamedTuple):
    """One value of the tree: its dotted key, its default as it is written, and what it means."""

    key: str
    default: str
    meaning: str


def project() -> Ostrov:
    """A project with Raf and everything around it."""
    return Ostrov.open(make_project(Path(tempfile.mkdtemp()), ["raf"]), environ={})


def settings(struct: type[msgspec.Struct], below: str = "") -> Iterator[Setting]:
    """Every setting of a section, those of the sections in it last."""
    inner = []
    for field in msgspec.structs.fields(struct):
        kind, key = declared(field.type), below + field.encode_name
        if kind.struct is not None and kind.fields is not None and not kind.nullable:
            inner.append((kind.struct, key + "."))
        else:
            choices = f"One of {', '.join(f'`{one}`' for one in kind.literals)}." if kind.literals else ""
            words = (meanings(struct).get(field.name, ""), choices, "A secret." if kind.secret else "")
            yield Setting(key, default(field), " ".join(filter(None, words)))
    for section, prefix in inner:
        yield from settings(section, prefix)


def default(field: msgspec.structs.FieldInfo) -> str:
    """The default as it may be written, in TOML and on the command line."""
    value: Any = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    if value is None or value is msgspec.NODEFAULT:
        return ""
    return f"`{msgspec.json.encode(value).decode()}`"


@cache
def meanings(struct: type[msgspec.Struct]) -> dict[str, str]:
    """What the texts below the fields say, those of what it is built on too."""
    found: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        if not issubclass(base, msgspec.Struct) or base is msgspec.Struct or base.__module__ == "msgspec":
            continue
        try:
            (tree,) = ast.parse(inspect.cleandoc("\n" + inspect.getsource(base))).body
        except (OSError, TypeError):  # made by defstruct
            continue
        assert isinstance(tree, ast.ClassDef)
        for statement, after in zip(tree.body, tree.body[1:], strict=False):
            match statement, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    found[name] = " ".join(words.split())
    return found


def every_setting(application: Ostrov) -> str:
    """The page of all settings, section by section."""
    lines = [
        "# Every setting",
        "",
        MADE,
        "How to set one: [settings](settings.md). `ostrov config show --origin` says what holds here.",
    ]
    heading = None
    for setting in settings(settings_type(application.components.values())):
        section = setting.key.rpartition(".")[0]
        if section != heading:
            lines += ["", f"## {section or 'The root'}", "", "| setting | default | meaning |", "|---|---|---|"]
            heading = section
        lines.append(f"| `{setting.key}` | {_cell(setting.default)} | {_cell(setting.meaning)} |")
    return "\n".join(lines) + "\n"


def every_operation(application: Ostrov) -> str:
    """The page of all operations."""
    lines = [
        *("# Every operation", "", MADE),
        "What an operation is: [operations](operations.md). `ostrov GROUP COMMAND --help` tells its arguments.",
        *("", "| command | permission | what it does |", "|---|---|---|"),
    ]
    for name, operation in sorted(operations_of(application.components.values()).items()):
        words = name.replace(".", " ").replace("_", "-")
        lines.append(f"| `ostrov {words}` | `{operation.permission}` | {_cell(operation.summary)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES = {"every-setting.md": every_setting, "every-operation.md": every_operation}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(project()))
        sys.stdout.write(f"{name}\n")
