"""What the tasks component brings."""

from __future__ import annotations

from ostrov.core.component import Component, Page, Service
from ostrov.run.tasks.settings import TasksSettings

PAGES = "ostrov.run.tasks.pages"
WORKFLOWS = "ostrov.run.tasks.workflows.pages"

component = Component(
    name="tasks",
    settings=TasksSettings,
    services=[
        Service(
            "worker",
            run="ostrov.run.tasks.worker:serve",
            group="worker",
            stop_timeout=15.0,
            instances="ostrov.run.tasks.settings:instances",
            nice=5,
        ),
        Service("scheduler", run="ostrov.run.tasks.scheduler:serve", group="worker", nice=5),
    ],
    tasks=["ostrov.run.tasks.long_operations"],
    later="ostrov.run.tasks.long_operations:later",
    metrics="ostrov.run.tasks.families:families",
    operations=[
        "ostrov.run.tasks.operations",
        "ostrov.run.tasks.dead_operations",
        "ostrov.run.tasks.move",
        "ostrov.run.tasks.workflows.operations",
        "ostrov.run.tasks.workflows.airflow_operations",
    ],
    pages=[
        Page(
            "/tasks/queues",
            f"{PAGES}:queues",
            "queues.html",
            title="Queues",
            icon="queue",
            permission="tasks.view",
            topics=("tasks",),
        ),
        Page(
            "/tasks/runs",
            f"{PAGES}:runs",
            "runs.html",
            title="Runs",
            icon="tasks",
            permission="tasks.view",
            topics=("tasks",),
        ),
        Page("/tasks/runs/{run}", f"{PAGES}:run", "run.html", permission="tasks.view", topics=("tasks",)),
        Page(
            "/tasks/workflows",
            f"{WORKFLOWS}:runs",
            "workflows.html",
            title="Workflows",
            icon="workflow",
            permission="tasks.view",
            topics=("tasks",),
        ),
        Page("/tasks/workflows/{run}", f"{WORKFLOWS}:run", "workflow.html", permission="tasks.view", topics=("tasks",)),
        Page(
            "/tasks/dead",
            f"{PAGES}:dead",
            "dead.html",
            title="Dead runs",
            icon="dead",
            permission="tasks.view",
            topics=("tasks",),
        ),
        Page(
            "/tasks/schedules",
            f"{PAGES}:schedules",
            "schedules.html",
            title="Schedules",
            icon="schedule",
            permission="tasks.view",
            topics=("tasks",),
        ),
        Page(
            "/tasks/workers",
            f"{PAGES}:workers",
            "workers.html",
            title="Workers",
            icon="workers",
            permission="tasks.view",
            topics=("tasks",),
        ),
    ],
    panels=[
        Page("/tasks/queues", f"{PAGES}:panel", "panel.html", title="Tasks", permission="tasks.view", topics=("tasks",)),
    ],
    migrations="ostrov.run.tasks:migrations",
    templates="ostrov.run.tasks",
)
