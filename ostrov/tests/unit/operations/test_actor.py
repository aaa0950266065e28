"""What an actor may do."""

from __future__ import annotations

import pytest

from ostrov.core.operations.actor import Actor


@pytest.mark.parametrize(
    ("held", "permission", "may"),
    [
        ({"*"}, "anything.at.all", True),
        ({"tasks.view"}, "tasks.view", True),
        ({"tasks.view"}, "tasks.manage", False),
        ({"tasks.*"}, "tasks.manage", True),
        ({"tasks.*"}, "tasksmanship.manage", False),
        ({"*.view"}, "logs.view", True),
        ({"*.view"}, "logs.review", False),
        ({"*.view"}, "logs.viewer", False),
        (set(), "tasks.view", False),
    ],
)
def test_permissions(held: set[str], permission: str, may: bool) -> None:
    assert Actor("ann", frozenset(held)).may(permission) is may


def test_a_scope_only_narrows() -> None:
    actor = Actor("ann", frozenset({"tasks.view"}), frozenset({"*"}))
    assert actor.may("tasks.view")
    assert not actor.may("tasks.manage")
    assert not Actor("root", frozenset({"*"}), frozenset({"tasks.view"})).may("tasks.manage")
    assert not Actor("root", frozenset({"*"}), frozenset()).may("tasks.view")


def test_the_shell_is_the_same_person() -> None:
    assert Actor("cli:ann").person == Actor("ann").person
