"""Which operations a project has."""

from __future__ import annotations

import pytest

from ostrov import Component, operation
from ostrov.core.errors import ProjectError
from ostrov.core.operations.registry import nearest, operations_of


@operation("beans.list", permission="beans.view")
def listed() -> None:
    """List."""


@operation("beans.list", permission="beans.view")
def another() -> None:
    """List, too."""


def test_operations_are_named_by_object_by_reference_and_by_module() -> None:
    core = Component("core", operations=["ostrov.core.operations.own.audit"])
    one = Component("one", operations=[listed, "ostrov.core.operations.own.approvals:approve"])
    assert sorted(operations_of([core, one])) == ["approve", "audit.show", "audit.verify", "beans.list"]


def test_two_of_one_name_are_an_error() -> None:
    with pytest.raises(ProjectError, match=r"two operations are called beans\.list"):
        operations_of([Component("one", operations=[listed]), Component("two", operations=[another])])


@pytest.mark.parametrize("reference", ["ostrov.no.such.module", "ostrov.core.operations.own.audit:nothing"])
def test_a_reference_that_leads_nowhere_is_an_error(reference: str) -> None:
    with pytest.raises(ProjectError, match="cannot load"):
        operations_of([Component("one", operations=[reference])])


def test_what_is_no_operation_is_an_error() -> None:
    with pytest.raises(ProjectError, match="is not an operation"):
        operations_of([Component("one", operations=["ostrov.core.operations.registry:nearest"])])


def test_a_tip_names_the_nearest_or_all_of_a_few() -> None:
    assert nearest("lsit", ["list", "retry"]) == "did you mean list?"
    assert nearest("zzz", ["list", "retry"]) == "there are list, retry"
