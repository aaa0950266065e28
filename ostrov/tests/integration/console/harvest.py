"""A component with workflows, for pages that show them."""

from __future__ import annotations

import logging

from ostrov import Component, approval, otherwise, task, when, workflow


@task
async def pick(trees: int = 4) -> list[int]:
    logging.getLogger("harvest").warning("picking %d trees", trees)
    return list(range(trees))


@task
async def press(load: int) -> int:
    if load == 5:
        raise ValueError("a <stone> in the press")
    return load * 10


@task
async def is_good(juice: list[int]) -> bool:
    return sum(juice) > 10


@task
async def sell(juice: list[int]) -> str:
    return f"sold {sum(juice)}"


@task
async def pour_away(juice: list[int]) -> None: ...


@task
async def mend() -> str:
    return "mended"


@workflow(name="harvest.season", version="1")
def season(trees: int = 4) -> object:
    juice = press.map(pick(trees))
    good = is_good(juice)
    with when(good):
        sold = sell(juice).after(approval("Sell the juice?"))
    with otherwise(good):
        pour_away(juice)
    mend().after_failure(juice)
    return sold


@workflow(name="harvest.stony", schedule="@yearly")
def stony() -> object:
    return press.map(pick(6))


component = Component(name="harvest", tasks=[pick, press, is_good, sell, pour_away, mend, season, stony])
