"""The orchard's views."""

from __future__ import annotations

from typing import Any

from orchard.component import TREES
from ostrov.core.errors import NotFound
from ostrov.core.page import PageRequest


async def trees(request: PageRequest) -> dict[str, Any]:
    return {"trees": TREES, "word": request.query.get("q", "")}


async def tree(request: PageRequest) -> dict[str, Any]:
    name = request.parameters["tree"]
    if name.startswith("broken"):
        raise RuntimeError("a secret of the inside")
    if name not in TREES:
        raise NotFound(f"there is no tree {name}", tip="plant one")
    return {"name": name, "height": TREES[name], "language": request.language}


async def panel(request: PageRequest) -> dict[str, Any]:
    return {
        "tallest": max(TREES, key=lambda name: TREES[name]),
        "figures": [{"label": "trees", "value": 2, "tone": "", "path": ""}],
    }


async def broken(request: PageRequest) -> dict[str, Any]:
    raise RuntimeError("a secret of the inside")
