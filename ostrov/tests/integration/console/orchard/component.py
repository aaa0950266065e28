"""What the orchard brings."""

from __future__ import annotations

from typing import Annotated, Literal

from ostrov import Component, Ostrov
from ostrov.core.component import Page
from ostrov.core.operations.operation import operation

TREES = {"oak": 12, "palm": 7}
watered: list[tuple[str, int, str, bool]] = []


@operation("orchard.water", permission="orchard.manage")
async def water(
    tree: Annotated[str, "which tree"], litres: int = 3, kind: Literal["rain", "sea"] = "rain", gently: bool = True
) -> str:
    """Water one tree."""
    watered.append((tree, litres, kind, gently))
    return f"{tree} got {litres} litres"


async def plan_fell(application: Ostrov, tree: str) -> list[dict[str, object]]:
    return [{"tree": tree, "height": TREES.get(tree, 0)}]


@operation("orchard.fell", permission="orchard.manage", plan=plan_fell, destructive=True)
async def fell(application: Ostrov, tree: str) -> str:
    """Fell a tree."""
    return f"felled {tree}"


@operation("orchard.sell", permission="orchard.manage", plan=plan_fell, approvals=1)
async def sell(application: Ostrov, tree: str) -> str:
    """Sell a tree."""
    return f"sold {tree}"


@operation("orchard.lock", permission="orchard.manage", secret=("password",))
async def lock(gate: str, password: str) -> str:
    """Lock a gate. The key goes under the mat.

    Use `orchard.key` for another one.
    """
    if len(password) < 8:
        raise ValueError("the lock jams")
    return f"{gate} is locked"


@operation("orchard.key", permission="orchard.manage", keep_result=False)
async def key() -> dict[str, str]:
    """Cut a key, which is shown once."""
    return {"key": "the-key-itself"}


component = Component(
    name="orchard",
    operations=[water, fell, sell, lock, key],
    templates="orchard",
    pages=[
        Page(
            "/orchard",
            "orchard.pages:trees",
            "orchard/trees.html",
            title="Orchard",
            permission="orchard.view",
            topics=("orchard",),
        ),
        Page(
            "/orchard/{tree}",
            "orchard.pages:tree",
            "orchard/tree.html",
            permission="orchard.view",
            topics=("orchard.tree.{tree}",),
        ),
        Page("/broken", "orchard.pages:broken", "orchard/tree.html"),
        Page("/cellar", "orchard.pages:trees", "orchard/trees.html", title="Cellar", permission="orchard.secret"),
    ],
    panels=[
        Page("/orchard", "orchard.pages:panel", "orchard/panel.html", permission="orchard.view", topics=("orchard.panel",)),
        Page("/orchard", "orchard.pages:broken", "orchard/panel.html", title="Rotten", permission="orchard.view"),
    ],
)
