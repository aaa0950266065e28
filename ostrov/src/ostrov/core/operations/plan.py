"""What an operation would do, and the digest by which people refer to exactly that."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ostrov.core.operations.arguments import builtins, masked, scrubbed, secrets_of
from ostrov.core.operations.call import Call
from ostrov.core.operations.field import injected
from ostrov.core.operations.operation import Operation
from ostrov.core.operations.seal import Seal
from ostrov.core.operations.shown import line

SHORT = 12
"""Characters of a digest that people see and type."""
SHORTEST = 8
"""Fewer do not identify a plan."""


@dataclass(frozen=True)
class Plan:
    """`shown` is text or rows (JSON types); `arguments` are masked; `secrets` are what must be sealed."""

    shown: Any
    arguments: dict[str, Any]
    secrets: dict[str, Any]
    digest: str


async def make_plan(operation: Operation[..., Any], values: Mapping[str, Any], call: Call, seal: Seal) -> Plan:
    """Ask the operation's plan function; without one the plan is the call itself."""
    arguments, secrets = masked(operation, values), secrets_of(operation, values)
    if operation.plan is None:
        shown: Any = " ".join(
            [operation.name, *(f"{name}={line(value)}" for name, value in arguments.items() if value not in ("", None))]
        )
    else:
        shown = scrubbed(builtins(await invoke(operation.plan, values, call)), secrets)
    return Plan(shown, arguments, secrets, digest(operation.name, arguments, secrets, shown, seal))


def digest(name: str, arguments: Mapping[str, Any], secrets: Mapping[str, Any], shown: Any, seal: Seal) -> str:
    """SHA-256 over operation, arguments and plan. A secret takes part by a keyed fingerprint: it cannot be guessed."""
    prints = {key: seal.fingerprint(encode(value)) for key, value in secrets.items()}
    return hashlib.sha256(encode([name, {**arguments, **prints}, shown])).hexdigest()


def encode(value: Any) -> bytes:
    """JSON with one spelling for one value."""
    return msgspec.json.encode(value, order="deterministic", enc_hook=str)


async def invoke(function: Callable[..., Any], values: Mapping[str, Any], call: Call) -> Any:
    """Call a function with those of the values that it names; a sync one in a thread."""
    given = {"application": call.application, "call": call}
    parameters = inspect.signature(function).parameters
    takes_all = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    keywords = {name: value for name, value in values.items() if takes_all or name in parameters}
    keywords |= {name: given[kind] for name, kind in injected(function).items()}
    if inspect.iscoroutinefunction(function):
        return await function(**keywords)
    import asyncio

    outcome = await asyncio.to_thread(function, **keywords)
    return await outcome if inspect.isawaitable(outcome) else outcome
