"""What an exported DAG file calls: a task's function with what Airflow hands over, through the codec of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from ostrov import TaskContext, task
from ostrov.run.tasks.errors import TaskError
from ostrov.run.tasks.workflows.airflow_runtime import LEFT_OUT, call, plain, ways_open


@dataclass
class Row:
    id: int
    price: float


@task
async def doubled(row: Row, by: float = 2.0) -> Row:
    return Row(row.id, row.price * by)


@task(retry_on=ConnectionError)
def fails(context: TaskContext, error: str) -> None:
    raise {"value": ValueError, "connection": ConnectionError}[error](context.key)


@task
def asks(context: TaskContext) -> Any:
    return context.application.settings


class Lazy(Sequence[Any]):
    """As Airflow's result of a mapped step."""

    def __getitem__(self, index: Any) -> Any:
        return [(1, 2), {"a": (3,)}][index]

    def __len__(self) -> int:
        return 2


def test_arguments_are_typed_and_results_are_plain() -> None:
    assert call(doubled, row={"id": 1, "price": 2.5}, by=LEFT_OUT) == {"id": 1, "price": 5.0}


def test_lazy_results_become_lists() -> None:
    assert plain(Lazy()) == [[1, 2], {"a": [3]}]


def test_an_error_that_is_not_retried_ends_the_airflow_task() -> None:
    with pytest.raises(ConnectionError, match="airflow:1"):
        call(fails, error="connection")
    with pytest.raises(RuntimeError, match="ValueError: airflow:1"):
        call(fails, error="value")


def test_a_task_that_asks_for_the_application_is_told_that_there_is_none() -> None:
    with pytest.raises(TaskError, match="there is no Ostrov application"):
        call(asks)


@pytest.mark.parametrize(
    ("value", "opened"), [(0, ["no"]), (3, ["yes"]), ("big", ["yes", "is_big"]), ([], ["no"]), (Lazy(), ["yes"])]
)
def test_a_result_opens_the_ways_whose_condition_it_meets(value: Any, opened: list[str]) -> None:
    assert ways_open(value, [['other ["big", 0]', "other"]]) == (["other"] if value not in ("big", 0) else [])
    assert ways_open(value, [["true", "yes"], ["false", "no"], ['equals "big"', "is_big"]]) == opened
