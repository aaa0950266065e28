"""Tasks for tests with real worker processes. Each leaves a line in a file when it begins and when it is through."""

from __future__ import annotations

import asyncio
import os
import time

from ostrov import Component, TaskContext, task, workflow


def note(folder: str, line: str) -> None:
    descriptor = os.open(f"{folder}/{os.getpid()}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@task(queue="loop")
async def steps(context: TaskContext, folder: str, number: int, seconds: float) -> int:
    note(folder, f"begin {number} {context.attempt}")
    await asyncio.sleep(seconds)
    note(folder, f"end {number} {context.attempt}")
    return number


@task(queue="threads")
def steps_in_a_thread(context: TaskContext, folder: str, number: int, seconds: float) -> int:
    note(folder, f"begin {number} {context.attempt}")
    time.sleep(seconds)
    note(folder, f"end {number} {context.attempt}")
    return number


@task
async def holds(folder: str) -> None:
    note(folder, "holds")
    await asyncio.sleep(600)


@task(process=True)
def holds_in_a_process(folder: str) -> None:
    note(folder, "holds")
    time.sleep(600)


@task
async def blocks_the_loop(folder: str, seconds: float) -> str:
    note(folder, "blocks")
    time.sleep(seconds)  # noqa: ASYNC251
    return "overwritten"


@task
async def quick() -> str:
    return "quick"


@task
async def numbers(count: int) -> list[int]:
    await asyncio.sleep(0.02)
    return list(range(count))


@task
async def squared(number: int) -> int:
    await asyncio.sleep(0.2)
    return number * number


@task
async def summed(folder: str, squares: list[int]) -> int:
    note(folder, "summed")
    return sum(squares)


@workflow
def sum_of_squares(folder: str, count: int) -> int:
    return summed(folder, squared.map(numbers(count)))


component = Component(
    name="crew",
    tasks=[
        *(steps, steps_in_a_thread, holds, holds_in_a_process, blocks_the_loop, quick),
        *(numbers, squared, summed, sum_of_squares),
    ],
)
