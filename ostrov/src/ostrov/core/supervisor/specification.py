"""From the services of all components to the processes that run them: pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ostrov.core.component import Service
from ostrov.core.errors import ProjectError, SettingsError
from ostrov.core.reference import load

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.supervisor.settings import SupervisorSettings


@dataclass(frozen=True)
class ProcessSpec:
    """A process and the services on its event loop. `after` are services of other processes that must be ready first."""

    name: str
    services: tuple[Service, ...]
    after: tuple[str, ...] = ()
    ready_timeout: float = 30.0
    stop_timeout: float = 10.0

    @property
    def service_names(self) -> tuple[str, ...]:
        return tuple(service.name for service in self.services)

    @property
    def critical(self) -> bool:
        return any(service.critical for service in self.services)

    @property
    def nice(self) -> int:
        """How much it gives way to others: no more than any service in it may."""
        return min(service.nice for service in self.services)

    @property
    def replaceable(self) -> bool:
        """Whether two lives of it may overlap: every service in it listens, so none counts on being alone."""
        return all(service.listens for service in self.services)

    @property
    def listening(self) -> tuple[str, ...]:
        """The services that are given sockets."""
        return tuple(service.name for service in self.services if service.listens)


def project_processes(application: Ostrov) -> list[ProcessSpec]:
    """The processes of a project, in an order in which each comes after those it needs."""
    services = [service for component in application.components.values() for service in component.services]
    counts = {s.name: int(load(s.instances)(application)) for s in services if s.instances is not None}
    return specify(services, application.settings.supervisor, counts)


def specify(services: Iterable[Service], settings: SupervisorSettings, counts: Mapping[str, int]) -> list[ProcessSpec]:
    """Divide services among processes: one for each group, one for each service without a group, with an entry in
    `supervisor.own`, or with more than one instance.

    Raises SettingsError for a name that no service has, ProjectError for services that cannot be ordered.
    """
    known: dict[str, Service] = {}
    for service in services:
        if service.name in known:
            raise ProjectError(f"two services are called {service.name!r}", tip="rename one of them")
        known[service.name] = service
    for setting, names in (("supervisor.own", settings.own), ("supervisor.without", settings.without)):
        for name in names:
            if name not in known:
                raise SettingsError(f"{setting}: there is no service {name!r}", tip=f"the services are {', '.join(known)}")
    for service in known.values():
        for name in service.after:
            if name not in known:
                raise ProjectError(f"service {service.name!r} comes after {name!r}, which does not exist")

    alone: dict[str, list[Service]] = {}
    groups: dict[str, list[Service]] = {}
    for service in known.values():
        if service.name in settings.without:
            continue
        count = counts.get(service.name, 1)
        if not service.group or service.name in settings.own or count > 1:
            for number in range(1, count + 1):
                alone[service.name if number == 1 else f"{service.name}-{number}"] = [service]
        else:
            groups.setdefault(service.group, []).append(service)
    members = dict(alone)
    for group, inside in groups.items():
        members[inside[0].name if group in alone else group] = inside

    running = {service.name for inside in members.values() for service in inside}
    return _ordered([_process(name, inside, running, settings) for name, inside in members.items()])


def _process(name: str, inside: list[Service], running: set[str], settings: SupervisorSettings) -> ProcessSpec:
    own = {service.name for service in inside}
    after = dict.fromkeys(need for service in inside for need in service.after if need in running and need not in own)
    return ProcessSpec(
        name,
        tuple(in_order(inside)),
        tuple(after),
        settings.ready_timeout or max(service.ready_timeout for service in inside),
        settings.stop_timeout or max(service.stop_timeout for service in inside),
    )


def in_order(services: Iterable[Service]) -> list[Service]:
    """The services of one process, each after those it needs. Raises ProjectError for a circle."""
    by_name = {service.name: service for service in services}
    names = _sorted({name: [n for n in s.after if n in by_name] for name, s in by_name.items()}, "service")
    return [by_name[name] for name in names]


def _ordered(processes: list[ProcessSpec]) -> list[ProcessSpec]:
    by_name = {process.name: process for process in processes}
    needs = {process.name: [other.name for other in needed(process, processes)] for process in processes}
    return [by_name[name] for name in _sorted(needs, "process")]


def needed(process: ProcessSpec, processes: Iterable[ProcessSpec]) -> list[ProcessSpec]:
    """The processes that must be ready before this one starts."""
    return [other for other in processes if other is not process and set(process.after) & set(other.service_names)]


def _sorted(needs: Mapping[str, list[str]], kind: str) -> list[str]:
    ordered: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in ordered:
            return
        if name in path:
            circle = " → ".join([*path[path.index(name) :], name])
            raise ProjectError(
                f"no {kind} can start first: {circle}",
                tip="give one of the services its own process by supervisor.own" if kind == "process" else "",
            )
        for need in needs[name]:
            visit(need, (*path, name))
        ordered.append(name)

    for name in needs:
        visit(name, ())
    return ordered
