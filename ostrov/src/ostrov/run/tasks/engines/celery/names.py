"""What Celery knows of a project: its address, the names of its queues, its tasks, and the settings a Celery application has.

A queue is called `PROJECT.QUEUE`, so that projects can share a broker. A task is known by its name only: Celery carries the id
of a run, and never calls anything.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from celery.app.task import Task

from ostrov.core.errors import OstrovError, SettingsError
from ostrov.run.tasks.engines.remote import explained

SCHEMES = {"amqp": "amqp", "amqps": "amqp", "redis": "redis", "rediss": "redis"}
"""Addresses that can be, with the kind of broker there."""
CONNECT = 3.0
"""Seconds that a broker has to answer at the start."""
ANSWER = 5.0
"""Seconds that it has for anything else."""
TOP = 9
"""The highest priority in RabbitMQ, where 0 is the lowest. In Redis, as kombu has it, 9 is the lowest and 0 the highest."""


def kind_of(broker: str) -> str:
    """`amqp` or `redis`. Raises SettingsError for another address, without saying its password."""
    parts = urlsplit(broker)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise SettingsError(
            "tasks.broker is no address of a broker that Celery is used with here",
            cause=f"it begins with {parts.scheme or broker[:8]!r}",
            tip="amqp://USER:PASSWORD@HOST:5672/VHOST for RabbitMQ, redis://HOST:6379/0 for Redis",
        )
    return SCHEMES[parts.scheme]


def queue_name(project: str, queue: str) -> str:
    """A queue's name in the broker. The first dot is ours: one in the project's name is written as `%2E`."""
    return f"{project.replace('%', '%25').replace('.', '%2E')}.{queue}"


def level(kind: str, priority: int) -> int:
    """A run's priority, any whole number, as the broker has it."""
    if kind == "amqp":
        return min(max(priority + 4, 0), TOP)
    return 0 if priority > 3 else 3 if priority > 0 else 6 if priority == 0 else 9


def application_for(broker: str, project: str, tasks: Iterable[str] = (), **options: Any) -> Celery:
    """A Celery application of our own, apart from any other in the process. `options` are the transport's."""
    for name in ("celery", "kombu", "amqp"):
        if logging.getLogger(name).level == logging.NOTSET:
            logging.getLogger(name).setLevel(logging.WARNING)  # Celery has a line for each message
    kind = kind_of(broker)
    limits = {"read_timeout": ANSWER, "write_timeout": ANSWER} if kind == "amqp" else {}
    application = Celery(project, broker=broker, set_as_current=False, fixups=[])
    application.conf.update(
        broker_connection_timeout=CONNECT,
        broker_connection_retry=False,
        broker_connection_retry_on_startup=False,
        broker_heartbeat=10,
        broker_transport_options={
            "socket_connect_timeout": CONNECT,
            "socket_timeout": ANSWER,
            **limits,
            **options,
        }
        if kind == "redis"
        else {"connect_timeout": CONNECT, **limits, **options},
        task_default_queue=queue_name(project, "default"),
        task_queue_max_priority=TOP if kind == "amqp" else None,
        task_default_priority=level(kind, 0),
        task_ignore_result=True,
        task_send_sent_event=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_detect_quorum_queues=False,
        worker_enable_remote_control=True,
    )
    for task in tasks:
        stub(application, task)
    return application


def stub(application: Celery, name: str) -> Task:
    """Celery's idea of one of our tasks; made when it is missing."""
    if name not in application.tasks:

        def refuse(run: str) -> None:
            raise RuntimeError(f"run {run} of {name} is started by a worker of Ostrov, not by Celery's")

        application.task(name=name, send_events=True, ignore_result=True, shared=False, lazy=False)(refuse)
    found: Task = application.tasks[name]
    return found


def connected(celery: Any) -> Any:
    """A connection that is made. Raises OstrovError when the broker does not answer."""
    connection = celery.connection_for_write()
    try:
        connection.connect()
    except Exception as problem:
        with contextlib.suppress(Exception):
            connection.release()
        raise OstrovError(
            "the broker does not answer",
            cause=explained(problem),
            tip="check tasks.broker and that the server runs",
        ) from problem
    return connection
