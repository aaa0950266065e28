"""A component: a value that says what one capability brings. Supervisor, CLI, console and migrator know nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ostrov.core.reference import Reference

if TYPE_CHECKING:
    from ostrov.core.operations.operation import Operation


@dataclass(frozen=True)
class Service:
    """Something that runs for as long as the project is up.

    `run` is `async def run(context: ServiceContext) -> None` (or a reference to it): it calls `context.ready()` once it serves,
    returns when `context.stopping` is set and its work is put down, and raises to be restarted by the supervisor.
    `after` names services that must be ready before this one starts. Services of one `group` share a process unless a setting
    gives one of them its own. `critical` services take the whole project down when they cannot be kept alive.
    `listens` is `def listens(application) -> list[Listen]`: the supervisor binds these sockets before anything starts and
    keeps them through restarts; the service finds them in `context.sockets`. `instances` is
    `def instances(application) -> int`, how many processes run the service; more than one takes it out of its group.
    `nice` is how much it gives way to others when the machine is busy (nice(2), 0 to 19): 5 for what nobody waits for; services
    that share a process have the least of theirs.
    """

    name: str
    run: Reference
    after: tuple[str, ...] = ()
    group: str = ""
    critical: bool = False
    ready_timeout: float = 30.0
    stop_timeout: float = 10.0
    listens: Reference | None = None
    instances: Reference | None = None
    nice: int = 0


@dataclass(frozen=True)
class Listen:
    """A listening TCP socket. `setting` is what to change when it cannot be bound; `url` is where people reach it, when that
    is not its address."""

    host: str
    port: int
    backlog: int = 2048
    setting: str = ""
    url: str = ""


@dataclass(frozen=True)
class Page:
    """A page of the console at `/console` + `path`.

    `view` is `async def view(request: PageRequest) -> dict` (or a reference); `template` is rendered with what it returns.
    `path` may hold parameters in braces. A page with a `title` stands in the navigation. `topics` are the channel topics
    whose messages make an open page refresh itself; they may hold the path's parameters too.
    """

    path: str
    view: Reference
    template: str
    title: str = ""
    icon: str = ""
    permission: str = "console.view"
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mount:
    """An ASGI application under a path prefix of the web service. `build` is `def build(application: Ostrov) -> ASGIApp`."""

    prefix: str
    build: Reference


@dataclass(frozen=True)
class Check:
    """A question `ostrov doctor` asks. `run` is `def run(application: Ostrov) -> Finding | Sequence[Finding]` (or async)."""

    name: str
    run: Reference


@dataclass(frozen=True)
class Finding:
    """One answer of a check. `level` is ok, warning or failure; `tip` says what to do about it."""

    level: str
    message: str
    tip: str = ""


@dataclass(frozen=True)
class Component:
    """What one capability brings. All of it is optional but the name.

    `settings` is a msgspec Struct class whose every field has a default; it becomes the section of the component's name.
    `migrations` is `"package:folder"`, an Alembic script directory of the component's own tables.
    `templates` is the package whose `templates/` folder holds the component's pages, and whose `texts/ru.toml` their Russian.
    `panels` are pages without a frame that stand on the console's overview: `path` is where they lead, and what their view
    returns may hold `figures`, a list of `{"label", "value", "tone", "path"}` for the row at the overview's top.
    `tasks` are task objects or references to modules that define them (`"raf.notifications.tasks"`), imported by workers.
    `later` is `def later(application: Ostrov) -> Callable[[Connection, int], None]`: how a long operation's run is queued.
    `metrics` is `async def metrics(application: Ostrov) -> Sequence[Family]`: what `/metrics` shows of it.
    `projections` are modules with `PROJECTIONS` and `TABLES`: read models kept in the transaction of the events they follow.
    """

    name: str
    settings: type[Any] | None = None
    services: Sequence[Service] = ()
    tasks: Sequence[Any] = ()
    operations: Sequence[Operation[..., Any] | str] = ()
    pages: Sequence[Page] = ()
    panels: Sequence[Page] = ()
    mounts: Sequence[Mount] = ()
    migrations: str = ""
    templates: str = ""
    checks: Sequence[Check] = ()
    projections: Sequence[str] = ()
    later: Reference | None = None
    metrics: Reference | None = None
    after: tuple[str, ...] = field(default=())
    """Components whose migrations run before this one's."""
