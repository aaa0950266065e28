"""A harbour: a component with one operation of each kind, opened on each database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ostrov import Actor, Call, Component, Operation, Operations, Ostrov, open_operations, operation
from ostrov.core.operations.operators import create_operator
from ostrov.core.operations.roles import actor_of, shell_actor
from ostrov.testing import running

SHELL = shell_actor("root")


@dataclass
class Harbour:
    """What the operations act on, and who acts."""

    application: Ostrov
    door: Operations
    ships: list[str] = field(default_factory=lambda: ["aurora"])
    calls: list[Call] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    wait: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def operator(self, name: str, role: str = "owner") -> Actor:
        """A new operator, as an actor."""
        await self.application.store.write(create_operator, name, role)
        return actor_of(self.application, name, role)

    async def steps(self) -> list[str]:
        """The steps of the audit, oldest first, log-ins left out."""
        return [entry.step for entry in reversed(await self.door.audit(limit=1000))]

    def operations(self) -> list[Operation[..., Any]]:
        @operation("ships.list", permission="ships.view", audited=False)
        def listed() -> list[str]:
            """List the ships."""
            return self.ships

        @operation("ships.add", permission="ships.manage")
        def add(name: str, call: Call) -> str:
            """Let a ship in."""
            self.calls.append(call)
            self.ships.append(name)
            return f"{name} is in"

        def plan_sinking(name: str) -> list[dict[str, Any]]:
            return [{"ship": ship, "sinks": ship == name} for ship in self.ships]

        @operation("ships.sink", permission="ships.manage", plan=plan_sinking, approvals=1, destructive=True)
        async def sink(name: str, call: Call) -> str:
            """Sink a ship."""
            self.calls.append(call)
            self.ships.remove(name)
            return f"{name} is gone"

        @operation("fleet.scuttle", permission="ships.manage", approvals=2)
        async def scuttle() -> int:
            """Sink all ships."""
            count = len(self.ships)
            self.ships.clear()
            return count

        def plan_login(host: str, password: str) -> str:
            return f"log in to {host} with {password}"

        @operation("fleet.login", permission="ships.manage", plan=plan_login, approvals=1, secret=("password",))
        async def login(host: str, password: str) -> str:
            """Log in somewhere."""
            self.passwords.append(password)
            return f"in with {password}"

        @operation("ships.fail", permission="ships.manage", secret=("password",))
        async def fail(password: str = "") -> None:
            """Fail."""
            raise RuntimeError(f"the rope broke: {password}")

        @operation("ships.link", permission="ships.manage", keep_result=False)
        async def link() -> str:
            """Answer with something that must not be kept."""
            return "https://example.com/once"

        @operation("ships.wait", permission="ships.manage", long=True)
        async def wait(name: str = "") -> str:
            """Wait for a signal."""
            self.started.set()
            await self.wait.wait()
            return f"{name} waited"

        @operation("ships.paint", permission="ships.manage", surfaces=("cli",))
        async def paint() -> None:
            """Paint, from the shell only."""

        return [listed, add, sink, scuttle, login, fail, link, wait, paint]


OpenHarbour = Callable[..., AbstractAsyncContextManager[Harbour]]


@pytest.fixture
def harbour(tmp_path: Path, database: list[str]) -> OpenHarbour:
    """`async with harbour() as h`: on each database."""

    @asynccontextmanager
    async def opened(*overrides: str) -> Any:
        async with running(tmp_path / "project", overrides=[*database, *overrides]) as application:
            found = Harbour(application, application.part(open_operations))
            application.components["harbour"] = Component("harbour", operations=found.operations())
            yield found

    return opened
