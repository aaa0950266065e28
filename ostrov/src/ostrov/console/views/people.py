"""People: the operators, and what belongs to the one who looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ostrov.core.operations.operators import find_operator, list_operators, list_tokens
from ostrov.core.operations.roles import roles_of

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest


async def operators(request: PageRequest) -> dict[str, Any]:
    """Every operator, and what each role may do."""
    roles = roles_of(request.application)
    return {
        "operators": await request.application.store.read(list_operators),
        "roles": {name: sorted(held) for name, held in roles.items()},
    }


async def me(request: PageRequest) -> dict[str, Any]:
    """The person's own role, permissions and tokens."""
    store = request.application.store
    operator = await store.read(find_operator, request.actor.name)
    return {
        "operator": operator,
        "permissions": sorted(request.actor.permissions),
        "tokens": await store.read(list_tokens, operator) if operator else [],
    }
