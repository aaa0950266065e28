"""The tasks that bench/tasks/ostrov_tasks.py enqueues."""

from __future__ import annotations

import time

from ostrov import Component, task


@task(name="noop")
async def noop(number: int) -> int:
    return number


@task(name="noop_in_a_thread")
def noop_in_a_thread(number: int) -> int:
    return number


@task(name="stamp")
async def stamp(sent: float) -> float:
    return time.time() - sent


component = Component(name="jobs", tasks=[noop, noop_in_a_thread, stamp])
