"""Which services share a process, and which process waits for which."""

from __future__ import annotations

import pytest

from ostrov import Service
from ostrov.core.errors import ProjectError, SettingsError
from ostrov.core.supervisor.settings import SupervisorSettings
from ostrov.core.supervisor.specification import specify


async def run(context: object) -> None: ...


def service(name: str, group: str = "", after: tuple[str, ...] = (), **more: object) -> Service:
    return Service(name, run=run, group=group, after=after, **more)


def names(*services: Service, counts: dict[str, int] | None = None, **settings: object) -> dict[str, tuple[str, ...]]:
    specs = specify(services, SupervisorSettings(**settings), counts or {})
    return {spec.name: spec.service_names for spec in specs}


def test_a_group_is_a_process_and_a_service_without_one_is_its_own() -> None:
    found = names(service("web", "web"), service("worker", "worker"), service("scheduler", "worker"), service("smtp"))
    assert found == {"web": ("web",), "worker": ("worker", "scheduler"), "smtp": ("smtp",)}


def test_own_takes_a_service_out_of_its_group() -> None:
    found = names(service("worker", "worker"), service("scheduler", "worker"), own=("scheduler",))
    assert found == {"scheduler": ("scheduler",), "worker": ("worker",)}


def test_a_group_whose_name_was_taken_is_called_after_its_first_service() -> None:
    found = names(service("worker", "worker"), service("scheduler", "worker"), own=("worker",))
    assert found == {"worker": ("worker",), "scheduler": ("scheduler",)}


def test_more_than_one_instance_is_as_many_processes() -> None:
    found = names(service("web", "all"), service("smtp", "all"), counts={"web": 3})
    assert found == {"web": ("web",), "web-2": ("web",), "web-3": ("web",), "all": ("smtp",)}


def test_without_leaves_a_service_out_and_nobody_waits_for_it() -> None:
    specs = specify([service("one"), service("two", after=("one",))], SupervisorSettings(without=("one",)), {})
    assert [(spec.name, spec.after) for spec in specs] == [("two", ())]


def test_processes_come_after_those_they_need() -> None:
    assert list(names(service("c", after=("b",)), service("b", after=("a",)), service("a"))) == ["a", "b", "c"]


def test_services_of_one_process_come_in_order_too() -> None:
    found = names(service("c", "g", after=("b",)), service("b", "g", after=("a",)), service("a", "g"))
    assert found == {"g": ("a", "b", "c")}


def test_a_process_waits_as_long_as_its_most_patient_service() -> None:
    services = [service("a", "g", stop_timeout=3, ready_timeout=50), service("b", "g", stop_timeout=20, critical=True)]
    (spec,) = specify(services, SupervisorSettings(), {})
    assert (spec.stop_timeout, spec.ready_timeout, spec.critical) == (20, 50, True)
    (spec,) = specify(services, SupervisorSettings(stop_timeout=1, ready_timeout=2), {})
    assert (spec.stop_timeout, spec.ready_timeout) == (1, 2)


def test_a_process_gives_way_no_more_than_its_least_patient_service() -> None:
    (together,) = specify([service("mail", "one", nice=5), service("web", "one")], SupervisorSettings(), {})
    assert together.nice == 0
    (alone,) = specify([service("mail", nice=5)], SupervisorSettings(), {})
    assert alone.nice == 5


def test_a_circle_of_processes_is_named_with_a_way_out() -> None:
    with pytest.raises(ProjectError, match="no process can start first: left → right → left") as caught:
        names(
            service("a", "left", after=("d",)), service("b", "left"), service("c", "right", after=("b",)), service("d", "right")
        )
    assert "supervisor.own" in caught.value.tip
    assert set(
        names(
            service("a", "left", after=("d",)),
            service("b", "left"),
            service("c", "right", after=("b",)),
            service("d", "right"),
            own=("a",),
        )
    ) == {"a", "left", "right"}


def test_a_circle_of_services_is_named() -> None:
    with pytest.raises(ProjectError, match="no service can start first: a → b → a"):
        names(service("a", "g", after=("b",)), service("b", "g", after=("a",)))


def test_names_that_no_service_has_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"supervisor.own: there is no service 'wbe'"):
        names(service("web"), own=("wbe",))
    with pytest.raises(ProjectError, match="service 'web' comes after 'store', which does not exist"):
        names(service("web", after=("store",)))
    with pytest.raises(ProjectError, match="two services are called 'web'"):
        names(service("web"), service("web"))
