"""Messages that Redis has handed out and that nobody has: popped for a worker that died before it read them.

RabbitMQ keeps a message until it is acknowledged. In Redis kombu notes what a worker holds only after it was popped, so a kill
in between loses it, and while there is traffic the count of messages does not show that one is missing. So after the end of a
worker and of a connection the runs that are next are looked for by name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ostrov.core.store import Connection
from ostrov.run.tasks.engines.celery import held

MOST = 1000
"""Runs of a queue that are looked for: a lost one was the next."""
NEXT = "SELECT id FROM task_run WHERE state = 'ready' AND queue = ? AND unpublished = 0 ORDER BY priority DESC, id LIMIT ?"


def next_runs(connection: Connection, queues: Iterable[str]) -> set[str]:
    """The runs of these queues (the ledger's names) that are next and of which the broker was told."""
    return {run for queue in queues for (run,) in connection.rows(NEXT, (queue, MOST))}


def known(channel: Any, project: str, queues: Collection[str]) -> set[str]:
    """The ids of the messages that are next in these queues (the broker's names), and of all that workers hold."""
    client = channel.client
    with client.pipeline(transaction=False) as pipe:
        for queue in queues:
            for step in channel.priority_steps:
                pipe.lrange(f"{queue}{channel.sep}{step}" if step else queue, -2 * MOST, -1)
        for worker in held.holders(client, project):
            pipe.hvals(held.options(project, worker)["unacked_key"])
        answers = pipe.execute()
    return {run for values in answers for value in values if (run := held.run_of(value)) is not None}
