"""The graph that a workflow's body builds: what waits for what, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov import approval, otherwise, task, when, workflow
from ostrov.run.tasks.errors import Refused
from ostrov.run.tasks.workflows.graph import BadWorkflow, Edge, references, resolved
from ostrov.run.tasks.workflows.settle import met


@task
async def one(number: int = 1) -> int:
    return number


@task
async def two(left: Any, right: Any = None) -> int:
    return 2


def build(body: Any) -> Any:
    return workflow(body).graph()


def test_results_are_references_wherever_they_stand() -> None:
    def body() -> Any:
        first = one()
        return {"deep": [two({"a": [first, 5]}), first]}

    graph = build(body)
    assert graph.nodes["two"].arguments == {"left": {"a": [{"$step": "one"}, 5]}}
    assert graph.nodes["two"].edges == [Edge("one")]
    assert list(references(graph.result)) == ["two", "one"]
    assert resolved(graph.result, {"two": 2, "one": 1}) == {"deep": [2, 1]}


def test_branches_nest() -> None:
    def body() -> None:
        first = one()
        with when(first, equals=1):
            inner = one(2)
            with when(inner):
                one(3)
        with when(first, equals=2):
            one(4)
        with otherwise(first):
            approval("really?")

    nodes = build(body).nodes
    assert nodes["one_3"].edges == [Edge("one", "equals 1"), Edge("one_2", "true")]
    assert nodes["approval"].edges == [Edge("one", "other [1,2]")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (lambda: one(2) and one(3), "is not known while the graph is built"),
        (lambda: [item for item in one()], "is not known while the graph is built"),  # noqa: C416
        (lambda: one().after(5), "cannot wait for 5"),
        (lambda: one().trigger("some"), "trigger is all or any"),
        (lambda: two({"$step": "x"}), "may not have the key"),
        (lambda: one.using(dedupe_key="k")(), "a step has no dedupe_key"),
        (lambda: one.map(5), "map takes a list or a step"),
        (lambda: one.map([1, "two"]), "argument number"),
        (lambda: one(1, 2), "takes 1 arguments, 2 were given"),
        (lambda: two(), "argument left is missing"),
        (lambda: two(1, other=one()), "takes no argument 'other'"),
    ],
)
def test_what_cannot_run_is_refused_where_it_is_built(body: Any, said: str) -> None:
    with pytest.raises((BadWorkflow, Refused), match=said):
        build(body)


@pytest.mark.parametrize("word", [lambda: when(None), lambda: approval("?"), lambda: one.map([1])])  # type: ignore[arg-type]
def test_words_of_a_body_stand_in_no_other_place(word: Any) -> None:
    with pytest.raises(Exception, match="outside of a workflow's body"):
        word()


@pytest.mark.parametrize(
    ("condition", "state", "result", "holds"),
    [
        ("success", "successful", None, 1),
        ("success", "dead", None, -1),
        ("success", "cancelled", None, -1),
        ("success", "skipped", None, 0),
        ("failure", "dead", None, 1),
        ("failure", "successful", "1", 0),
        ("failure", "skipped", None, 0),
        ("always", "skipped", None, 1),
        ("true", "successful", "[]", 0),
        ("true", "successful", "1", 1),
        ("false", "successful", None, 1),
        ("true", "dead", None, -1),
        ('equals {"a":1}', "successful", '{"a": 1}', 1),
        ("other [1,2]", "successful", "2", 0),
        ("other [1,2]", "successful", "3", 1),
    ],
)
def test_an_edge_holds_by_how_its_parent_ended(condition: str, state: str, result: str | None, holds: int) -> None:
    assert met(condition, state, result) == holds
