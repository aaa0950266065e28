"""Roles: what a kind of operator may do. A project adds its own in `operations.roles`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ostrov.core.errors import UsageError
from ostrov.core.operations.actor import EVERYTHING, SHELL, Actor
from ostrov.core.operations.registry import nearest

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

OWNER = "owner"
ROLES: dict[str, frozenset[str]] = {
    OWNER: frozenset({EVERYTHING}),
    "operator": frozenset({"*.view", "tasks.*", "processes.*", "events.*", "web.*", "operations.approve"}),
    "viewer": frozenset({"*.view"}),
}


def roles_of(application: Ostrov) -> Mapping[str, frozenset[str]]:
    """Every role of a project; a project's own of the same name replaces ours, but never the owner."""
    own = {name: frozenset(held) for name, held in application.settings.operations.roles.items() if name != OWNER}
    return {**ROLES, **own}


def check_role(application: Ostrov, role: str) -> None:
    """Raises UsageError, with the nearest role, when there is none of this name."""
    roles = roles_of(application)
    if role not in roles:
        raise UsageError(f"there is no role {role!r}", tip=nearest(role, roles))


def actor_of(application: Ostrov, name: str, role: str, scope: frozenset[str] | None = None) -> Actor:
    """The actor that an operator is. A role that no longer exists gives nothing."""
    return Actor(name, roles_of(application).get(role, frozenset()), scope)


def shell_actor(user: str) -> Actor:
    """The person at the machine's own shell, who could open the database by hand anyway."""
    return Actor(SHELL + user, frozenset({EVERYTHING}))


async def actor_named(application: Ostrov, name: str, scope: str = "") -> Actor | None:
    """The actor of a name with the rights of today; None when that operator is gone."""
    from ostrov.core.operations.operators.accounts import find_operator

    if name.startswith(SHELL):
        return shell_actor(name.removeprefix(SHELL))
    operator = await application.store.read(find_operator, name)
    if operator is None:
        return None
    return actor_of(application, operator.name, operator.role, frozenset(scope.split()) if scope else None)
