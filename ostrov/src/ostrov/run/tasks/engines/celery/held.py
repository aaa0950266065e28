"""What workers hold in Redis: messages that were delivered and are not acknowledged.

kombu keeps those of all consumers of a database in one hash and delivers them again after an hour. Here each worker has a hash
of its own, named after it, so that what a dead one held can be found and told again at once.
"""

from __future__ import annotations

import json
from typing import Any


def options(project: str, worker: str) -> dict[str, str]:
    """The transport's options that give a worker its own keys."""
    key = f"{project}.unacked.{worker}"
    return {"unacked_key": key, "unacked_index_key": f"{key}.index", "unacked_mutex_key": f"{key}.mutex"}


def present(client: Any, project: str, worker: str) -> set[str]:
    """Note that this worker may hold something; all who may. Again and again, for a Redis may come back without its data."""
    with client.pipeline(transaction=False) as pipe:
        pipe.sadd(_workers(project), worker)
        pipe.smembers(_workers(project))
        _, members = pipe.execute()
    return {member.decode() for member in members}


def holders(client: Any, project: str) -> set[str]:
    """The workers that may hold something."""
    return {worker.decode() for worker in client.smembers(_workers(project))}


def count(client: Any, project: str) -> int:
    """Messages that workers hold."""
    return sum(client.hlen(options(project, worker)["unacked_key"]) for worker in holders(client, project))


def take(client: Any, project: str, worker: str) -> list[str]:
    """The runs whose ids a worker that is gone held; it holds nothing after this. Other messages are dropped."""
    keys = options(project, worker)
    with client.pipeline(transaction=True) as pipe:
        pipe.hvals(keys["unacked_key"])
        pipe.delete(*keys.values())
        pipe.srem(_workers(project), worker)
        values, *_ = pipe.execute()
    found = (run_of(value) for value in values)
    return [run for run in found if run is not None]


def run_of(value: bytes) -> str | None:
    """The id of the run that a message is about; None when it is about none. kombu keeps a document, or a list that begins with
    it for what is held."""
    try:
        message = json.loads(value)
        run = (message[0] if isinstance(message, list) else message)["headers"]["id"]
    except (ValueError, LookupError, TypeError):
        return None
    return run if isinstance(run, str) else None


def _workers(project: str) -> str:
    return f"_ostrov.workers.{project}"  # no queue of the project's can have this name
