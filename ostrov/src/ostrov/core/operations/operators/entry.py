"""Coming in: by password, by link, by cookie, by token."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from ostrov.core.errors import WrongPassword
from ostrov.core.operations import audit
from ostrov.core.operations.actor import Actor
from ostrov.core.operations.operators import limits, links, sessions, tokens
from ostrov.core.operations.operators.accounts import NAME, Operator, find_operator
from ostrov.core.operations.operators.passwords import verify_password
from ostrov.core.operations.roles import actor_of
from ostrov.core.store import Connection

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


async def log_in(application: Ostrov, name: str, password: str, address: str = "", agent: str = "") -> str:
    """Open a session by password; its key, for the cookie. Raises WrongPassword and TooManyAttempts.

    An unknown name takes as long as a wrong password and is answered the same.
    """
    store = application.store
    name = name.strip().lower()
    await store.write(limits.begin_attempt, name, address)
    operator = await store.read(find_operator, name) if NAME.fullmatch(name) else None
    right = await asyncio.to_thread(verify_password, operator.password if operator else "", password)
    if not right or operator is None:
        raise WrongPassword("the name or the password is wrong", tip="an owner can give you a link: ostrov operators link NAME")
    await store.write(limits.forgive_attempt, name, address)
    return await store.write(_enter, operator, _lifetime(application), address, agent, "password")


async def log_in_by_link(application: Ostrov, key: str, address: str = "", agent: str = "") -> str:
    """Open a session by a one-time link; its key, for the cookie. Raises WrongPassword when the link does not work."""
    return await application.store.write(_enter_by_link, key, _lifetime(application), address, agent)


async def log_out(application: Ostrov, key: str) -> None:
    """End the session of a cookie's key."""
    await application.store.write(sessions.end_session, key)


async def actor_of_session(application: Ostrov, key: str) -> Actor | None:
    """Who holds a cookie's key, with the rights of now."""
    operator = await application.store.read(sessions.operator_of_session, key)
    return None if operator is None else actor_of(application, operator.name, operator.role)


async def actor_of_token(application: Ostrov, key: str) -> Actor | None:
    """Who holds a personal token, with the rights of now within its scope."""
    found = await application.store.read(tokens.find_token, key)
    if found is None:
        return None
    if time.time() - found.used_at > tokens.USED_EVERY:
        await application.store.write(tokens.note_use, found.id)
    return actor_of(application, found.operator.name, found.operator.role, found.scope)


def _lifetime(application: Ostrov) -> float:
    days: float = application.settings.operations.session_days
    return days * 86400


def _enter_by_link(connection: Connection, key: str, lifetime: float, address: str, agent: str) -> str:
    operator = links.use_link(connection, key)
    if operator is None:
        raise WrongPassword(
            "this link does not work any more", tip="a link works once and not for long; a new one: ostrov operators link NAME"
        )
    return _enter(connection, operator, lifetime, address, agent, "link")


def _enter(connection: Connection, operator: Operator, lifetime: float, address: str, agent: str, way: str) -> str:
    detail = {"way": way, "address": address}
    audit.append(connection, "entered", operation="", actor=operator.name, surface="http", detail=detail)
    return sessions.start_session(connection, operator, lifetime, address, agent)
