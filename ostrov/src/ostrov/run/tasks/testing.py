"""For tests: run what is due, here and now, through the same ledger and codec that workers use."""

from __future__ import annotations

import asyncio
import time
import traceback
from typing import TYPE_CHECKING

from ostrov.run.tasks.claim import Claimed, claim
from ostrov.run.tasks.context import TaskContext, running
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.outcome import Ending, Outcome, decide
from ostrov.run.tasks.tasks import open_tasks

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

WORKER = "run_tasks"


async def run_tasks(application: Ostrov, *, limit: int = 10_000) -> int:
    """Run every run that is due, and those they enqueue, until none is; how many attempts that were.

    Delayed runs and retries stay until they are due. The same ledger, codec and decisions as in a worker, one run at a time.
    """
    done = 0
    while done < limit:
        now = time.time()
        claimed = await application.store.write(claim, WORKER, (), 1, now, now + 3600)
        if not claimed:
            break
        outcome = await _run(application, claimed[0])
        await application.store.write(finish, WORKER, [outcome])
        done += 1
    return done


async def _run(application: Ostrov, run: Claimed) -> Outcome:
    started = time.time()
    task = application.part(open_tasks).get(run.task)
    token = running.set(TaskContext(application, run.id, run.attempt, run.task, run.queue))
    try:
        arguments = task.codec.decode(run.arguments)
        if task.codec.context:
            arguments[task.codec.context] = running.get()
        if task.is_async:
            result = await task.function(**arguments)
        else:
            result = await asyncio.to_thread(task.function, **arguments)
        encoded = task.codec.encode_result(result, application.settings.tasks.largest)
        outcome = Outcome(run, Ending.SUCCESSFUL, started, time.time(), result=encoded)
    except Exception as problem:
        text = "".join(traceback.format_exception(problem))
        outcome = Outcome(
            run, Ending.FAILED, started, time.time(), error=f"{type(problem).__name__}: {problem}", traceback=text
        )
    finally:
        running.reset(token)
    return decide(outcome, task.options)
