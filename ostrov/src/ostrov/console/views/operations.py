"""Operations: the list a person may call, and the form of one."""

from __future__ import annotations

import shlex
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ostrov.console.forms import Entry, entries
from ostrov.console.http import PREFIX, local_path
from ostrov.core.errors import Denied
from ostrov.core.operations import open_operations
from ostrov.run.web.settings import base_url

if TYPE_CHECKING:
    from ostrov.core.operations.operation import Operation
    from ostrov.core.page import PageRequest

SURFACE = "http"


async def listed(request: PageRequest) -> dict[str, Any]:
    """The operations open to the person, by the first word of their names; `?q=` keeps those that have a word."""
    word = request.query.get("q", "").strip().lower()
    visible = request.application.part(open_operations).visible(request.actor, SURFACE)
    kept = [operation for operation in visible if word in operation.name.lower() or word in operation.summary.lower()]
    kept.sort(key=lambda operation: (_group(operation.name), operation.name))
    grouped = groupby(kept, key=lambda operation: _group(operation.name))
    return {"groups": [(group, list(members)) for group, members in grouped]}


async def form(request: PageRequest) -> dict[str, Any]:
    """The form of one operation. What the query says of its arguments is filled in; secrets never are."""
    operations = request.application.part(open_operations)
    operation = operations.find(request.parameters["name"], request.actor, SURFACE)
    if not request.actor.may(operation.permission):
        raise Denied("this operation is not for you", cause=f"{request.actor.name} lacks {operation.permission}")
    drawn = entries(operation, request.query, {})
    return {
        "operation": operation,
        "entries": drawn,
        "next": local_path(request.query["next"], "") if request.query.get("next") else "",
        "problem": None,
        "explanation": explanation(operation),
        "elsewhere": elsewhere(operation, drawn, base_url(request.application)),
    }


def explanation(operation: Operation[..., Any]) -> list[str]:
    """The paragraphs of an operation's help that its summary leaves out."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in operation.help.split("\n\n")]
    paragraphs[0] = paragraphs[0].removeprefix(operation.summary).strip()
    return [paragraph for paragraph in paragraphs if paragraph]


def elsewhere(operation: Operation[..., Any], drawn: list[Entry], base: str) -> str:
    """How the same is called at the command line and over HTTP."""
    required = [entry for entry in drawn if entry.required]
    words = " ".join([*operation.name.split("."), *(_word(entry) for entry in required)])
    body = ", ".join(f'"{entry.name}": "…"' for entry in required)
    request = f"curl -X POST {base}{PREFIX}/api/operations/{operation.name} \\\n  -H 'Authorization: Bearer TOKEN'"
    if required:
        request += f" \\\n  --json '{{{body}}}'"
    shell = f"ostrov {words}\n\n" if "cli" in operation.surfaces else ""
    return shell + request


def _group(name: str) -> str:
    return name.partition(".")[0] if "." in name else ""


def _word(entry: Entry) -> str:
    return shlex.quote(entry.value) if entry.value else entry.name.upper()
