"""A workflow's tasks of every kind, which both Ostrov and Airflow run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ostrov import Backoff, Component, TaskContext, otherwise, task, when, workflow


@dataclass
class Loaf:
    name: str
    grams: float


@task(retries=2, backoff=Backoff("fixed", first=0, jitter=0), timeout="1 minute", priority=3, queue="oven")
def bake(count: int, grams: float = 500) -> list[Loaf]:
    """Bake some loaves."""
    return [Loaf(f"loaf {number}", grams + number) for number in range(count)]


@task
async def weigh(loaf: Loaf, times: float = 1) -> Loaf:
    return Loaf(loaf.name, loaf.grams * times)


@task
def total(loaves: list[Loaf], context: TaskContext) -> float:
    context.progress(1.0)
    return sum(loaf.grams for loaf in loaves)


@task
def is_heavy(grams: float) -> bool:
    return grams > 1000


@task
def by_car(grams: float) -> str:
    return f"car {grams:g} {{{{ ds }}}}"


@task
def by_bike(grams: float) -> str:
    return f"bike {grams:g}"


@task
def sent(car: str | None, bike: str | None) -> str:
    return f"sent by {car or bike}"


@task(retries=1, backoff=Backoff("fixed", first=0, jitter=0), retry_on=ConnectionError)
def burn() -> int:
    raise ValueError("black")


@task
def mend(word: str) -> str:
    return f"mended {word}"


@task
def close() -> str:
    return "closed"


@task(retries=2, backoff=Backoff("fixed", first=0, jitter=0))
def rise(context: TaskContext) -> int:
    """Works at the second try."""
    if context.attempt == 1:
        raise ConnectionError("too cold")
    return context.attempt


@workflow(name="bakery.inner")
def inner(count: int) -> Any:
    return total(bake(count))


@workflow(name="bakery.day", schedule="@daily", timezone="Asia/Omsk", version="2")
def day(count: int = 3) -> Any:
    grams = total(weigh.map(bake(count), times=3))
    heavy = is_heavy(grams)
    with when(heavy):
        car = by_car(grams)
    with otherwise(heavy):
        bike = by_bike(grams)
    gone = sent(car, bike).trigger("any")
    with when(gone, equals="sent by nobody"):
        close()
    with otherwise(gone):
        shut = close()
    mended = mend("{{ ds }}").after_failure(burn())
    second = inner(2)
    second.after(gone)
    nothing = total(weigh.map(bake(0)))
    return {"sent": gone, "shut": shut, "mended": mended, "second": second, "nothing": [nothing]}


component = Component(name="bakery", tasks=["bakery"])
