"""Tasks for workers in processes of their own. Each leaves a line in a file when it begins and when it is through."""

from __future__ import annotations

import asyncio
import os

from ostrov import Component, TaskContext, task


def note(folder: str, line: str) -> None:
    descriptor = os.open(f"{folder}/{os.getpid()}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@task(process=True)
def in_a_process(number: int) -> int:
    return number * 2


@task
async def steps(context: TaskContext, folder: str, number: int, seconds: float) -> int:
    note(folder, f"begin {number} {context.attempt}")
    await asyncio.sleep(seconds)
    note(folder, f"end {number} {context.attempt}")
    return number


component = Component(name="crew", tasks=[in_a_process, steps])
