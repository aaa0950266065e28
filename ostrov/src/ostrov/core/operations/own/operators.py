"""Who may come in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from ostrov.core.errors import Denied, UsageError
from ostrov.core.operations.operation import operation
from ostrov.core.operations.shown import moment

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.operations.call import Call

MANAGE = "operators.manage"
Name = Annotated[str, "the operator's name"]
OwnName = Annotated[str, "the operator's name; your own when left out"]


@operation("operators.list", permission="operators.view", audited=False)
async def listed(application: Ostrov) -> list[dict[str, Any]]:
    """List the operators."""
    from ostrov.core.operations.operators import list_operators

    return [
        {
            "name": operator.name,
            "role": operator.role,
            "password": "yes" if operator.password else "no",
            "added": moment(operator.created_at),
            "last_log_in": moment(operator.seen_at),
        }
        for operator in await application.store.read(list_operators)
    ]


@operation("operators.add", permission=MANAGE, secret=("password",), keep_result=False, surfaces=("cli", "http"))
async def add(
    application: Ostrov,
    name: Name,
    role: Annotated[str, "owner, operator, viewer, or a role of operations.roles"] = "viewer",
    password: Annotated[str, "without one the operator comes in by the link that is printed"] = "",
) -> dict[str, Any]:
    """Add an operator. Without a password it answers with a one-time log-in link to hand over."""
    from ostrov.core.operations.operators import create_operator
    from ostrov.core.operations.roles import check_role

    check_role(application, role)
    hashed = await _hashed(password)
    operator = await application.store.write(create_operator, name, role, hashed)
    if password:
        return {"name": operator.name, "role": role}
    return {"name": operator.name, "role": role, **await _link(application, name)}


def plan_removal(application: Ostrov, name: str) -> str:
    """What a removal takes away."""
    from ostrov.core.operations.operators import get_operator

    operator = application.store.read_sync(get_operator, name)
    return f"remove {operator.name}, {operator.role}, with every session, token and link"


@operation("operators.remove", permission=MANAGE, plan=plan_removal, destructive=True)
async def remove(application: Ostrov, name: Name) -> str:
    """Remove an operator, who is logged out everywhere at once. The last owner stays."""
    from ostrov.core.operations.operators import remove_operator

    await application.store.write(remove_operator, name)
    return f"{name} is removed"


@operation("operators.role", permission=MANAGE)
async def role(
    application: Ostrov, name: Name, role: Annotated[str, "owner, operator, viewer, or a role of operations.roles"]
) -> str:
    """Give an operator another role, at once."""
    from ostrov.core.operations.operators import set_role
    from ostrov.core.operations.roles import check_role

    check_role(application, role)
    await application.store.write(set_role, name, role)
    return f"{name} is {role} now"


@operation("operators.link", permission=MANAGE, keep_result=False, surfaces=("cli", "http"))
async def link(application: Ostrov, name: Name) -> dict[str, Any]:
    """Make a one-time log-in link for an operator; an earlier one stops working."""
    return {"name": name, **await _link(application, name)}


@operation("operators.password", permission="console.view", secret=("password",), surfaces=("cli", "http"))
async def password(call: Call, password: Annotated[str, "the new password"], name: OwnName = "") -> str:
    """Set a password, your own or with operators.manage another's; every open session of that operator ends."""
    from ostrov.core.operations.operators import set_password

    name = _own_or_managed(call, name)
    await call.application.store.write(set_password, name, await _hashed(password))
    return f"{name} has a new password"


@operation("operators.token", permission="console.view", keep_result=False, surfaces=("cli", "http"))
async def token(
    call: Call,
    name: OwnName = "",
    label: Annotated[str, "what the token is for"] = "",
    scope: Annotated[tuple[str, ...], "permissions it is narrowed to; all of the operator's when left out"] = (),
    lifetime: Annotated[timedelta | None, "how long it is valid; until it is revoked when left out"] = None,
) -> dict[str, Any]:
    """Make a personal token for a program; it is shown once. Send it as `Authorization: Bearer TOKEN`."""
    from ostrov.core.operations.operators import create_token, get_operator

    name = _own_or_managed(call, name)
    if any(" " in word or not word for word in scope):
        raise UsageError("a permission is one word", cause=f"scope is {', '.join(scope)}")
    operator = await call.application.store.read(get_operator, name)
    seconds = lifetime.total_seconds() if lifetime else 0.0
    key = await call.application.store.write(create_token, operator, label, scope, seconds)
    return {"name": name, "label": label, "token": key}


@operation("operators.tokens", permission="console.view", audited=False)
async def tokens(call: Call, name: OwnName = "") -> list[dict[str, Any]]:
    """List an operator's tokens, without the tokens themselves."""
    from ostrov.core.operations.operators import get_operator, list_tokens

    name = _own_or_managed(call, name)
    operator = await call.application.store.read(get_operator, name)
    return [
        {
            "id": token.id,
            "label": token.label,
            "scope": ", ".join(token.scope),
            "made": moment(token.created_at),
            "expires": moment(token.expires_at),
            "used": moment(token.used_at),
        }
        for token in await call.application.store.read(list_tokens, operator)
    ]


@operation("operators.revoke", permission="console.view")
async def revoke(call: Call, token: Annotated[int, "the token's id, as operators tokens shows it"], name: OwnName = "") -> str:
    """Make a token worthless at once."""
    from ostrov.core.operations.operators import get_operator, revoke_token

    name = _own_or_managed(call, name)
    operator = await call.application.store.read(get_operator, name)
    await call.application.store.write(revoke_token, operator, token)
    return f"token {token} of {name} is revoked"


def _own_or_managed(call: Call, name: str) -> str:
    """The operator meant. Somebody else's needs operators.manage; a narrowed token may not touch its owner's keys either."""
    actor = call.actor
    if actor.may(MANAGE) and (name or actor.person == actor.name):
        return name or actor.name
    if not name and actor.person != actor.name:
        raise UsageError("whose?", cause="the machine's shell is nobody's account", tip="give the operator's name with --name")
    if (name and name != actor.name) or actor.scope is not None:
        raise Denied(f"{actor.name} may not do this for {name or 'itself with a narrowed token'}", cause=f"needs {MANAGE}")
    return actor.name


async def _hashed(password: str) -> str:
    import asyncio

    from ostrov.core.operations.operators import hash_password

    return await asyncio.to_thread(hash_password, password) if password else ""


async def _link(application: Ostrov, name: str) -> dict[str, Any]:
    from ostrov.core.operations.operators import create_link, get_operator, link_address

    operator = await application.store.read(get_operator, name)
    minutes: float = application.settings.operations.link_minutes
    key = await application.store.write(create_link, operator, minutes * 60)
    return {"link": link_address(application, key), "valid_minutes": minutes}
