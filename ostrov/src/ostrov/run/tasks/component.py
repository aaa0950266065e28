"""What the tasks component brings."""

from __future__ import annotations

from ostrov.core.component import Component, Service
from ostrov.run.tasks.settings import TasksSettings

component = Component(
    name="tasks",
    settings=TasksSettings,
    services=[
        Service("worker", run="ostrov.run.tasks.worker:serve", group="worker", stop_timeout=15.0),
        Service("scheduler", run="ostrov.run.tasks.scheduler:serve", group="worker"),
    ],
    migrations="ostrov.run.tasks:migrations",
    templates="ostrov.run.tasks",
)
