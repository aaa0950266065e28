"""What a type checker sees: enqueue takes the task's own parameters, and the result is what the function returns."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PROGRAM = """
import datetime

from ostrov import Connection, Run, TaskContext, schedule, task


@task
async def deliver(message_id: int, to: str = "all") -> str:
    return to


@task(queue="web", retries=2)
def fetch(url: str, context_free: bool = False) -> int:
    return len(url)


@task(process=True)
def render(context: TaskContext, pages: int) -> list[float]:
    return [float(pages)]


@task
async def with_context(context: TaskContext, day: datetime.date) -> None: ...


async def right(connection: Connection) -> None:
    run: Run[str] = await deliver.enqueue(7, to="ann")
    text: str = run.result
    number: int = (await fetch.using(priority=3).enqueue("x")).result
    later: Run[int] = fetch.enqueue_sync(url="x", context_free=True)
    floats: list[float] = (await render.enqueue(3)).result
    inside: Run[list[float]] = render.using(queue="heavy").using(priority=1).enqueue_in(connection, pages=3)
    many: list[Run[str]] = await deliver.enqueue_many([{"message_id": 1}])
    nothing: Run[None] = await with_context.enqueue(datetime.date(2025, 1, 2))
    schedule.every().monday.at("13:15").do(fetch, "x").tag("web")
    print(text, number, later, floats, inside, many, nothing)


async def wrong(connection: Connection, context: TaskContext) -> None:
    await deliver.enqueue("seven")  # error: arg-type
    await deliver.enqueue()  # error: call-arg
    await deliver.enqueue(7, nobody="x")  # error: call-arg
    await deliver.using(priority=1).enqueue(7, to=8)  # error: arg-type
    fetch.enqueue_sync(7)  # error: arg-type
    fetch.using(queue="q").enqueue_sync("x", 1, 2)  # error: call-arg
    render.enqueue_in(connection, "three")  # error: arg-type
    await render.enqueue(context, 3)  # error: call-arg
    await with_context.enqueue("today")  # error: arg-type
    number: int = (await deliver.enqueue(7)).result  # error: assignment
    text: str = fetch.enqueue_sync("x").result  # error: assignment
    run: Run[int] = await deliver.enqueue(7)  # error: assignment
    floats: list[str] = (await render.enqueue(3)).result  # error: assignment
    schedule.every().mondy.do(fetch, "x")  # error: attr-defined
    print(number, text, run, floats)


@task(retries="five")  # error: call-overload
async def misdeclared() -> None: ...
"""


@pytest.mark.long
def test_wrong_arguments_and_results_are_errors_where_they_stand(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", program],
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT / "ostrov" / "src"), "MYPY_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    found = {(int(line), code) for line, code in re.findall(r"program\.py:(\d+): error: .*\[([a-z-]+)\]", done.stdout)}
    expected = set()
    for number, line in enumerate(PROGRAM.splitlines(), 1):
        if marked := re.search(r"# error: ([a-z-]+)", line):
            expected.add((number, marked[1]))
    assert found >= expected, done.stdout + done.stderr
    assert {line for line, _ in found} == {line for line, _ in expected}, done.stdout + done.stderr
    assert len(expected) == 15
